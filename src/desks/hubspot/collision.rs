//! HubSpot's refusal of a second record with a unique property's value.
//!
//! The form is not documented; it is what accounts have been seen to answer, with status 400:
//! `Cannot set PropertyValueCoordinates{portalId=1, …, propertyName=X, value=V} on 7. 6 already has
//! that value.` The first id is that of the record which was not made, the second of the one there.

use super::envelope::Envelope;
use crate::{delivery::DeliveryKey, desks::reply::Reply};

/// The codes of the same refusal in its other forms.
const CODES: [&str; 2] = ["CONFLICTING_UNIQUE_VALUE", "UNIQUE_VALUE_CONFLICT"];

/// A value that another record has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Collision {
    property: Option<String>,
    value: Option<String>,
    existing: Option<String>,
}

/// What a collision says about the ticket of a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// This ticket has the key.
    Ticket(String),
    /// It may be the key that another ticket has.
    Perhaps,
    /// It is another value that is taken.
    Other,
}

impl Collision {
    /// The collision that `reply` tells of.
    pub(super) fn of(reply: &Reply) -> Option<Self> {
        let envelope = Envelope::of(reply);
        match reply.status {
            400 => envelope.texts().find_map(|text| parse(&text)).or_else(|| {
                let is_collision = envelope.codes().any(|code| CODES.contains(&code.as_str()));
                is_collision.then(Self::default)
            }),
            409 => Some(Self::default()),
            _ => None,
        }
    }

    /// Whether the value that is taken is `key`, in the unique property `property`.
    pub(super) fn holder(self, property: &str, key: &DeliveryKey) -> Holder {
        let is_other = self.property.is_some_and(|name| name != property)
            || self.value.as_ref().is_some_and(|value| value != key.as_str());
        match self.existing {
            _ if is_other => Holder::Other,
            Some(id) if self.value.is_some() => Holder::Ticket(id),
            _ => Holder::Perhaps,
        }
    }
}

fn parse(text: &str) -> Option<Collision> {
    let (before, _) = text.split_once(" already has that value")?;
    let existing = before.rsplit(char::is_whitespace).next()?;
    let is_id = !existing.is_empty() && existing.bytes().all(|byte| byte.is_ascii_digit());
    let between = |from: &str, to: &[&str]| {
        let (_, rest) = before.split_once(from)?;
        to.iter().find_map(|end| rest.split_once(end)).map(|(found, _)| found.to_owned())
    };
    Some(Collision {
        property: between("propertyName=", &[", ", "}"]),
        value: between("value=", &["} on "]),
        existing: is_id.then(|| existing.to_owned()),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use reqwest::header::HeaderMap;
    use serde_json::json;

    use super::*;

    const KEY: &str = "e915b8136583ba4477fd052f9a169a9f";

    fn holder(status: u16, body: &serde_json::Value) -> Option<Holder> {
        let reply = Reply::new(status, &HeaderMap::new(), &body.to_string());
        let key = KEY.to_owned().try_into().unwrap();
        Collision::of(&reply).map(|collision| collision.holder("deskbell_key", &key))
    }

    fn refusal(property: &str, value: &str) -> serde_json::Value {
        let message = format!(
            "Cannot set PropertyValueCoordinates{{portalId=1, objectTypeId=ObjectTypeId{{\
             legacyObjectType=TICKET}}, propertyName={property}, value={value}}} on 778. 42 already \
             has that value."
        );
        json!({ "status": "error", "message": message, "category": "VALIDATION_ERROR" })
    }

    #[test]
    fn the_second_id_is_the_ticket_that_exists() {
        let there = Some(Holder::Ticket("42".to_owned()));
        assert_eq!(holder(400, &refusal("deskbell_key", KEY)), there);
    }

    #[test]
    fn a_collision_inside_the_list_of_properties_is_found() {
        let inner =
            json!([{ "isValid": false, "message": refusal("deskbell_key", KEY)["message"] }]);
        let message = format!("Property values were not valid: {inner}");
        assert_eq!(
            holder(400, &json!({ "message": message })),
            Some(Holder::Ticket("42".to_owned()))
        );
    }

    #[test]
    fn another_propertys_collision_is_not_this_ticket() {
        assert_eq!(holder(400, &refusal("order_id", "7")), Some(Holder::Other));
        assert_eq!(holder(400, &refusal("deskbell_key", "7")), Some(Holder::Other));
    }

    #[test]
    fn a_code_alone_leaves_the_ticket_open() {
        for code in CODES {
            let body = json!({ "message": "no", "errors": [{ "message": "no", "code": code }] });
            assert_eq!(holder(400, &body), Some(Holder::Perhaps));
        }
        assert_eq!(holder(409, &json!({})), Some(Holder::Perhaps));
    }

    #[test]
    fn other_refusals_are_no_collision() {
        assert_eq!(holder(400, &json!({ "message": "Invalid input JSON" })), None);
        assert_eq!(holder(500, &refusal("deskbell_key", KEY)), None);
    }
}
