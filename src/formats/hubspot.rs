//! HubSpot's webhooks: a list of changes in an account.
//!
//! Source: developers.hubspot.com, "Webhooks" and "Generic webhook subscriptions". A change names its
//! record and says little else: only the state of a payment means the same in every account.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    FormatError, Items,
    draft::{About, Customer, Draft},
    message::Message,
};

/// HubSpot's number of the object type "payment".
const PAYMENT: &str = "0-101";

/// The items of a request.
pub(super) fn items(body: Value) -> Result<Items, FormatError> {
    match body {
        Value::Array(items) => Ok(Items { are_listed: true, items }),
        _ => Err(FormatError::NotAnArray),
    }
}

/// The change's own words about itself. `eventId` alone is not unique, as HubSpot says itself; all
/// but `attemptNumber` stays the same when it is sent again.
pub(super) fn about(message: &Message<'_>) -> Result<About, FormatError> {
    let missing = FormatError::Missing("/subscriptionType");
    let kind = message.text("/subscriptionType").ok_or(missing)?;
    let event = message.text("/eventId").ok_or(FormatError::Missing("/eventId"))?;
    let words = ["/subscriptionId", "/objectId", "/occurredAt"];
    let words = words.iter().filter_map(|pointer| message.text(pointer));
    let id = std::iter::once(event).chain(words).collect::<Vec<_>>().join("-");
    Ok(About { kind, id: Some(id), time: occurred(message) })
}

/// What the change means, where it is of interest.
pub(super) fn draft(message: &Message<'_>) -> Option<Draft> {
    let is_of_payment = message.is("/subscriptionType", &["object.propertyChange"])
        && message.is("/objectTypeId", &[PAYMENT])
        && message.is("/propertyName", &["hs_latest_status"]);
    let status = message.text("/propertyValue").filter(|_| is_of_payment)?;
    let payment = |event_type| {
        let id = message.text("/objectId");
        Draft::of(event_type)
            .order(id.clone(), Customer::default())
            .say("paymentId", id)
            .say("occurredAt", occurred(message))
    };
    match status.as_str() {
        "failed" => Some(payment("payment.failed").say("errorCode", Some(status))),
        "succeeded" => Some(payment("payment.recovered")),
        _ => None,
    }
}

/// Milliseconds since 1970 as RFC 3339.
fn occurred(message: &Message<'_>) -> Option<String> {
    let milliseconds = message.at("/occurredAt")?.as_i64()?;
    Timestamp::from_millisecond(milliseconds).ok().map(|time| time.to_string())
}
