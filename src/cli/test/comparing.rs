//! What a rule makes of an event, held against what a test expects.

use serde_json::{Map, Number, Value, json};

use super::file::Expectation;
use crate::{
    event::Route,
    rules::RuleError,
    ticket::{Association, AssociationKind, Target, TicketDraft},
};

/// What the rules make of an event for one desk; `Ok(None)`: nothing, for the rule is gone.
pub(super) type Made = Result<TicketDraft, RuleError>;

/// Every way in which what was `made` is another than what was expected, in words.
pub(super) fn differences(expected: &Expectation, route: &Route, made: &Made) -> Vec<String> {
    let desk = &route.desk;
    match (made, &expected.error) {
        (Err(error), Some(words)) if error.words.contains(words) => Vec::new(),
        (Err(error), _) => vec![format!("{desk}: rule `{}` fails: {}", route.rule, error.words)],
        (Ok(_), Some(words)) => {
            vec![format!("{desk}: rule `{}` is to fail with `{words}`, and does not", route.rule)]
        }
        (Ok(draft), None) => {
            let mut found = Vec::new();
            compare("", &expected.members(), &told(route, draft), &mut found);
            for text in expected.says.iter().flatten() {
                if !draft.description.contains(text) {
                    found.push(format!("`description` does not say `{text}`"));
                }
            }
            found.into_iter().map(|words| format!("{desk}: {words}")).collect()
        }
    }
}

/// A draft in the words of the behaviour file.
fn told(route: &Route, draft: &TicketDraft) -> Value {
    let customer = draft.customer.as_ref();
    let involved = draft.incident.as_ref();
    json!({
        "desk": route.desk,
        "rule": route.rule,
        "priority": draft.priority,
        "subject": draft.subject,
        "description": draft.description,
        "category": draft.category,
        "metadata": draft.metadata,
        "tags": draft.tags,
        "customer": customer,
        "associations": draft.associations.iter().map(tie).collect::<Vec<_>>(),
        "incident": involved.map(|incident| &incident.key),
        "action": involved.map_or(json!("open"), |incident| json!(incident.action)),
    })
}

fn tie(association: &Association) -> Value {
    let Association { object, target, kind, missing } = association;
    let mut told = Map::new();
    told.insert("object".to_owned(), json!(object));
    match target {
        Target::Id(id) => told.insert("id".to_owned(), json!(id)),
        Target::Match { property, value } => {
            told.insert("match".to_owned(), json!({ property: value }))
        }
    };
    match kind {
        AssociationKind::Default => {}
        AssociationKind::Type { category, id } => {
            told.insert("type".to_owned(), json!(id));
            told.insert("category".to_owned(), json!(category));
        }
        AssociationKind::Label(label) => drop(told.insert("label".to_owned(), json!(label))),
    }
    told.insert("missing".to_owned(), json!(missing));
    Value::Object(told)
}

/// Notes where `made` is another than `expected`. Members that nothing is expected of may be
/// anything; a list has to have as many items.
fn compare(place: &str, expected: &Value, made: &Value, found: &mut Vec<String>) {
    match (expected, made) {
        (Value::Object(expected), Value::Object(made)) => {
            for (name, expected) in expected {
                let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                compare(&place, expected, made.get(name).unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(expected), Value::Array(made)) if expected.len() == made.len() => {
            for (number, (expected, made)) in expected.iter().zip(made).enumerate() {
                compare(&format!("{place}.{number}"), expected, made, found);
            }
        }
        _ if is_same(expected, made) => {}
        (_, Value::Null) => found.push(format!("`{place}` is missing, {expected} is expected")),
        _ => found.push(format!("`{place}` is {made}, {expected} is expected")),
    }
}

/// Whether both say the same; a number may be written in several ways, and so may the end of a text.
fn is_same(expected: &Value, made: &Value) -> bool {
    match (expected, made) {
        (Value::Number(expected), Value::Number(made)) => {
            expected == made || is_float(expected) && expected.as_f64() == made.as_f64()
        }
        (Value::String(expected), Value::String(made)) => expected.trim_end() == made.trim_end(),
        _ => expected == made,
    }
}

/// Whether it was written with a fraction, whose digits TOML does not keep.
fn is_float(number: &Number) -> bool {
    number.as_i64().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(expected: &Value, made: &Value) -> Vec<String> {
        let mut found = Vec::new();
        compare("", expected, made, &mut found);
        found
    }

    #[test]
    fn what_is_not_mentioned_may_be_anything() {
        let made = json!({ "metadata": { "orderId": "1", "amount": 12 }, "subject": "Failed" });
        assert_eq!(found(&json!({ "metadata": { "orderId": "1" } }), &made), [""; 0]);
        assert_eq!(
            found(&json!({ "metadata": { "orderId": "2", "currency": "EUR" } }), &made),
            [
                r#"`metadata.orderId` is "1", "2" is expected"#,
                r#"`metadata.currency` is missing, "EUR" is expected"#,
            ]
        );
    }

    #[test]
    fn a_list_has_as_many_items_and_each_is_looked_at() {
        let made = json!({ "tags": ["payment", "eur"] });
        assert_eq!(found(&json!({ "tags": ["payment", "eur"] }), &made), [""; 0]);
        assert_eq!(
            found(&json!({ "tags": ["payment"] }), &made),
            [r#"`tags` is ["payment","eur"], ["payment"] is expected"#]
        );
        assert_eq!(
            found(&json!({ "tags": ["payment", "usd"] }), &made),
            [r#"`tags.1` is "eur", "usd" is expected"#]
        );
    }

    #[test]
    fn a_fraction_may_be_written_in_several_ways_and_an_id_may_not() {
        let made: Value = serde_json::from_str("[12.50, 9007199254740993]").unwrap_or_default();
        assert_eq!(found(&json!([12.5, 9_007_199_254_740_993_u64]), &made), [""; 0]);
        assert_eq!(found(&json!([12.5, 9_007_199_254_740_992_u64]), &made).len(), 1);
    }
}
