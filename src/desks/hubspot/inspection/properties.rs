//! Judges ticket properties: the delivery's key, priorities, and what metadata goes into.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    desks::{
        hubspot::{
            api::Property,
            requests::{self, PRIORITY, property_value},
        },
        inspecting::{Told, listed},
    },
    event::RuleName,
    inspection::{Finding, Needs},
    ticket::Priority,
};

/// The unique property that holds the delivery's key.
pub(in crate::desks::hubspot) fn key(name: &str, property: &Told<Property>) -> Finding {
    let subject = format!("property `{name}`");
    let finding = match property {
        Told::Absent => Finding::fault(subject, "HubSpot has no such ticket property")
            .cured_by("`deskbell setup <desk>` creates it"),
        Told::Barred(words) | Told::Refused(words) => Finding::unknown(subject, words),
        Told::Answer(property) if !property.has_unique_value => {
            let words = "its values are not unique, which HubSpot cannot change later";
            let cure =
                "name another property in `key_property`; `deskbell setup <desk>` creates it";
            Finding::fault(subject, words).cured_by(cure)
        }
        Told::Answer(property) if property.r#type != "string" => {
            let words = format!("it is of type `{}`, not `string`", property.r#type);
            let cure =
                "name another property in `key_property`; `deskbell setup <desk>` creates it";
            Finding::fault(subject, words).cured_by(cure)
        }
        Told::Answer(property) if is_read_only(property) => {
            Finding::fault(subject, "it cannot be written")
                .cured_by("name another property in `key_property`")
        }
        Told::Answer(_) => Finding::sound(subject, "of unique texts"),
    };
    finding.of_key("key_property")
}

/// Every priority that rules may give. `URGENT` came late: where an account lacks it, `HIGH` is
/// given instead.
pub(super) fn priorities(needs: &Needs, property: &Told<Property>) -> Vec<Finding> {
    let property = match property {
        Told::Answer(property) => property,
        Told::Absent => {
            let finding = Finding::fault(format!("property `{PRIORITY}`"), "HubSpot has no such");
            return vec![finding.of_rules(needs.opening().map(|rule| &rule.rule))];
        }
        Told::Barred(words) | Told::Refused(words) => {
            return vec![Finding::unknown(format!("property `{PRIORITY}`"), words)];
        }
    };
    let has = |value: &str| property.options.iter().any(|option| option.value == value);
    let values = listed(property.options.iter().map(|option| &option.value));
    let named = by_value(needs);
    let open = needs.open_priorities();
    let mut findings = Vec::new();
    for priority in [Priority::Low, Priority::Medium, Priority::High, Priority::Urgent] {
        let value = requests::priority(priority);
        let rules = named.get(value).cloned().unwrap_or_default();
        if rules.is_empty() && open.is_empty() {
            continue;
        }
        let stand_in = if priority == Priority::Urgent { "HIGH" } else { value };
        let subject = format!("priority `{value}`");
        let words = format!("`{PRIORITY}` has {values}");
        let cure = format!("add the option `{value}`, or let the rule give another priority");
        findings.push(if has(value) {
            Finding::sound(subject, "an option").of_rules(rules).of_rules(open.clone())
        } else if has(stand_in) {
            let words = format!("{words}: `{stand_in}` is given instead");
            Finding::sound(subject, words).of_rules(rules).of_rules(open.clone())
        } else if rules.is_empty() {
            let words = format!("{words}; whether the rule gives it depends on the event");
            Finding::unknown(subject, words).of_rules(open.clone()).cured_by(cure)
        } else {
            Finding::fault(subject, words).of_rules(rules).cured_by(cure)
        });
    }
    findings
}

fn by_value(needs: &Needs) -> BTreeMap<&'static str, Vec<&RuleName>> {
    let mut named = BTreeMap::<_, Vec<_>>::new();
    for (priority, rules) in needs.named_priorities() {
        named.entry(requests::priority(priority)).or_default().extend(rules);
    }
    named
}

/// A property that metadata goes into, by what the rules give.
pub(super) fn mapped(
    (metadata, name): (&str, &str),
    given: &[(&RuleName, Option<&Value>)],
    property: &Told<Property>,
) -> Finding {
    let subject = format!("property `{name}`");
    let rules = given.iter().map(|(rule, _)| *rule);
    let finding = match property {
        Told::Absent => Finding::fault(subject, "HubSpot has no such ticket property")
            .cured_by(format!("create it there, or take `{metadata}` out of `properties`")),
        Told::Barred(words) | Told::Refused(words) => Finding::unknown(subject, words),
        Told::Answer(property) if is_read_only(property) => {
            Finding::fault(subject, "it cannot be written")
                .cured_by(format!("let `{metadata}` go into another property"))
        }
        Told::Answer(property) => fitting(subject, property, given),
    };
    finding.of_key("properties").of_rules(rules)
}

