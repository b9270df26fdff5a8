//! `PayPal`'s webhooks about captures, sales, approvals and subscriptions.
//!
//! Source: developer.paypal.com, "Webhook event names" and the resources that the events hold.

use super::{
    FormatError,
    draft::{About, Customer, Draft, full_name},
    message::Message,
};

/// The shop's number of the order, else `PayPal`'s; the resource's own id where there is no other.
const ORDER: [&str; 9] = [
    "/resource/invoice_id",
    "/resource/invoice_number",
    "/resource/purchase_units/0/invoice_id",
    "/resource/custom_id",
    "/resource/custom",
    "/resource/supplementary_data/related_ids/order_id",
    "/resource/order_id",
    "/resource/parent_payment",
    "/resource/id",
];

/// The last payment of a subscription that failed.
const LAST_FAILED: &str = "/resource/billing_info/last_failed_payment";

/// The event's own words about itself.
pub(super) fn about(message: &Message<'_>) -> Result<About, FormatError> {
    let kind = message.text("/event_type").ok_or(FormatError::Missing("/event_type"))?;
    let id = message.text("/id").ok_or(FormatError::Missing("/id"))?;
    Ok(About { kind, id: Some(id), time: message.instant("/create_time") })
}

/// What the event means, where it is of interest.
pub(super) fn draft(message: &Message<'_>) -> Option<Draft> {
    let kind = message.text("/event_type")?;
    match kind.as_str() {
        "PAYMENT.CAPTURE.DENIED"
        | "PAYMENT.CAPTURE.DECLINED"
        | "PAYMENT.SALE.DENIED"
        | "CHECKOUT.PAYMENT-APPROVAL.REVERSED"
        | "BILLING.SUBSCRIPTION.PAYMENT.FAILED" => {
            let last = format!("{LAST_FAILED}/reason_code");
            let reason =
                message.first(&["/resource/status_details/reason", "/resource/reason_code", &last]);
            let failures = message.at("/resource/billing_info/failed_payments_count");
            let attempt = failures.and_then(serde_json::Value::as_u64).filter(|count| *count > 0);
            let draft = payment("payment.failed", message)
                .say("errorCode", reason.or(Some(kind)))
                .say("attempt", attempt);
            Some(draft)
        }
        "PAYMENT.CAPTURE.COMPLETED" | "PAYMENT.SALE.COMPLETED" => {
            Some(payment("payment.recovered", message))
        }
        "PAYMENT.CAPTURE.PENDING" | "PAYMENT.SALE.PENDING" => {
            let reason = ["/resource/status_details/reason", "/resource/reason_code"];
            let draft = priced("order.stuck", message)
                .say("stage", Some("payment"))
                .say("reason", message.first(&reason))
                .say("stuckSince", message.instant("/create_time"));
            Some(draft)
        }
        _ => None,
    }
}

fn payment(event_type: &'static str, message: &Message<'_>) -> Draft {
    priced(event_type, message)
        .say("paymentId", message.first(&["/resource/id", "/resource/order_id"]))
        .say("occurredAt", message.instant("/create_time"))
}

fn priced(event_type: &'static str, message: &Message<'_>) -> Draft {
    let person = ["/resource/subscriber", "/resource/payer"]
        .into_iter()
        .find(|pointer| message.at(pointer).is_some())
        .unwrap_or_default();
    let text = |member: &str| message.text(&format!("{person}/{member}"));
    let customer = Customer {
        id: text("payer_id"),
        email: text("email_address"),
        name: full_name([text("name/given_name"), text("name/surname")]),
        ..Customer::default()
    };
    let (last_value, last_currency) =
        (format!("{LAST_FAILED}/amount/value"), format!("{LAST_FAILED}/amount/currency_code"));
    let value = ["/resource/amount/value", "/resource/amount/total", &last_value];
    let amount = value.into_iter().find_map(|pointer| message.at(pointer));
    let currency = ["/resource/amount/currency_code", "/resource/amount/currency", &last_currency];
    Draft::of(event_type)
        .order(message.first(&ORDER), customer)
        .decimal(amount, message.first(&currency).as_deref())
}
