//! The events that the demo posts: one of each thing that can happen.

use serde_json::{Value, json};

/// What is done to a sample on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Nothing.
    Sound,
    /// Its body is changed after it was signed.
    Tampered,
}

/// One event to post.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// What it shows, for a person.
    pub(super) shows: &'static str,
    /// The last part of its id; two samples with the same one are the same event.
    pub(super) slug: &'static str,
    /// Its type.
    pub(super) event_type: &'static str,
    /// Its payload.
    pub(super) data: Value,
    /// What is done to it on its way.
    pub(super) treatment: Treatment,
}

/// The samples, in the order of posting. The simulated desks know the customers `user_42` and
/// `user_43`, and the company of `acme.com`.
pub(super) fn samples() -> Vec<Sample> {
    let sample = |shows, slug, event_type, data| Sample {
        shows,
        slug,
        event_type,
        data,
        treatment: Treatment::Sound,
    };
    let failed = payment_failed("SO-1001", "user_42", "jean@acme.com", "Jean Martin");
    vec![
        sample("a payment fails", "payment", "payment.failed", failed.clone()),
        sample("an order is stuck", "order", "order.stuck", order_stuck("SO-1002", "user_43")),
        sample("an integration is in error", "integration", "integration.error", run_stopped()),
        sample("the same payment event again", "payment", "payment.failed", failed),
        sample(
            "a payment of a customer whom the desks do not know, with name and e-mail",
            "new-customer",
            "payment.failed",
            payment_failed("SO-1003", "user_77", "lea@example.org", "Léa Dubois"),
        ),
        sample(
            "an order of a customer whom SupportDesk does not know, without name and e-mail",
            "unknown-customer",
            "order.stuck",
            order_stuck("SO-1004", "user_999"),
        ),
        sample(
            "the payment succeeds after all: its tickets are resolved",
            "recovered",
            "payment.recovered",
            json!({ "orderId": "SO-1001", "customerExternalId": "user_42" }),
        ),
        sample(
            "the order is released",
            "released",
            "order.released",
            json!({ "orderId": "SO-1002", "customerExternalId": "user_43", "stage": "picking" }),
        ),
        sample("an event that no rule matches", "small", "payment.failed", payment_of_cents()),
        sample(
            "an event that violates its schema",
            "off-schema",
            "payment.failed",
            json!({ "orderId": 1005, "amount": "a lot", "customerExternalId": "user_42" }),
        ),
        Sample {
            treatment: Treatment::Tampered,
            ..sample(
                "an event that was changed after it was signed",
                "tampered",
                "payment.failed",
                payment_failed("SO-1006", "user_42", "jean@acme.com", "Jean Martin"),
            )
        },
    ]
}

fn payment_failed(order: &str, customer: &str, email: &str, name: &str) -> Value {
    json!({
        "orderId": order,
        "customerExternalId": customer,
        "errorCode": "card_declined",
        // A number with its digits as written: 1299.90, not 1299.9.
        "amount": serde_json::from_str::<Value>("1299.90").unwrap_or(Value::Null),
        "currency": "EUR",
        "customer": { "email": email, "name": name, "company": { "domain": "acme.com" } },
    })
}

fn run_stopped() -> Value {
    json!({
        "integration": "warehouse-sync",
        "errorCode": "TIMEOUT",
        "message": "no answer from the warehouse within 30 s",
        "runId": "run_7f31",
    })
}

fn payment_of_cents() -> Value {
    json!({
        "orderId": "SO-1007",
        "customerExternalId": "user_42",
        "errorCode": "card_declined",
        "amount": 0.5,
    })
}

fn order_stuck(order: &str, customer: &str) -> Value {
    json!({
        "orderId": order,
        "customerExternalId": customer,
        "stage": "picking",
        "stuckSince": "2026-01-15T08:00:00Z",
        "reason": "The picking list was never confirmed.",
    })
}
