//! What a source redacts is in no draft, and decides all the same.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;

use super::{CRM, book, draft, event};
use crate::{
    event::{Redaction, Redactions},
    rules::{AssociationRule, Form, Matching, Rule, RuleBook, Templates},
    ticket::{AssociationKind, Missing, Priority},
};

const DATA: &str = r#"{"customerExternalId":"u","amount":1500.50,
    "card":{"number":"4111","brand":"visa"},"customer":{"email":"a@b.c","name":"Ana"}}"#;

fn hiding(paths: &[&str], change: impl FnOnce(&mut Rule, &mut Templates)) -> RuleBook {
    let redaction = Redaction::new(paths.iter().map(|path| path.parse().unwrap()).collect());
    book(change).hiding([("shop".parse().unwrap(), redaction)].into_iter().collect())
}

#[test]
fn a_template_sees_a_redacted_member_as_one_that_was_not_said() {
    let paths = ["data.card.*", "data.customer.email", "data.amount"];
    let book = hiding(&paths, |rule, templates| {
        let mut text = |source: &str| templates.text(source, Form::Plain).unwrap();
        rule.subject = Some(text("{{ data.card.number }}|{{ data }}|{{ data.amount is defined }}"));
        rule.customer.email = Some(text("{{ data.customer.email }}"));
        rule.customer.name = Some(text("{{ data.customer.name }}"));
        rule.tags = vec![text("{{ data.card.brand }}"), text("{{ data.customer.name }}")];
        rule.category = Some(text("{% for name in data.card %}{{ name }}{% endfor %}"));
        rule.metadata = vec![("amount".to_owned(), templates.typed("{{ data.amount }}").unwrap())];
        rule.associations = vec![AssociationRule {
            desk: CRM.parse().unwrap(),
            object: "contact".to_owned(),
            property: Some("email".to_owned()),
            value: templates.text("{{ data.customer.email }}", Form::Plain).unwrap(),
            kind: AssociationKind::Default,
            missing: Missing::Create,
        }];
    });
    let draft = draft(&book, DATA).unwrap();
    let seen = r#"{"customerExternalId":"u","card":{},"customer":{"name":"Ana"}}"#;
    assert_eq!(draft.subject, format!("|{seen}|false"));
    let customer = draft.customer.unwrap();
    assert_eq!((customer.email, customer.name.as_deref()), (None, Some("Ana")));
    assert_eq!((draft.tags, draft.category), (vec!["Ana".to_owned()], None));
    assert_eq!(draft.metadata.get("amount"), None);
    assert!(draft.associations.is_empty());
}

#[test]
fn when_and_priority_decide_by_the_whole_event() {
    let book = hiding(&["data.card", "data.amount"], |rule, templates| {
        rule.when = Some(templates.condition("data.card.brand == 'visa'").unwrap());
        let source = "{{ 'URGENT' if data.amount >= 1000 else 'LOW' }}";
        rule.priority = Some(templates.text(source, Form::Plain).unwrap());
    });
    assert_eq!(book.route(&event(DATA))[0].priority, Priority::Urgent);
    assert_eq!(book.verdicts(&event(DATA))[0].matching, Matching::Matched);
    assert_eq!(draft(&book, DATA).unwrap().priority, Priority::Urgent);
    let other = DATA.replace("visa", "other");
    assert_eq!(book.route(&event(&other)), []);
}

#[test]
fn what_decides_never_quotes_what_is_redacted() {
    let book = hiding(&["data.card"], |rule, templates| {
        rule.when = Some(templates.condition("data.card.number >= 10").unwrap());
        let source = "{{ data.card.number }}";
        rule.priority = Some(templates.text(source, Form::Plain).unwrap());
    });
    let [verdict] = &book.verdicts(&event(DATA))[..] else { panic!() };
    let Matching::Undecided(words) = &verdict.matching else { panic!("{verdict:?}") };
    assert!(!words.contains("4111"), "{words}");
    assert_eq!(book.route(&event(DATA))[0].priority, Priority::Medium);
}

#[test]
fn an_incident_that_needs_what_is_redacted_is_an_error_and_not_everybodys() {
    let incident = |source: &'static str| {
        hiding(&["data.card.*"], move |rule, templates| {
            rule.incident = Some(templates.text(source, Form::Plain).unwrap());
        })
    };
    let words = draft(&incident("card:{{ data.card.number }}"), DATA).unwrap_err().words;
    assert_eq!(words, "rule `r`: `incident` needs what the source redacts");
    let draft = draft(&incident("customer:{{ data.customer.name }}"), DATA).unwrap();
    assert_eq!(draft.incident.unwrap().key, "customer:Ana");
}

#[test]
fn no_draft_is_made_of_a_source_that_is_not_configured() {
    let book = book(|_, _| {}).hiding(Redactions::default());
    let words = draft(&book, DATA).unwrap_err().words;
    assert!(words.starts_with("the source `shop` is not configured"), "{words}");
}

#[test]
fn a_replay_sees_what_is_not_redacted_any_more() {
    let change = |rule: &mut Rule, templates: &mut Templates| {
        rule.metadata =
            vec![("brand".to_owned(), templates.typed("{{ data.card.brand }}").unwrap())];
    };
    let sealed = event(DATA);
    let redraft = |book: &RuleBook| {
        let draft = book.draft(&"r".parse().unwrap(), &CRM.parse().unwrap(), &sealed);
        draft.unwrap().unwrap().metadata.get("brand").cloned()
    };
    assert_eq!(redraft(&hiding(&["data.card.*"], change)), None);
    assert_eq!(redraft(&hiding(&["data.card.number"], change)), Some(json!("visa")));
}
