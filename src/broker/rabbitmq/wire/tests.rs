//! What goes onto the wire, and what comes off it.

use serde_json::json;

use super::*;

fn envelope(routes: &[(&str, Priority)]) -> Envelope {
    let source = "shop".parse().unwrap();
    let body = br#"{"specversion":"1.0","id":"evt 1","source":"/s","type":"payment.failed",
        "tenant":"acme","data":{"order":82098291194615450812345,"amount":12.50}}"#;
    let routes = routes
        .iter()
        .map(|(desk, priority)| Route {
            desk: desk.parse().unwrap(),
            rule: "payment-failed".parse().unwrap(),
            priority: *priority,
        })
        .collect();
    Envelope {
        event: Event::from_cloudevents(&source, body).unwrap(),
        routes,
        request_id: RequestId::carried("0199c0de-0000-7000-8000-00000000abcd"),
        trace: RequestId::carried("0199c0de-0000-7000-8000-00000000abcd").trace(),
        received_at: "2026-01-02T03:04:05.123456789Z".parse().unwrap(),
    }
}

fn crm_job() -> Job {
    Job {
        envelope: Arc::new(envelope(&[("crm", Priority::High)])),
        desk: "crm".parse().unwrap(),
        rule: "payment-failed".parse().unwrap(),
        priority: Priority::High,
    }
}

fn header(message: &Message, name: &str) -> AMQPValue {
    message.properties.headers().as_ref().unwrap().inner().get(name).unwrap().clone()
}

#[test]
fn an_event_reads_back_as_it_was_written() {
    for routes in [&[][..], &[("crm", Priority::Low), ("support", Priority::Critical)]] {
        let sent = envelope(routes);
        let message = event(&sent);
        let read = read(&message.properties, &message.body).unwrap();
        assert_eq!(read, Incoming { envelope: sent, rule: None, put_off: None });
    }
}

#[test]
fn an_event_is_persistent_and_names_itself_to_other_teams() {
    let message = event(&envelope(&[]));
    let properties = &message.properties;
    assert_eq!(*properties.delivery_mode(), Some(2));
    assert_eq!(properties.content_type().as_ref().unwrap().as_str(), CONTENT_TYPE);
    assert_eq!(properties.message_id().as_ref().unwrap().as_str(), "evt 1");
    assert_eq!(*properties.timestamp(), Some(1_767_323_045));
    let body: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
    assert_eq!(body["tenant"], json!("acme"));
}

#[test]
fn routes_are_the_copies_of_one_publish() {
    let message = event(&envelope(&[("crm", Priority::Low), ("support", Priority::High)]));
    let copies = vec![text("desk.crm.low"), text("desk.support.high")];
    assert_eq!(header(&message, CC), AMQPValue::FieldArray(copies.into()));
}

#[test]
fn a_copy_for_one_lane_names_no_other() {
    let message = job(&crm_job(), None);
    assert!(!message.properties.headers().as_ref().unwrap().contains_key(CC));
    let read = read(&message.properties, &message.body).unwrap();
    assert_eq!(read.job(&"crm".parse().unwrap(), Priority::High), Some(crm_job()));
}

#[test]
fn all_copies_of_an_event_belong_to_one_trace() {
    let first = header(&event(&envelope(&[])), TRACEPARENT);
    assert_eq!(first, header(&job(&crm_job(), None), TRACEPARENT));
    let AMQPValue::LongString(text) = first else { unreachable!("a text") };
    let text = text.to_string();
    assert!(text.starts_with("00-0199c0de000070008000") && text.len() == 55, "{text}");
}

#[test]
fn a_message_of_another_publisher_is_unreadable() {
    let message = event(&envelope(&[]));
    assert!(matches!(
        read(&BasicProperties::default(), &message.body),
        Err(Unreadable::Header(SOURCE))
    ));
    assert!(matches!(read(&message.properties, b"hello"), Err(Unreadable::Body(_))));
}

#[test]
fn an_event_without_a_route_to_the_desk_is_no_job_there() {
    let incoming =
        Incoming { envelope: envelope(&[("crm", Priority::Low)]), rule: None, put_off: None };
    assert_eq!(incoming.job(&"support".parse().unwrap(), Priority::Low), None);
}

#[test]
fn a_time_is_read_as_it_was_written() {
    let put_off = Some(Postponement { since: 1_792_324_800_000, until: 1_792_324_801_500 });
    let message = job(&crm_job(), put_off);
    assert_eq!(read(&message.properties, &message.body).unwrap().put_off, put_off);
}
