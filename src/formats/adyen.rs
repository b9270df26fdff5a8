//! Adyen's standard webhooks, and those of its platforms as messages of no interest.
//!
//! Source: docs.adyen.com, "Webhook structure and types". A request holds items, commonly one.

use serde_json::Value;

use super::{
    FormatError, Items,
    draft::{About, Customer, Draft},
    message::Message,
    money::Units,
    one,
};

/// What Adyen's older contract wants to read in an answer, and its newer one does not mind.
pub(super) const ACKNOWLEDGEMENT: &str = "[accepted]";

/// What the list of items is called, and the wrapping of each.
const LIST: &str = "notificationItems";
const ITEM: &str = "NotificationRequestItem";

/// The items of a standard webhook, without their wrapping.
pub(super) fn items(mut body: Value) -> Result<Items, FormatError> {
    match body.get_mut(LIST).map(Value::take) {
        None => one(body),
        Some(Value::Array(items)) => {
            let unwrapped = items.into_iter().map(|mut item| match item.get_mut(ITEM) {
                Some(item @ Value::Object(_)) => Ok(item.take()),
                _ => Err(FormatError::Missing("/notificationItems/…/NotificationRequestItem")),
            });
            Ok(Items { are_listed: true, items: unwrapped.collect::<Result<_, _>>()? })
        }
        Some(_) => Err(FormatError::Missing("/notificationItems")),
    }
}

/// The item's own words about itself. It comes again under the same reference, code and success.
pub(super) fn about(message: &Message<'_>) -> Result<About, FormatError> {
    let Some(code) = message.text("/eventCode") else {
        let kind = message.text("/type").ok_or(FormatError::Missing("/eventCode"))?;
        return Ok(About { kind, id: message.text("/id"), time: None });
    };
    let reference = message.text("/pspReference").ok_or(FormatError::Missing("/pspReference"))?;
    let success = message.text("/success").unwrap_or_default();
    let id = Some(format!("{reference}:{code}:{success}"));
    Ok(About { kind: code, id, time: message.instant("/eventDate") })
}

/// What the item means, where it is of interest.
pub(super) fn draft(message: &Message<'_>) -> Option<Draft> {
    let code = message.text("/eventCode")?;
    let failed = message.is("/success", &["false"]);
    let reason = match code.as_str() {
        "AUTHORISATION" | "CAPTURE" | "REFUND" if failed => {
            message.text("/reason").or_else(|| Some(code.clone()))
        }
        "CAPTURE_FAILED" | "REFUND_FAILED" => Some(code.clone()),
        _ => return None,
    };
    let customer = Customer {
        id: message.text("/additionalData/shopperReference"),
        email: message.text("/additionalData/shopperEmail"),
        ..Customer::default()
    };
    let draft = Draft::of("payment.failed")
        .order(message.text("/merchantReference"), customer)
        .minor(
            Units::Adyen,
            message.at("/amount/value"),
            message.text("/amount/currency").as_deref(),
        )
        .say("errorCode", reason)
        .say("paymentId", message.first(&["/originalReference", "/pspReference"]))
        .say("occurredAt", message.instant("/eventDate"));
    Some(draft)
}
