//! What rules promise, through the rule book: which match, and in what order.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod drafts;
mod redaction;

use super::{CustomerRule, Form, Rule, RuleBook, RuleError, Templates};
use crate::{
    event::{Event, SourceName},
    ticket::{Action, Priority, TicketDraft},
};

const CRM: &str = "crm";

fn event(data: &str) -> Event {
    let source: SourceName = "shop".parse().unwrap();
    let json = format!(
        r#"{{"specversion":"1.0","id":"evt_1","source":"/shop","type":"payment.failed","tenant":7,
            "data":{data}}}"#
    );
    Event::from_cloudevents(&source, json.as_bytes()).unwrap()
}

/// A rule for payment.failed at the CRM, with what `change` makes of it.
fn rule(
    name: &str,
    templates: &mut Templates,
    change: impl FnOnce(&mut Rule, &mut Templates),
) -> Rule {
    let mut rule = Rule {
        name: name.parse().unwrap(),
        on: vec!["payment.failed".parse().unwrap()],
        when: None,
        desks: vec![CRM.parse().unwrap()],
        priority: None,
        incident: None,
        brake: None,
        action: Action::Open,
        reopen_within: std::time::Duration::ZERO,
        subject: Some(templates.text("Payment failed", Form::Plain).unwrap()),
        description: templates.text("", Form::Markdown).unwrap(),
        category: None,
        metadata: Vec::new(),
        tags: Vec::new(),
        customer: CustomerRule {
            external_id: templates.text("{{ data.customerExternalId }}", Form::Plain).unwrap(),
            name: None,
            email: None,
            phone: None,
        },
        associations: Vec::new(),
    };
    change(&mut rule, templates);
    rule
}

fn book(change: impl FnOnce(&mut Rule, &mut Templates)) -> RuleBook {
    let mut templates = Templates::default();
    let rule = rule("r", &mut templates, change);
    RuleBook::new(templates, vec![rule])
}

fn draft(book: &RuleBook, data: &str) -> Result<TicketDraft, RuleError> {
    book.draft(&"r".parse().unwrap(), &CRM.parse().unwrap(), &event(data)).map(Option::unwrap)
}

fn matches(when: &str, data: &str) -> bool {
    let book = book(|rule, templates| rule.when = Some(templates.condition(when).unwrap()));
    !book.route(&event(data)).is_empty()
}

#[test]
fn comparing_a_missing_member_is_false() {
    for when in ["data.a >= 10", "data.a < 10", "10 > data.a", "data.a.b.c <= 1", "data.a == 1"] {
        assert!(!matches(when, "{}"), "{when}");
        assert!(!matches(when, r#"{"a":null}"#), "{when} of null");
    }
    assert!(matches("not data.a < 10", "{}"));
    assert!(matches("data.vip or data.a > 10", r#"{"vip":true}"#));
    assert!(matches("data.a is not defined", "{}"));
    assert!(matches("data.a|default(3) < 10", "{}"));
}

#[test]
fn numbers_compare_and_add_as_numbers() {
    for when in [
        "data.a >= 10",
        "data.a == 12.5",
        "data.a * 2 > 24",
        "1 < data.a < 13",
        "data.id > 1",
        "data.id == 82098291194615450812345",
        "data.huge > data.id",
        "data.n - 1 == 41",
    ] {
        let data = r#"{"a":12.50,"n":42,"id":82098291194615450812345,
            "huge":1234567890123456789012345678901234567890123}"#;
        assert!(matches(when, data), "{when}");
    }
}

#[test]
fn a_condition_that_fails_matches_and_its_draft_says_why() {
    for when in ["data.a >= 10", "data.a - 1", "range(100000)|sum > 0"] {
        assert!(matches(when, r#"{"a":"secret"}"#), "{when}");
        let book = book(|rule, templates| rule.when = Some(templates.condition(when).unwrap()));
        let error = draft(&book, r#"{"a":"secret"}"#).unwrap_err().words;
        assert!(error.starts_with("rule `r`: `when` "), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn a_priority_that_is_none_is_medium_at_routing_and_an_error_in_the_draft() {
    let book = book(|rule, templates| {
        rule.priority = Some(templates.text("{{ data.p }}", Form::Plain).unwrap());
    });
    assert_eq!(book.route(&event(r#"{"p":"urgent"}"#))[0].priority, Priority::Urgent);
    assert_eq!(draft(&book, r#"{"p":"urgent"}"#).unwrap().priority, Priority::Urgent);
    for data in ["{}", r#"{"p":"soon"}"#] {
        assert_eq!(book.route(&event(data))[0].priority, Priority::Medium);
        let words = draft(&book, data).unwrap_err().words;
        assert_eq!(
            words,
            "rule `r`: `priority` gives none of LOW, MEDIUM, HIGH, URGENT and CRITICAL"
        );
    }
}

#[test]
fn the_first_rule_that_matches_decides_for_each_desk() {
    let mut templates = Templates::default();
    let desks = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
    let rules = vec![
        rule("never", &mut templates, |rule, templates| {
            rule.when = Some(templates.condition("false").unwrap());
        }),
        rule("first", &mut templates, |_, _| {}),
        rule("second", &mut templates, |rule, _| rule.desks = desks(&["crm", "support"])),
        rule("other", &mut templates, |rule, _| rule.on = vec!["order.stuck".parse().unwrap()]),
    ];
    let book = RuleBook::new(templates, rules);
    let routes: Vec<(String, String)> = book
        .route(&event("{}"))
        .into_iter()
        .map(|route| (route.desk.to_string(), route.rule.to_string()))
        .collect();
    let pair = |desk: &str, rule: &str| (desk.to_owned(), rule.to_owned());
    assert_eq!(routes, [pair("crm", "first"), pair("support", "second")]);
    let verdicts = book.verdicts(&event("{}"));
    let told: Vec<(&str, String)> =
        verdicts.iter().map(|it| (it.matching.as_str(), it.to_string())).collect();
    let expected = [
        ("when-false", "does not match: its `when` is false"),
        ("matched", "matches"),
        ("matched", "matches; a rule before it decides for crm"),
        ("other-type", "looks at other types"),
    ];
    assert_eq!(told, expected.map(|(name, words)| (name, words.to_owned())));
    // What is said of the desks is what is done.
    let decided: Vec<(String, String)> = verdicts
        .iter()
        .flat_map(|it| it.decides.iter().map(|desk| pair(desk.as_str(), it.rule.as_str())))
        .collect();
    assert_eq!(decided, routes);
}

#[test]
fn a_rule_that_is_gone_is_replaced_by_the_first_that_matches() {
    let book = book(|rule, templates| {
        rule.when = Some(templates.condition("data.a == 1").unwrap());
    });
    let (gone, crm) = ("gone".parse().unwrap(), CRM.parse().unwrap());
    let draft = book.draft(&gone, &crm, &event(r#"{"a":1}"#)).unwrap();
    assert_eq!(draft.unwrap().subject, "Payment failed");
    assert_eq!(book.draft(&gone, &crm, &event(r#"{"a":2}"#)).unwrap(), None);
    assert_eq!(book.draft(&gone, &"support".parse().unwrap(), &event(r#"{"a":1}"#)).unwrap(), None);
}
