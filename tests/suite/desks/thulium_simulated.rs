//! Thulium: a ticket's whole life at the simulated system.

use std::sync::Arc;

use deskbell::{
    clock::SystemClock,
    delivery::Step,
    desks::{Found, Sought, Vendor, thulium::Settings},
    sandbox::{SandboxSettings, THULIUM_PASSWORD, THULIUM_USER, start},
    ticket::{Priority, TicketDraft},
};
use tokio_util::sync::CancellationToken;

use super::accounts::{
    act_on, build, config, deliver, draft, find, mark, thulium_settings, ticket,
};

#[tokio::test]
async fn failed_failed_recovered_is_one_ticket_with_two_comments_resolved_and_no_e_mail() {
    let settings = SandboxSettings::on_loopback(Arc::new(SystemClock));
    let sandbox = start(settings, CancellationToken::new()).unwrap();
    let vendor = Settings {
        user: THULIUM_USER.to_owned(),
        password: THULIUM_PASSWORD.into(),
        priority_field: Some("Priorytet".to_owned()),
        priority_tags: [(Priority::Urgent, "pilne".to_owned())].into(),
        status: Some("1".to_owned()),
        resolved_status: Some("4".to_owned()),
        ..thulium_settings()
    };
    let base_url = sandbox.thulium().base_url().unwrap();
    let desk = build(&config(&base_url, Vendor::Thulium(vendor)));

    let opened = deliver(&*desk, &draft()).await.unwrap();
    assert_eq!(find(&*desk).await.unwrap(), Found::Ticket(opened.clone()));
    let urgent = TicketDraft { priority: Priority::Urgent, ..draft() };
    for step in [Step::Comment(mark()), Step::Raise, Step::Comment(mark()), Step::Resolve] {
        act_on(&*desk, &step, &urgent, &opened.id).await.unwrap();
    }
    let (mark, known) = (mark(), ticket(&opened.id));
    let sought = Sought::Comment { mark: &mark, ticket: &known };
    assert_eq!(desk.find(&sought).await.unwrap(), Found::Comment);

    let [ticket] = &sandbox.thulium().tickets()[..] else { panic!() };
    assert_eq!((ticket.status.as_str(), ticket.comments.len()), ("4", 2), "{ticket:?}");
    assert_eq!(ticket.priority.as_deref(), Some("URGENT"));
    assert_eq!(ticket.properties["tags"], serde_json::json!(["pilne"]));
    assert_eq!(ticket.properties.get("emails"), None);
    act_on(&*desk, &Step::Reopen, &draft(), &opened.id).await.unwrap();
    assert_eq!(sandbox.thulium().tickets()[0].status, "1");
}
