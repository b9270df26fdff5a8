//! The life of a ticket at Thulium.

use super::{World, in_any_order, world_of};

const SETTINGS: &str = r#"
kind = "thulium"
user = "api_user"
password = "api_pass_sandbox"
mailbox = "mailbox@foo.bar"
status = "1"
resolved_status = "4"
priority_field = "Priorytet"
timeout = "3s"
pacing = [{ requests = 10000, per = "1s" }]
"#;

#[tokio::test]
async fn failed_failed_recovered_is_one_resolved_thulium_ticket_with_two_comments_in_any_order() {
    let url = |world: &World| world.sandbox.thulium().base_url().unwrap();
    let (world, _data) = world_of("helpdesk", url, SETTINGS).await;
    for ticket in in_any_order(&world, |world| world.sandbox.thulium().tickets()).await {
        assert_eq!((ticket.status.as_str(), ticket.comments.len()), ("4", 2), "{ticket:?}");
        let says = |words: &str| ticket.comments.iter().any(|comment| comment.contains(words));
        assert!(says("Paid after all.") && says("failed with card_declined"), "{ticket:?}");
    }
}
