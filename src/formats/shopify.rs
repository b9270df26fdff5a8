//! Shopify's webhooks.
//!
//! Source: shopify.dev/docs/api/webhooks and the REST resources that they hold.

use super::{
    FormatError,
    draft::{About, Customer, Draft, full_name},
    message::Message,
};
use crate::event::is_rfc3339;

/// The header that says what happened.
const TOPIC: &str = "X-Shopify-Topic";

/// The delivery's own words about itself.
///
/// `X-Shopify-Webhook-Id` stays the same over retries; `X-Shopify-Event-Id` is shared by all topics
/// that one act of a merchant touches, and tells apart nothing alone.
pub(super) fn about(message: &Message<'_>) -> Result<About, FormatError> {
    let topic = message.header(TOPIC).ok_or(FormatError::MissingHeader(TOPIC))?;
    let by_event = || message.header("X-Shopify-Event-Id").map(|id| format!("{id}:{topic}"));
    let id = message.header("X-Shopify-Webhook-Id").map(str::to_owned).or_else(by_event);
    let time = message.header("X-Shopify-Triggered-At").filter(|time| is_rfc3339(time));
    Ok(About { kind: topic.to_owned(), id, time: time.map(str::to_owned) })
}

/// What the delivery means, where it is of interest.
pub(super) fn draft(message: &Message<'_>) -> Option<Draft> {
    match message.header(TOPIC)? {
        "order_transactions/create" if message.is("/status", &["failure", "error"]) => {
            let draft = Draft::of("payment.failed")
                .order(message.text("/order_id"), Customer::default())
                .decimal(message.at("/amount"), message.text("/currency").as_deref())
                .say("errorCode", message.first(&["/error_code", "/status"]))
                .say("paymentId", message.first(&["/payment_id", "/id"]))
                .say("occurredAt", message.instant("/created_at"));
            Some(draft)
        }
        "orders/cancelled" if message.is("/cancel_reason", &["declined"]) => {
            let draft = order("payment.failed", message)
                .say("errorCode", message.text("/cancel_reason"))
                .say("occurredAt", message.instant("/cancelled_at"));
            Some(draft)
        }
        "orders/paid" => {
            let draft = order("payment.recovered", message);
            Some(draft.say("occurredAt", message.instant("/updated_at")))
        }
        "fulfillment_events/create" if message.is("/status", &["failure"]) => {
            let draft = Draft::of("order.stuck")
                .order(message.text("/order_id"), Customer::default())
                .say("stage", Some("delivery"))
                .say("reason", message.text("/message"))
                .say("stuckSince", message.instant("/happened_at"));
            Some(draft)
        }
        _ => None,
    }
}

fn order(event_type: &'static str, message: &Message<'_>) -> Draft {
    let customer = Customer {
        id: message.text("/customer/id"),
        email: message.first(&["/email", "/customer/email", "/contact_email"]),
        name: full_name(["/customer/first_name", "/customer/last_name"].map(|it| message.text(it))),
        phone: message.first(&["/phone", "/customer/phone"]),
        company: message.text("/billing_address/company"),
    };
    Draft::of(event_type)
        .order(message.text("/id"), customer)
        .decimal(message.at("/total_price"), message.text("/currency").as_deref())
}
