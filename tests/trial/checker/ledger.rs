//! Reads the ledger's file with plain SQL.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Row};
use serde_json::Value;

use super::history::{BookLine, Line, RecordedLine, RowLine};

/// Deliveries of which something is still to come by itself.
const ON_THEIR_WAY: &str = "SELECT
    (SELECT count(*) FROM routes WHERE taken = 0)
    + (SELECT count(*) FROM deliveries WHERE state IN ('queued', 'attempting', 'retrying'))
    + (SELECT count(*) FROM deliveries
       WHERE state = 'uncertain' AND doc ->> '$.state.uncertain.look_again' IS NOT NULL)";

/// All events and deliveries that the ledger of this path has.
pub(crate) fn rows(ledger: &Path) -> rusqlite::Result<Vec<Line>> {
    let connection = open(ledger)?;
    let mut lines = Vec::new();
    let recorded =
        |row: &Row<'_>| Ok(Line::Recorded(RecordedLine { source: row.get(0)?, id: row.get(1)? }));
    collect(&connection, "SELECT source, id FROM events", recorded, &mut lines)?;
    let taken = |row: &Row<'_>| {
        Ok(Line::Row(RowLine {
            source: row.get(0)?,
            id: row.get(1)?,
            desk: row.get(2)?,
            key: row.get(3)?,
            state: row.get(4)?,
            ticket: row.get(5)?,
        }))
    };
    let query = "SELECT source, event_id, desk, key, state, doc ->> '$.state.ticketed.ticket.id'
        FROM deliveries";
    collect(&connection, query, taken, &mut lines)?;
    let query = "SELECT events.source, events.id, routes.desk, NULL, 'queued', NULL
        FROM routes JOIN events ON events.number = routes.event WHERE taken = 0";
    collect(&connection, query, taken, &mut lines)?;
    Ok(lines)
}

fn collect(
    connection: &Connection,
    query: &str,
    line: impl Fn(&Row<'_>) -> rusqlite::Result<Line>,
    lines: &mut Vec<Line>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(query)?;
    for read in statement.query_map([], line)? {
        lines.push(read?);
    }
    Ok(())
}

/// How many events the ledger has, and how many deliveries are not settled.
pub(crate) fn progress(ledger: &Path) -> rusqlite::Result<(u64, u64)> {
    let connection = open(ledger)?;
    let count = |query| connection.query_row(query, [], |row| row.get::<_, i64>(0));
    Ok((count("SELECT count(*) FROM events")?.unsigned_abs(), count(ON_THEIR_WAY)?.unsigned_abs()))
}

/// The accounts, from what `deskbell books --json` printed.
pub(crate) fn accounts(books: &Value) -> Vec<Line> {
    let lines = books["lines"].as_array().unwrap();
    lines
        .iter()
        .map(|line| {
            let count = |value: &Value| value.as_u64().unwrap();
            let states = line.as_object().unwrap().iter();
            let states = states
                .filter(|(name, _)| !["source", "desk", "accepted"].contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), count(value)))
                .filter(|(_, count)| *count > 0);
            Line::Book(BookLine {
                source: line["source"].as_str().unwrap().to_owned(),
                desk: line["desk"].as_str().unwrap().to_owned(),
                accepted: count(&line["accepted"]),
                states: states.collect(),
            })
        })
        .collect()
}

fn open(ledger: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    Ok(connection)
}
