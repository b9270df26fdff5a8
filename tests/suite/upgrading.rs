//! Databases of other versions: an older one is brought up to date with all that is in it, a newer
//! one is left alone.
//!
//! `tests/data/databases` holds what version 1 of each database wrote: three events for two desks,
//! one of them settled, the others on their way.

use std::{fs, path::Path};

use rusqlite::Connection;
use serde_json::json;
use tokio::task::spawn_blocking;

use crate::support::world::{World, eventually, key, of_desk, payment, state};

/// Writes both databases as version 1 left them.
fn write_version_1(data: &Path) {
    fs::create_dir_all(data).unwrap();
    for database in ["ledger", "broker"] {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/databases");
        let sql = fs::read_to_string(format!("{folder}/{database}-1.sql")).unwrap();
        let connection = Connection::open(data.join(format!("{database}.db"))).unwrap();
        connection.execute_batch(&sql).unwrap();
    }
}

fn version(database: &Path) -> i64 {
    let connection = Connection::open(database).unwrap();
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn databases_of_the_first_version_are_migrated_with_all_that_is_in_them() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    write_version_1(&data);
    let mut world = World::embedded_in(&data);
    world.start().await;

    // What was settled is as it was.
    let settled = world.settled("evt_1").await;
    let crm = of_desk(&settled, "crm");
    assert_eq!((state(crm), &crm["ticket"]["id"]), ("ticketed", &json!("42")));
    let support = of_desk(&settled, "support");
    assert_eq!(
        (state(support), &support["failure"]["code"]),
        ("dead", &json!("CUSTOMER_NOT_FOUND"))
    );
    // What was on its way arrives.
    let all_arrive =
        |delivery: &serde_json::Value| ["ticketed", "uncertain"].contains(&state(delivery));
    let second = world.until("evt_2", all_arrive).await;
    assert!(second.iter().all(|delivery| state(delivery) == "ticketed"), "{second:?}");
    let third = world.until("evt_3", all_arrive).await;
    assert_eq!(state(of_desk(&third, "crm")), "ticketed");
    // What was in doubt still is, and the operator's word counts.
    assert_eq!(state(of_desk(&third, "support")), "uncertain");
    let third_key = key("evt_3", "support");
    assert!(world.cli(&["dead", "settle", &third_key, "--absent"]).status.success());
    let dead_key = key("evt_1", "support");
    assert!(world.cli(&["dead", "replay", &dead_key]).status.success());
    for id in ["evt_1", "evt_3"] {
        world.until(id, |delivery| state(delivery) == "ticketed").await;
    }
    // One ticket each, but for the one that the sandbox never saw.
    assert_eq!(world.sandbox.hubspot().tickets().len(), 2);
    assert_eq!(world.sandbox.supportdesk().tickets().len(), 3);
    world.post("evt_4", "payment.failed", &payment("SO-4")).await;
    world.settled("evt_4").await;
    // The same bodies are no conflicts when the journal is read again.
    eventually("the books are closed", || {
        let books = world.books();
        std::future::ready(
            books["events"] == 4 && books["conflicts"] == 0 && books["balanced"] == true,
        )
    })
    .await;
    assert_eq!(world.stop(), Some(0));
    assert!(version(&data.join("ledger.db")) >= 2);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_with_words_and_left_alone() {
    for database in ["ledger", "broker"] {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        write_version_1(&data);
        let newer = data.join(format!("{database}.db"));
        let connection = Connection::open(&newer).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        let world = World::embedded_in(&data);
        let mut process = world.start_beside("run");
        let status = spawn_blocking(move || process.wait().unwrap()).await.unwrap();
        assert_eq!(status.code(), Some(2), "{database}");
        let log = world.log();
        assert!(log.contains("was written by a newer Deskbell (schema 99"), "{log}");
        assert!(log.contains("start that version"), "{log}");
        assert_eq!(version(&newer), 99);
    }
}
