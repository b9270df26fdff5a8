#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use serde_json::json;

use super::{super::comparison::Comparison, *};
use crate::event::{Attributes, Event, RequestId, SchemaBook};

/// A behaviour file with these rules, for the desks `crm`, which takes comments, and `support`.
fn config(rules: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deskbell.toml");
    let file = format!(
        r#"
        [sources.shop]
        verify = "standard-webhooks"
        secrets = ["whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
        [desks.support]
        kind = "supportdesk"
        api_key = "sk_live_of_a_test"
        [desks.crm]
        kind = "hubspot"
        token = "pat-of-a-test"
        pipeline = "0"
        stage = "1"
        resolved_stage = "4"
        {rules}"#
    );
    std::fs::write(&path, file).unwrap();
    let variables = [("DESKBELL_CONFIG".into(), path.into_os_string())];
    Config::load(variables.into_iter(), &SchemaBook::builtin()).unwrap()
}

fn rule(name: &str, on: &str, desks: &str, rest: &str) -> String {
    format!(
        "[[rules]]\nname = \"{name}\"\non = \"{on}\"\ndesks = {desks}\nsubject = \"Failed\"\n\
         description = \"It failed.\"\n{rest}\n"
    )
}

/// An event of order `order` in the minute `minute`.
fn event(minute: u32, event_type: &str, order: &str) -> Envelope {
    let event = Event {
        source: "shop".parse().unwrap(),
        id: format!("e-{minute}").parse().unwrap(),
        event_type: event_type.parse().unwrap(),
        attributes: Attributes { source: "/shop".to_owned(), ..Attributes::default() },
        data: json!({ "orderId": order, "amount": minute }),
    };
    let received_at = Timestamp::UNIX_EPOCH + Duration::from_mins(u64::from(minute));
    let request_id = RequestId::carried("r");
    let trace = request_id.trace();
    Envelope { event, routes: Vec::new(), request_id, received_at, trace }
}

fn compared(before: &str, after: &str, events: &[Envelope]) -> Comparison {
    let (before, after) = (config(before), config(after));
    let (mut old, mut new) = (Side::of(&before).unwrap(), Side::of(&after).unwrap());
    let mut comparison = Comparison::of(None);
    for envelope in events {
        comparison.add(envelope, old.judge(envelope), new.judge(envelope));
    }
    comparison
}

fn failed(minutes: std::ops::Range<u32>) -> Vec<Envelope> {
    minutes.map(|minute| event(minute, "payment.failed", "A-1")).collect()
}

#[test]
fn the_same_rules_change_nothing() {
    let rules = rule("r", "payment.failed", r#"["support", "crm"]"#, "");
    let comparison = compared(&rules, &rules, &failed(0..3));
    assert!(!comparison.changes());
    assert_eq!((comparison.events, comparison.tickets().after), (3, 6));
}

#[test]
fn an_incident_puts_many_events_on_one_ticket() {
    let alone = rule("r", "payment.failed", r#"["crm"]"#, "");
    let shared = rule("r", "payment.failed", r#"["crm"]"#, "incident = \"p:{{ data.orderId }}\"");
    let comparison = compared(&alone, &shared, &failed(0..5));
    assert_eq!((comparison.tickets().before, comparison.tickets().after), (5, 1));
    let crm = comparison.desks.values().next().unwrap();
    assert_eq!((crm.merged.before, crm.merged.after), (0, 4));
    let change = ("crm".parse().unwrap(), "a ticket", "added to a ticket");
    let tally = &comparison.ends[&change];
    assert_eq!(
        (tally.count, &tally.examples[..]),
        (4, &["shop/e-1", "shop/e-2", "shop/e-3"].map(str::to_owned)[..])
    );
}

#[test]
fn a_recovery_resolves_and_what_comes_long_after_opens_another_ticket() {
    let incident = "incident = \"p:{{ data.orderId }}\"";
    let rules =
        rule("r", "payment.failed", r#"["crm"]"#, &format!("{incident}\nreopen_within = \"1m\""))
            + &rule(
                "s",
                "payment.recovered",
                r#"["crm"]"#,
                &format!("{incident}\naction = \"resolve\""),
            );
    let events = [
        event(0, "payment.failed", "A-1"),
        event(1, "payment.recovered", "A-1"),
        event(60, "payment.failed", "A-1"),
    ];
    let crm = *compared(&rules, &rules, &events).desks.values().next().unwrap();
    assert_eq!((crm.tickets.after, crm.resolved.after), (2, 1));
}

#[test]
fn a_brake_counts_by_the_times_of_the_events() {
    let free = rule("r", "payment.failed", r#"["crm"]"#, "");
    let braked =
        rule("r", "payment.failed", r#"["crm"]"#, "brake = { over = 2, within = \"30m\" }");
    let comparison = compared(&free, &braked, &failed(0..10));
    // Two of their own, and the one that stands for the rest.
    assert_eq!((comparison.tickets().before, comparison.tickets().after), (10, 3));
    let slow: Vec<_> = (0..4).map(|hour| event(hour * 60, "payment.failed", "A-1")).collect();
    assert_eq!(compared(&free, &braked, &slow).tickets().after, 4);
}

#[test]
fn priorities_matches_and_failing_rules_are_told_with_examples() {
    let before = rule("r", "payment.failed", r#"["support"]"#, "priority = \"HIGH\"");
    let after = rule(
        "r",
        "payment.failed",
        r#"["support"]"#,
        "when = \"data.amount > 1\"\npriority = \"{{ 'LOW' if data.amount < 4 else 'none' }}\"",
    ) + &rule("s", "order.stuck", r#"["support"]"#, "");
    let mut events = failed(0..5);
    events.push(event(9, "order.stuck", "A-1"));
    let comparison = compared(&before, &after, &events);
    assert_eq!((comparison.lost.count, comparison.won.count), (2, 1));
    assert_eq!((comparison.unmatched.before, comparison.unmatched.after), (1, 2));
    let changed: u64 = comparison.priorities.values().map(|tally| tally.count).sum();
    assert_eq!(changed, 3);
    let failing: Vec<_> = comparison.failing.iter().collect();
    let [((rule, words), failing)] = &failing[..] else { panic!("{failing:?}") };
    assert_eq!((rule.as_str(), failing.times.before, failing.times.after), ("r", 0, 1));
    assert!(words.contains("priority") && failing.examples.examples == ["shop/e-4"], "{words}");
}

#[test]
fn one_desk_may_be_looked_at_alone() {
    let both = config(&rule("r", "payment.failed", r#"["support", "crm"]"#, ""));
    let mut side = Side::of(&both).unwrap();
    let mut comparison = Comparison::of("crm".parse().ok());
    let envelope = event(1, "payment.failed", "A-1");
    comparison.add(&envelope, side.judge(&envelope), Vec::new());
    assert_eq!((comparison.tickets().before, comparison.lost.count), (1, 1));
}
