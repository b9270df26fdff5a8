//! The life of a ticket at KF5.

use deskbell::sandbox::{Fault, FaultKind, FaultPlan, Operation};
use tempfile::TempDir;

use super::{AGAIN, FAILED, World, in_any_order, post, state, the_ticket_of, world_of};

const SETTINGS: &str = r#"
kind = "kf5"
email = "agent@example.org"
token = "kf5-sandbox"
key_field = "field_1"
assignee = "733"
timeout = "3s"
pacing = [{ requests = 10000, per = "1s" }]
"#;

async fn world() -> (World, TempDir) {
    world_of("china", |world| world.sandbox.kf5().base_url().unwrap(), SETTINGS).await
}

#[tokio::test]
async fn failed_failed_recovered_is_one_solved_kf5_ticket_with_two_comments_in_any_order() {
    let (world, _data) = world().await;
    for ticket in in_any_order(&world, |world| world.sandbox.kf5().tickets()).await {
        assert_eq!((ticket.status.as_str(), ticket.comments.len()), ("solved", 2), "{ticket:?}");
        let says = |words: &str| ticket.comments.iter().any(|comment| comment.contains(words));
        assert!(says("Paid after all.") && says("failed with card_declined"), "{ticket:?}");
    }
}

#[tokio::test]
async fn a_comment_at_kf5_whose_answer_was_lost_is_not_written_twice() {
    let (world, _data) = world().await;
    let id = post(&world, "SO-1", FAILED).await;
    world.settled(&id).await;
    let lost = Fault::new(FaultKind::Disconnect).after_creating();
    world.sandbox.kf5().faults(FaultPlan::none().on(Operation::Update, lost));
    let id = post(&world, "SO-1", AGAIN).await;
    let [delivery] = &world.settled(&id).await[..] else { panic!() };
    assert_eq!(state(delivery), "merged");
    let ticket = the_ticket_of(world.sandbox.kf5().tickets(), "SO-1");
    assert_eq!(ticket.comments.len(), 1, "{ticket:?}");
}
