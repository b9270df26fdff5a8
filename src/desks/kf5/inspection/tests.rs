use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::{Value, json};

use super::*;
use crate::{
    desks::kf5::Status,
    inspection::{MetadataNeed, PriorityNeed, Soundness},
    ticket::Action,
};

fn settings() -> Settings {
    Settings {
        email: "agent@example.org".to_owned(),
        token: SecretString::from("secret"),
        key_field: Some("field_1".to_owned()),
        kind: None,
        group: None,
        assignee: None,
        status: None,
        resolved_status: Status::Solved,
        fields: BTreeMap::from([("level".to_owned(), "field_2".to_owned())]),
    }
}

fn field_of(name: &str, required: bool, options: &[&str]) -> TicketField {
    TicketField {
        id: "1".parse().unwrap(),
        name: Some(name.to_owned()),
        kind: None,
        title: Some("Title".to_owned()),
        required: Some(required),
        pattern: None,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    }
}

fn needs(metadata: &[(&str, Option<Value>)]) -> Needs {
    let given = |(name, value): &(&str, Option<Value>)| MetadataNeed {
        name: (*name).to_owned(),
        value: value.clone(),
    };
    let rule = RuleNeeds {
        rule: "r".parse().unwrap(),
        action: Action::Open,
        has_incident: false,
        priority: PriorityNeed::default(),
        metadata: metadata.iter().map(given).collect(),
        tags: Vec::new(),
        associations: Vec::new(),
    };
    Needs { rules: vec![rule] }
}

#[test]
fn the_key_needs_a_text_field_that_is_there() {
    let judge = |fields: Vec<TicketField>| key("field_1", &Told::Answer(fields)).verdict;
    assert_eq!(judge(vec![field_of("field_1", false, &[])]), Soundness::Sound);
    assert_eq!(judge(vec![field_of("field_1", false, &["a"])]), Soundness::Fault);
    assert_eq!(judge(vec![field_of("field_2", false, &[])]), Soundness::Fault);
    let patterned =
        TicketField { pattern: Some("^x".to_owned()), ..field_of("field_1", false, &[]) };
    assert_eq!(judge(vec![patterned]), Soundness::Unknown);
    assert_eq!(key("field_1", &Told::Barred("no".to_owned())).verdict, Soundness::Unknown);
}

#[test]
fn a_required_field_that_a_rule_does_not_fill_is_a_fault_of_that_rule() {
    let fields = Told::Answer(vec![field_of("field_1", true, &[]), field_of("field_2", true, &[])]);
    let lacking = required(&settings(), &needs(&[]), &fields);
    assert_eq!((lacking.len(), lacking[0].verdict), (1, Soundness::Fault));
    assert_eq!(lacking[0].subject, "required field `field_2`");
    assert_eq!(lacking[0].used_by, ["rule `r`"]);
    let filling = required(&settings(), &needs(&[("level", None)]), &fields);
    assert_eq!(filling[0].verdict, Soundness::Sound);
}

#[test]
fn a_list_takes_what_it_offers() {
    let fields = Told::Answer(vec![field_of("field_2", false, &["a", "b"])]);
    let judge = |value| mapped(&settings(), &needs(&[("level", value)]), &fields)[0].verdict;
    assert_eq!(judge(Some(json!("a"))), Soundness::Sound);
    assert_eq!(judge(Some(json!("c"))), Soundness::Fault);
    assert_eq!(judge(None), Soundness::Unknown);
    assert!(mapped(&settings(), &needs(&[]), &fields).is_empty());
}

#[test]
fn agents_groups_and_assignees_are_as_tickets_need_them() {
    let user = |role: &str| User {
        id: "733".parse().unwrap(),
        name: None,
        email: None,
        phone: None,
        role: Some(role.to_owned()),
    };
    assert_eq!(agent(&Told::Answer(user("agent"))).verdict, Soundness::Sound);
    assert_eq!(agent(&Told::Answer(user("end_user"))).verdict, Soundness::Fault);
    assert_eq!(group("9", &Told::Absent).verdict, Soundness::Fault);
    let assigned = |users| assignee("733", &Told::Answer(users)).verdict;
    assert_eq!(assigned(vec![user("agent")]), Soundness::Sound);
    assert_eq!(assigned(vec![user("end_user")]), Soundness::Fault);
    assert_eq!(assigned(Vec::new()), Soundness::Fault);
}
