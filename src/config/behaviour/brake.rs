//! `brake` of a rule: how many tickets of it are too many.

use std::time::Duration;

use crate::{
    config::document::{Document, Table},
    ticket::Action,
};

/// A count past this is held in the ledger for nothing: nobody would call it a flood only then.
const MOST: u32 = 1_000;

/// A stretch past this is not about a flood any more.
const LONGEST: Duration = Duration::from_hours(24 * 7);

/// How a brake is written.
const CURE: &str = "write it as { over = 50, within = \"10m\" }";

/// How many tickets are too many, and in how long.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    rule: &Table<'d>,
    action: Action,
) -> Option<(u32, Duration)> {
    let title = format!("`brake` of {}", rule.title);
    let table = document.table(rule, "brake", title)?;
    if action != Action::Open {
        let what = "`brake` stands in a rule that opens no tickets";
        document.fault(table.at.start, what, "remove it; what is added to a ticket is no flood");
    }
    for key in ["over", "within"] {
        if table.get(key).is_none() {
            document.missing(&table, key, CURE);
        }
    }
    let over = document.count(&table, "over");
    let within = document.duration(&table, "within");
    document.finish(&table);
    let (over, within) = (over?, within?);
    if over.value > MOST {
        let what = format!("`over` is more than {MOST}");
        document.fault(over.at.start, what, "name how many tickets are too many to read");
    }
    if within > LONGEST {
        let what = "`within` is longer than a week";
        document.fault(table.at.start, what, "name a stretch in which a flood can be told");
    }
    Some((over.value, within))
}