fn fitting(subject: String, property: &Property, given: &[(&RuleName, Option<&Value>)]) -> Finding {
    let kind = &property.r#type;
    let takes = takes(property);
    let constants = given.iter().filter_map(|(rule, value)| Some((rule, (*value)?)));
    for (rule, value) in constants {
        if !fits(property, &property_value(value)) {
            let words = format!("{takes}, and rule `{rule}` gives something else");
            return Finding::fault(subject, words).cured_by("give what it takes");
        }
    }
    let depends = given.iter().any(|(_, value)| value.is_none());
    if depends && matches!(kind.as_str(), "enumeration" | "bool" | "date" | "datetime") {
        let words = format!("{takes}; what the rule gives depends on the event");
        return Finding::unknown(subject, words);
    }
    Finding::sound(subject, takes)
}

fn takes(property: &Property) -> String {
    match property.r#type.as_str() {
        "enumeration" => {
            let values = property.options.iter().map(|option| &option.value);
            format!("it takes only {}", listed(values))
        }
        "number" => "it takes numbers".to_owned(),
        kind => format!("of type `{kind}`"),
    }
}

fn fits(property: &Property, value: &str) -> bool {
    let is_option = |value: &str| property.options.iter().any(|option| option.value == value);
    match property.r#type.as_str() {
        _ if value.is_empty() => true,
        "number" => value.parse::<f64>().is_ok(),
        "bool" => matches!(value, "true" | "false"),
        "enumeration" if property.field_type == "checkbox" => value.split(';').all(is_option),
        "enumeration" => is_option(value),
        _ => true,
    }
}

fn is_read_only(property: &Property) -> bool {
    property.modification_metadata.as_ref().is_some_and(|metadata| metadata.read_only_value)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        inspection::{PriorityNeed, RuleNeeds, Soundness},
        ticket::Action,
    };

    fn property(json: Value) -> Told<Property> {
        Told::Answer(serde_json::from_value(json).unwrap())
    }

    fn options(values: &[&str]) -> Value {
        values.iter().map(|value| json!({ "value": value, "label": value })).collect()
    }

    fn giving(named: &[Priority], is_open: bool) -> Needs {
        let rule = RuleNeeds {
            rule: "r".parse().unwrap(),
            action: Action::Open,
            has_incident: false,
            priority: PriorityNeed { named: named.iter().copied().collect(), is_open },
            metadata: Vec::new(),
            tags: Vec::new(),
            associations: Vec::new(),
        };
        Needs { rules: vec![rule] }
    }

    #[test]
    fn the_key_needs_a_property_of_unique_texts() {
        for (answer, verdict) in [
            (Told::Absent, Soundness::Fault),
            (Told::Barred("scopes".to_owned()), Soundness::Unknown),
            (property(json!({ "name": "k", "type": "string" })), Soundness::Fault),
            (
                property(json!({ "name": "k", "type": "number", "hasUniqueValue": true })),
                Soundness::Fault,
            ),
            (
                property(json!({ "name": "k", "type": "string", "hasUniqueValue": true })),
                Soundness::Sound,
            ),
        ] {
            assert_eq!(key("k", &answer).verdict, verdict, "{answer:?}");
        }
    }

    #[test]
    fn a_priority_that_is_gone_is_a_fault_of_the_rule_that_names_it_alone() {
        let answer = property(json!({ "name": "p", "options": options(&["LOW", "HIGH"]) }));
        let found = |needs: &Needs| -> Vec<_> {
            let findings = priorities(needs, &answer);
            findings.iter().map(|it| (it.subject.clone(), it.verdict)).collect()
        };
        let medium = "priority `MEDIUM`".to_owned();
        let named = found(&giving(&[Priority::Medium], false));
        assert_eq!(named, [(medium.clone(), Soundness::Fault)]);
        let open = found(&giving(&[Priority::Low], true));
        assert_eq!(open[1], (medium, Soundness::Unknown));
        // `URGENT` has a stand-in.
        assert_eq!(open[3].1, Soundness::Sound);
        let critical = priorities(&giving(&[Priority::Critical], false), &answer);
        assert!(critical[0].words.contains("`HIGH` is given instead"), "{critical:?}");
    }

    #[test]
    fn a_mapped_property_fits_what_the_rules_give() {
        let rule: RuleName = "r".parse().unwrap();
        let judge = |answer: &Told<Property>, value: Option<Value>| {
            mapped(("m", "p"), &[(&rule, value.as_ref())], answer).verdict
        };
        let number = property(json!({ "name": "p", "type": "number" }));
        assert_eq!(judge(&number, None), Soundness::Sound);
        assert_eq!(judge(&number, Some(json!("12.50"))), Soundness::Sound);
        assert_eq!(judge(&number, Some(json!("many"))), Soundness::Fault);
        let list = json!({ "name": "p", "type": "enumeration", "options": options(&["A", "B"]) });
        let list = property(list);
        assert_eq!(judge(&list, None), Soundness::Unknown);
        assert_eq!(judge(&list, Some(json!("B"))), Soundness::Sound);
        assert_eq!(judge(&list, Some(json!("C"))), Soundness::Fault);
        let fixed = json!({ "name": "p", "type": "string",
                            "modificationMetadata": { "readOnlyValue": true } });
        assert_eq!(judge(&property(fixed), None), Soundness::Fault);
        assert_eq!(judge(&Told::Absent, None), Soundness::Fault);
    }
}
