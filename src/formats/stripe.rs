//! Stripe's events.
//!
//! Source: docs.stripe.com/api/events and the objects that they hold. A failed payment is told by its
//! `PaymentIntent`, by its invoice where it has one, and by its charge only where it has neither.

use jiff::Timestamp;

use super::{
    FormatError,
    draft::{About, Customer, Draft},
    message::Message,
    money::Units,
};

/// Where shops commonly put the order's number.
const ORDER: [&str; 2] = ["/data/object/metadata/order_id", "/data/object/metadata/orderId"];

/// The event's own words about itself.
pub(super) fn about(message: &Message<'_>) -> Result<About, FormatError> {
    let kind = message.text("/type").ok_or(FormatError::Missing("/type"))?;
    let id = message.text("/id").ok_or(FormatError::Missing("/id"))?;
    Ok(About { kind, id: Some(id), time: time(message, "/created") })
}

/// What the event means, where it is of interest.
pub(super) fn draft(message: &Message<'_>) -> Option<Draft> {
    match message.text("/type")?.as_str() {
        "payment_intent.payment_failed" if !is_of_an_invoice(message) => {
            let error = "/data/object/last_payment_error";
            let draft = intent(message, "payment.failed");
            let words = [format!("{error}/decline_code"), format!("{error}/code")];
            Some(draft.say("errorCode", code(message, &words, &format!("{error}/type"))))
        }
        "payment_intent.succeeded" if !is_of_an_invoice(message) => {
            Some(intent(message, "payment.recovered"))
        }
        "charge.failed" if message.text("/data/object/payment_intent").is_none() => {
            let words = ["/data/object/outcome/reason", "/data/object/failure_code"];
            let draft = charge(message, "payment.failed");
            Some(
                draft.say(
                    "errorCode",
                    code(message, &words.map(str::to_owned), "/data/object/status"),
                ),
            )
        }
        "invoice.payment_failed" => {
            let draft = invoice(message, "payment.failed", "/data/object/amount_due");
            let error = "/data/object/last_finalization_error/code";
            let code = message.first(&[error, "/type"]);
            Some(draft.say("errorCode", code).say("attempt", attempts(message)))
        }
        // What is paid at the first attempt was never in arrears.
        "invoice.paid" if attempts(message).is_some_and(|count| count > 1) => {
            Some(invoice(message, "payment.recovered", "/data/object/amount_paid"))
        }
        _ => None,
    }
}

/// Whether the invoice's own events tell of the payment. Older versions name it in `invoice`.
fn is_of_an_invoice(message: &Message<'_>) -> bool {
    let reference = message.text("/data/object/payment_details/order_reference");
    message.text("/data/object/invoice").is_some()
        || reference.is_some_and(|reference| reference.starts_with("in_"))
}

fn intent(message: &Message<'_>, event_type: &'static str) -> Draft {
    let billing = "/data/object/last_payment_error/payment_method/billing_details";
    let customer = Customer {
        id: customer_id(message),
        email: message
            .text("/data/object/receipt_email")
            .or_else(|| message.text(&format!("{billing}/email"))),
        name: message.text(&format!("{billing}/name")),
        phone: message.text(&format!("{billing}/phone")),
        company: None,
    };
    payment(message, event_type, customer, "/data/object/amount")
}

fn charge(message: &Message<'_>, event_type: &'static str) -> Draft {
    let billing = "/data/object/billing_details";
    let customer = Customer {
        id: customer_id(message),
        email: message
            .text(&format!("{billing}/email"))
            .or_else(|| message.text("/data/object/receipt_email")),
        name: message.text(&format!("{billing}/name")),
        phone: message.text(&format!("{billing}/phone")),
        company: None,
    };
    payment(message, event_type, customer, "/data/object/amount")
}

fn invoice(message: &Message<'_>, event_type: &'static str, amount: &str) -> Draft {
    let customer = Customer {
        id: customer_id(message),
        email: message.text("/data/object/customer_email"),
        name: message.text("/data/object/customer_name"),
        phone: message.text("/data/object/customer_phone"),
        company: None,
    };
    payment(message, event_type, customer, amount)
}

/// The order is the shop's number where metadata has it, else the invoice's, else the object's id.
fn payment(
    message: &Message<'_>,
    event_type: &'static str,
    customer: Customer,
    amount: &str,
) -> Draft {
    let [snake, camel] = ORDER;
    let order = message.first(&[snake, camel, "/data/object/number", "/data/object/id"]);
    let currency = message.text("/data/object/currency");
    Draft::of(event_type)
        .order(order, customer)
        .minor(Units::Stripe, message.at(amount), currency.as_deref())
        .say("paymentId", message.text("/data/object/id"))
        .say("occurredAt", time(message, "/created"))
}

/// The customer's id; the object's where the endpoint expands it.
fn customer_id(message: &Message<'_>) -> Option<String> {
    message.first(&["/data/object/customer", "/data/object/customer/id"])
}

/// The finest word for what went wrong.
fn code(message: &Message<'_>, finest_first: &[String], last: &str) -> Option<String> {
    finest_first.iter().find_map(|pointer| message.text(pointer)).or_else(|| message.text(last))
}

fn attempts(message: &Message<'_>) -> Option<u64> {
    message.at("/data/object/attempt_count")?.as_u64().filter(|count| *count > 0)
}

/// Seconds since 1970 as RFC 3339.
fn time(message: &Message<'_>, pointer: &str) -> Option<String> {
    let seconds = message.at(pointer)?.as_i64()?;
    Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}
