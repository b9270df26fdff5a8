//! What a sender is told of an accepted event.

use serde::Serialize;
use utoipa::ToSchema;

use super::{posted::PassedOver, source::Source};
use crate::event::{DeskName, Envelope, RuleName};

/// What became of one event.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Receipt<'e> {
    /// The sender's.
    id: &'e str,
    /// The configured one.
    source: &'e str,
    #[serde(rename = "type")]
    event_type: &'e str,
    /// None where no rule matched.
    deliveries: Vec<Delivery<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_url: Option<String>,
}

/// The body of a 202 to a request that may hold several events.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Receipts<'e> {
    /// In the request's order.
    events: Vec<Receipt<'e>>,
    /// Items of a native webhook that are of no interest.
    #[serde(skip_serializing_if = "Option::is_none")]
    passed_over: Option<&'e [PassedOver]>,
}

/// The body of a 202.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Accepted)]
pub(super) enum Told<'e> {
    /// Of a request that holds one event.
    One(Receipt<'e>),
    /// Of one that may hold several.
    Many(Receipts<'e>),
}

/// Where an event goes.
#[derive(Debug, Serialize, ToSchema)]
struct Delivery<'e> {
    #[schema(value_type = String)]
    desk: &'e DeskName,
    #[schema(value_type = String)]
    rule: &'e RuleName,
    priority: crate::ticket::Priority,
}

impl<'e> Receipts<'e> {
    /// Tells of envelopes that are durable, in the request's order, and of what a native webhook says
    /// besides.
    pub(super) fn of(
        envelopes: &'e [Envelope],
        passed_over: Option<&'e [PassedOver]>,
        source: &Source,
    ) -> Self {
        let events = envelopes.iter().map(|each| Receipt::of(each, source)).collect();
        Self { events, passed_over }
    }
}

impl<'e> Receipt<'e> {
    /// Tells of an envelope that is durable, and where to ask for it where its source may.
    pub(super) fn of(envelope: &'e Envelope, source: &Source) -> Self {
        let event = &envelope.event;
        let delivery = |route: &'e crate::event::Route| Delivery {
            desk: &route.desk,
            rule: &route.rule,
            priority: route.priority,
        };
        Self {
            id: event.id.as_str(),
            source: event.source.as_str(),
            event_type: event.event_type.as_str(),
            deliveries: envelope.routes.iter().map(delivery).collect(),
            status_url: source
                .tokens
                .is_some()
                .then(|| format!("/hooks/{}/events/{}", event.source, segment(event.id.as_str()))),
        }
    }
}

/// `text` as one segment of a path: all but RFC 3986's unreserved characters is percent-encoded.
fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.extend(['%', hex_digit(other >> 4), hex_digit(other & 15)]),
        }
    }
    encoded
}

fn hex_digit(value: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(value)])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::event::{Attributes, Event, RequestId, Route};
    use crate::{
        receiver::Tokens,
        signature::{Scheme, SchemeSettings},
    };

    #[test]
    fn a_receipt_names_every_delivery_and_where_to_ask_if_its_source_may() {
        let envelope = Envelope {
            event: Event {
                source: "shop".parse().unwrap(),
                id: "a/1".parse().unwrap(),
                event_type: "order.stuck".parse().unwrap(),
                attributes: Attributes::default(),
                data: serde_json::Value::Null,
            },
            routes: vec![Route {
                desk: "crm".parse().unwrap(),
                rule: "stuck".parse().unwrap(),
                priority: crate::ticket::Priority::High,
            }],
            request_id: RequestId::fresh(),
            trace: RequestId::carried("r-1").trace(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let scheme = Scheme::new(SchemeSettings::None).unwrap();
        let mut source = Source::new("shop".parse().unwrap(), scheme);
        let receipt = serde_json::to_value(Receipt::of(&envelope, &source)).unwrap();
        assert!(receipt.get("status_url").is_none(), "{receipt}");
        source.tokens = Some(Tokens::new(&["token".into()]));
        assert_eq!(
            serde_json::to_string(&Receipt::of(&envelope, &source)).unwrap(),
            concat!(
                r#"{"id":"a/1","source":"shop","type":"order.stuck","#,
                r#""deliveries":[{"desk":"crm","rule":"stuck","priority":"HIGH"}],"#,
                r#""status_url":"/hooks/shop/events/a%2F1"}"#
            )
        );
    }

    #[test]
    fn an_id_stays_one_segment_of_the_path() {
        assert_eq!(segment("msg_1-a.b~c"), "msg_1-a.b~c");
        assert_eq!(segment("a/b?c=é #%"), "a%2Fb%3Fc%3D%C3%A9%20%23%25");
    }
}
