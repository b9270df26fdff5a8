//! What drafts promise: numbers, texts and lists as the event says them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use super::{CRM, book, draft};
use crate::{
    rules::{AssociationRule, Form, Templates},
    ticket::{AssociationKind, Missing, Target},
};

fn description(template: &str, data: &str) -> String {
    let book = book(|rule, templates| {
        rule.description = templates.text(template, Form::Markdown).unwrap();
    });
    draft(&book, data).unwrap().description
}

fn subject(template: &str, data: &str) -> String {
    let book = book(|rule, templates| {
        rule.subject = Some(templates.text(template, Form::Plain).unwrap());
    });
    draft(&book, data).unwrap().subject
}

fn metadata(template: &str, data: &str) -> Option<Value> {
    let book = book(|rule, templates| {
        rule.metadata = vec![("m".to_owned(), templates.typed(template).unwrap())];
    });
    draft(&book, data).unwrap().metadata.get("m").cloned()
}

#[test]
fn digits_stand_as_they_were_sent() {
    let data = r#"{"amount":12.50,"same":12.5,"id":82098291194615450812345,"e":1e-9,"n":-0,
        "huge":1234567890123456789012345678901234567890123,"list":[1.10,{"x":2.0}],"t":true}"#;
    for (template, expected) in [
        ("{{ data.amount }} {{ data.same }}", "12.50 12.5"),
        ("{{ data.id }} {{ data.e }} {{ data.n }}", "82098291194615450812345 1e-9 -0"),
        ("{{ data.huge }}", "1234567890123456789012345678901234567890123"),
        ("{% for x in data.list %}{{ x }};{% endfor %}", "1.10;{\"x\":2.0};"),
        ("{{ data.list }} {{ data.t }}", "[1.10,{\"x\":2.0}] true"),
        ("{{ data.amount * 2 }}", "25.0"),
    ] {
        assert_eq!(subject(template, data), expected, "{template}");
    }
}

