//! The checker is fed histories with each fault, and sees it.

use serde_json::json;

use crate::trial::checker::{
    self, Verdict,
    history::{
        self, Answer, DeskLine, FaultLine, Line, RecordedLine, RowLine, SentLine, TicketLine,
    },
    ledger,
};

/// Three accepted events for two desks, each with its ticket, and the books to match.
fn good() -> Vec<Line> {
    let mut lines = vec![desk("crm", true, false), desk("support", false, false)];
    lines.extend(["kill worker", "kill worker", "kill broker"].map(fault));
    for id in ["a", "b", "c"] {
        lines.push(sent(id, Answer::Accepted));
        lines.push(Line::Recorded(RecordedLine { source: "shop".to_owned(), id: id.to_owned() }));
        for desk in ["crm", "support"] {
            lines.push(ticket(id, desk, &format!("{desk}-{id}")));
            lines.push(row(id, desk, "ticketed", Some(&format!("{desk}-{id}"))));
        }
    }
    lines.push(sent("forged", Answer::Refused));
    lines
}

/// The verdict on `lines` and the books that go with their rows.
fn judge(lines: &[Line]) -> Verdict {
    let mut lines = lines.to_vec();
    for desk in ["crm", "support"] {
        let rows = lines.iter().filter_map(|line| match line {
            Line::Row(row) if row.desk == desk => Some(row.state.clone()),
            _ => None,
        });
        let mut book = json!({"source": "shop", "desk": desk, "accepted": 0});
        for state in rows {
            book["accepted"] = (book["accepted"].as_u64().unwrap() + 1).into();
            book[&state] = (book[&state].as_u64().unwrap_or_default() + 1).into();
        }
        lines.extend(ledger::accounts(&json!({ "lines": [book] })));
    }
    checker::judge(&history::write(&lines))
}

fn desk(name: &str, looks_up: bool, may_repeat: bool) -> Line {
    Line::Desk(DeskLine { desk: name.to_owned(), looks_up, may_repeat })
}

fn fault(kind: &str) -> Line {
    Line::Fault(FaultLine { kind: kind.to_owned() })
}

fn sent(id: &str, answer: Answer) -> Line {
    let desks = ["crm", "support"].map(str::to_owned).into();
    Line::Sent(SentLine { source: "shop".to_owned(), id: id.to_owned(), desks, answer })
}

fn ticket(id: &str, desk: &str, ticket: &str) -> Line {
    let key = Some(checker::key("shop", id, desk));
    Line::Ticket(TicketLine { desk: desk.to_owned(), key, id: ticket.to_owned() })
}

fn row(id: &str, desk: &str, state: &str, ticket: Option<&str>) -> Line {
    Line::Row(RowLine {
        source: "shop".to_owned(),
        id: id.to_owned(),
        desk: desk.to_owned(),
        key: Some(checker::key("shop", id, desk)),
        state: state.to_owned(),
        ticket: ticket.map(str::to_owned),
    })
}

fn is_of(line: &Line, id: &str, desk: &str) -> bool {
    match line {
        Line::Row(row) => row.id == id && row.desk == desk,
        Line::Ticket(ticket) => ticket.key == Some(checker::key("shop", id, desk)),
        _ => false,
    }
}

/// What `good` says, without ticket and row of `id` at `desk`, and with `more`.
fn but(id: &str, desk: &str, more: impl IntoIterator<Item = Line>) -> Vec<Line> {
    let mut lines = good();
    lines.retain(|line| !is_of(line, id, desk));
    lines.extend(more);
    lines
}

/// How many were found: lost, doubled, stuck, phantom, unbalanced.
fn findings(verdict: &Verdict) -> [usize; 5] {
    let Verdict { lost, doubled, stuck, phantom, unbalanced, .. } = verdict;
    [lost, doubled, stuck, phantom, unbalanced].map(Vec::len)
}

#[test]
fn a_run_that_went_well_is_clean_and_its_bound_is_three_by_the_faults() {
    let verdict = judge(&good());
    assert!(verdict.is_clean(), "{verdict}");
    assert_eq!((verdict.accepted, verdict.refused, verdict.deliveries), (3, 1, 6));
    assert!((verdict.bound() - 1.0).abs() < 1e-9);
    let many = good().into_iter().chain((0..57).map(|_| fault("kill worker")));
    let verdict = judge(&many.collect::<Vec<_>>());
    assert!((verdict.bound() - 0.05).abs() < 1e-9);
    assert!(verdict.to_string().contains("under 5.00 % of faults"), "{verdict}");
}

