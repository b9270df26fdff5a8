//! `WooCommerce`'s webhooks about orders.
//!
//! Source: woocommerce.github.io/woocommerce-rest-api-docs, "Webhooks" and "Orders".

use super::{
    FormatError,
    draft::{About, Customer, Draft, full_name},
    message::Message,
};
use crate::event::is_rfc3339;

/// The header that says what happened.
const TOPIC: &str = "X-WC-Webhook-Topic";

/// The delivery's own words about itself.
///
/// `X-WC-Webhook-Delivery-ID` is another each time: an order is known by its id, its state and when
/// that changed.
pub(super) fn about(message: &Message<'_>) -> Result<About, FormatError> {
    let topic = message.header(TOPIC).ok_or(FormatError::MissingHeader(TOPIC))?;
    let words = ["/id", "/status", "/date_modified_gmt"].map(|pointer| message.text(pointer));
    let id = match words {
        [Some(id), Some(status), Some(modified)] => Some(format!("order-{id}-{status}-{modified}")),
        _ => None,
    };
    Ok(About { kind: topic.to_owned(), id, time: modified(message) })
}

/// What the delivery means, where it is of interest.
pub(super) fn draft(message: &Message<'_>) -> Option<Draft> {
    if !matches!(message.header(TOPIC)?, "order.created" | "order.updated" | "order.restored") {
        return None;
    }
    let status = message.text("/status")?;
    match status.as_str() {
        "failed" => Some(payment("payment.failed", message).say("errorCode", Some(status))),
        // Paid, and waiting to be fulfilled.
        "processing" => Some(payment("payment.recovered", message)),
        "on-hold" => {
            let draft = priced("order.stuck", message)
                .say("stage", Some(status))
                .say("reason", message.text("/payment_method_title"))
                .say("stuckSince", modified(message));
            Some(draft)
        }
        "completed" => {
            let draft = order("order.released", message).say("stage", Some(status));
            Some(draft.say("occurredAt", modified(message)))
        }
        _ => None,
    }
}

fn payment(event_type: &'static str, message: &Message<'_>) -> Draft {
    priced(event_type, message)
        .say("paymentId", message.text("/transaction_id"))
        .say("occurredAt", modified(message))
}

fn priced(event_type: &'static str, message: &Message<'_>) -> Draft {
    order(event_type, message).decimal(message.at("/total"), message.text("/currency").as_deref())
}

fn order(event_type: &'static str, message: &Message<'_>) -> Draft {
    let customer = Customer {
        // Guests are 0.
        id: message.text("/customer_id").filter(|id| id != "0"),
        email: message.text("/billing/email"),
        name: full_name(["/billing/first_name", "/billing/last_name"].map(|it| message.text(it))),
        phone: message.text("/billing/phone"),
        company: message.text("/billing/company"),
    };
    Draft::of(event_type).order(message.first(&["/number", "/id"]), customer)
}

/// The time of the last change, which is in UTC and does not say so.
fn modified(message: &Message<'_>) -> Option<String> {
    message
        .text("/date_modified_gmt")
        .map(|time| format!("{time}Z"))
        .filter(|time| is_rfc3339(time))
}