#[test]
fn a_lone_expression_keeps_its_type_and_digits() {
    let data = r#"{"amount":12.50,"id":82098291194615450812345,"list":[1.10,null,"x"],"b":false,
        "huge":1234567890123456789012345678901234567890123,"o":{"z":1,"a":2.50},"null":null}"#;
    for (template, expected) in [
        ("{{ data.amount }}", "12.50"),
        (" {{- data.id -}} ", "82098291194615450812345"),
        ("{{ data.huge }}", "1234567890123456789012345678901234567890123"),
        ("{{ data.list }}", r#"[1.10,null,"x"]"#),
        ("{{ data.o }}", r#"{"z":1,"a":2.50}"#),
        ("{{ data.b }}", "false"),
        ("{{ data.list|first }}", "1.10"),
        ("{{ data.amount > 10 }}", "true"),
        ("{{ data.amount }} EUR", r#""12.50 EUR""#),
        ("plain", r#""plain""#),
    ] {
        assert_eq!(metadata(template, data).unwrap().to_string(), expected, "{template}");
    }
    for missing in ["{{ data.null }}", "{{ data.nowhere.at.all }}"] {
        assert_eq!(metadata(missing, data), None, "{missing}");
    }
}

#[test]
fn attributes_extensions_and_the_source_are_in_scope() {
    let template =
        "{{ event.id }} {{ event.type }} {{ event.source }} {{ event.tenant }} {{ source }}";
    assert_eq!(subject(template, "{}"), "evt_1 payment.failed /shop 7 shop");
    assert_eq!(subject("a{{ data.no.such.member }}b{{ data.null }}", "{}"), "ab");
}

#[test]
fn a_subject_is_one_line_with_an_ellipsis_past_255_characters() {
    let data = json!({ "t": format!("a\n\t b {}", "é".repeat(300)) }).to_string();
    let subject = subject("{{ data.t }}", &data);
    assert!(subject.starts_with("a b é"));
    assert!(subject.ends_with("é…"));
    assert_eq!(subject.chars().count(), 255);
}

#[test]
fn payload_text_in_a_description_stays_text() {
    let data = r#"{"t":"[pay](http://evil)\n# Big","code":"card_declined`[x](y)"}"#;
    let template = "**Note** {{ data.t }}\nfailed with `{{ data.code }}`\n```\n{{ data.t }}\n```\n";
    assert_eq!(
        description(template, data),
        "**Note** \\[pay\\](http://evil)\n\\# Big\nfailed with `card_declined'[x](y)`\n```\n[pay](http://evil)\n# Big\n```"
    );
    assert_eq!(description("{{ data.t|safe }}", r#"{"t":"**b**"}"#), "**b**");
    assert_eq!(subject("{{ data.t }}", r#"{"t":"a*b <c>"}"#), "a*b <c>");
}

#[test]
fn the_customers_id_is_the_events_where_the_rule_says_nothing() {
    let book = book(|rule, templates| {
        rule.customer.email = Some(templates.text("{{ data.email }}", Form::Plain).unwrap());
    });
    let customer = draft(&book, r#"{"customerExternalId":4711}"#).unwrap().customer.unwrap();
    assert_eq!((customer.external_id.as_deref(), customer.email), (Some("4711"), None));
    assert_eq!(draft(&book, "{}").unwrap().customer, None);
}

#[test]
fn an_association_without_a_value_follows_missing() {
    let book = |missing: Missing| {
        book(|rule, templates| {
            rule.associations = vec![AssociationRule {
                desk: CRM.parse().unwrap(),
                object: "contact".to_owned(),
                property: Some("email".to_owned()),
                value: templates.text(" {{ data.email }} ", Form::Plain).unwrap(),
                kind: AssociationKind::Default,
                missing,
            }];
        })
    };
    let found = draft(&book(Missing::Skip), r#"{"email":"a@b.example"}"#).unwrap().associations;
    let value = "a@b.example".to_owned();
    assert_eq!(found[0].target, Target::Match { property: "email".to_owned(), value });
    for missing in [Missing::Skip, Missing::Create] {
        assert!(draft(&book(missing), "{}").unwrap().associations.is_empty());
    }
    let words = draft(&book(Missing::Fail), "{}").unwrap_err().words;
    assert_eq!(words, "rule `r`: `associations: contact.match.email` is empty");
}

#[test]
fn a_template_that_runs_away_is_stopped() {
    let book = book(|rule, templates| {
        let endless =
            "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        rule.description = templates.text(endless, Form::Markdown).unwrap();
    });
    let words = draft(&book, "{}").unwrap_err().words;
    assert_eq!(words, "rule `r`: `description` takes more work than a template may");
    let long = json!({ "t": "x".repeat(100_000) }).to_string();
    assert_eq!(description("{{ data.t }}", &long).chars().count(), 64 * 1024);
}

#[test]
fn what_cannot_run_does_not_compile() {
    let mut templates = Templates::default();
    for (source, what) in [
        ("{{ data.a", "unexpected end of input"),
        ("{{ dta.a }}", "nothing is called `dta`"),
        ("{{ data.a | uper }}", "there is no filter `uper`"),
        ("{{ 1 if data.a is definde }}", "there is no test `definde`"),
        ("{{ shout(data.a) }}", "nothing is called `shout`"),
        ("{% if data.a %}", "unexpected end of input"),
    ] {
        let error = templates.text(source, Form::Plain).unwrap_err();
        assert!(error.what.contains(what), "{source}: {error}");
    }
    for source in ["data.a >=", "dta.a", "data.a = 1", "data.a %} x {% if 1"] {
        assert!(templates.condition(source).is_err(), "{source}");
    }
    assert_eq!(templates.text("a\n\n{{ ) }}", Form::Plain).unwrap_err().line, 3);
}

proptest::proptest! {
    #[test]
    fn any_number_keeps_its_digits(digits in "-?(0|[1-9][0-9]{0,45})(\\.[0-9]{1,25})?") {
        let data = format!(r#"{{"n":{digits},"list":[{digits}]}}"#);
        let amounts = "{{ data.n }} {{ data.list }}";
        proptest::prop_assert_eq!(subject(amounts, &data), format!("{digits} [{digits}]"));
        proptest::prop_assert_eq!(metadata("{{ data.n }}", &data).unwrap().to_string(), digits);
    }

    #[test]
    fn no_text_of_an_event_runs_as_a_template(text in "[{}%#a `*\\[\\]()]{0,24}") {
        let data = json!({ "t": text }).to_string();
        let expected = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let subject = subject("x{{ data.t }}x", &data);
        let found = subject[1..subject.len() - 1].split_whitespace().collect::<Vec<_>>().join(" ");
        proptest::prop_assert_eq!(found, expected);
    }
}