#[test]
fn an_accepted_event_without_ticket_and_row_is_lost() {
    assert_eq!(findings(&judge(&but("b", "crm", []))), [1, 0, 0, 0, 0]);
    // Where nobody knows whether it was accepted, nothing need come of it.
    let mut unknown = good();
    unknown.push(sent("d", Answer::Unknown));
    assert!(judge(&unknown).is_clean());
}

#[test]
fn a_ticket_that_only_the_ledger_has_is_lost() {
    let made_up = row("b", "crm", "ticketed", Some("crm-b"));
    assert_eq!(findings(&judge(&but("b", "crm", [made_up]))), [1, 0, 0, 0, 0]);
}

#[test]
fn a_dead_letter_is_not_lost_and_a_dead_letter_with_a_ticket_is_wrong() {
    let dead = row("b", "crm", "dead", None);
    let verdict = judge(&but("b", "crm", [dead.clone()]));
    assert!(verdict.is_clean() && verdict.given_up == 1, "{verdict}");
    let verdict = judge(&but("b", "crm", [dead, ticket("b", "crm", "crm-b")]));
    assert_eq!(findings(&verdict), [0, 0, 0, 0, 1]);
}

#[test]
fn a_second_ticket_is_a_double_unless_the_desk_was_set_to_allow_it() {
    let mut lines = good();
    lines.push(ticket("a", "support", "again"));
    assert_eq!(findings(&judge(&lines)), [0, 1, 0, 0, 0]);
    lines.push(desk("support", false, true));
    let verdict = judge(&lines);
    assert!(verdict.is_clean() && verdict.repeated == 1, "{verdict}");
}

#[test]
fn a_ticket_of_a_refused_event_or_of_none_is_a_phantom() {
    for stray in [
        ticket("forged", "crm", "x"),
        ticket("never sent", "crm", "x"),
        Line::Ticket(TicketLine { desk: "crm".to_owned(), key: None, id: "x".to_owned() }),
    ] {
        let mut lines = good();
        lines.push(stray);
        assert_eq!(findings(&judge(&lines)), [0, 0, 0, 1, 0]);
    }
}

#[test]
fn a_row_of_a_refused_event_or_under_a_wrong_key_is_a_phantom() {
    let mut lines = good();
    lines.push(row("forged", "crm", "ticketed", Some("x")));
    assert_eq!(findings(&judge(&lines)), [0, 0, 0, 1, 0]);
    let Line::Row(right) = row("b", "crm", "ticketed", Some("crm-b")) else { unreachable!() };
    let wrong = Line::Row(RowLine { key: Some("0".repeat(32)), ..right });
    let verdict = judge(&but("b", "crm", [wrong, ticket("b", "crm", "crm-b")]));
    assert_eq!(findings(&verdict), [0, 0, 1, 1, 0]);
}

#[test]
fn what_is_not_settled_at_the_end_is_stuck() {
    for state in ["queued", "attempting", "retrying"] {
        let verdict = judge(&but("b", "support", [row("b", "support", state, None)]));
        assert_eq!(findings(&verdict), [0, 0, 1, 0, 0], "{state}");
    }
}

#[test]
fn a_doubt_may_stay_only_where_the_desk_cannot_be_asked() {
    let doubt = |desk| but("b", desk, [row("b", desk, "uncertain", None)]);
    let verdict = judge(&doubt("support"));
    assert!(verdict.is_clean() && verdict.parked == 1, "{verdict}");
    assert_eq!(findings(&judge(&doubt("crm"))), [0, 0, 1, 0, 0]);
}

#[test]
fn books_that_differ_from_the_rows_do_not_balance() {
    let books = json!({"lines": [
        {"source": "shop", "desk": "crm", "accepted": 3, "ticketed": 2, "dead": 0},
        {"source": "shop", "desk": "support", "accepted": 3, "ticketed": 3},
    ]});
    let mut lines = good();
    lines.extend(ledger::accounts(&books));
    assert_eq!(findings(&checker::judge(&history::write(&lines))), [0, 0, 0, 0, 1]);
}

#[test]
fn an_accepted_event_that_the_ledger_does_not_have_is_missing_from_the_books() {
    let mut lines = good();
    lines.retain(|line| !matches!(line, Line::Recorded(event) if event.id == "a"));
    assert_eq!(findings(&judge(&lines)), [0, 0, 0, 0, 1]);
}

#[test]
fn the_checker_names_nothing_of_the_product() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trial/checker");
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("deskbell::"), "the checker uses what it judges");
    }
}
