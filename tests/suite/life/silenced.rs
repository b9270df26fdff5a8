//! An incident under a silence.

use super::*;
use crate::support::world::eventually;

/// The recovery finds no ticket and is remembered; the failure is released, and its ticket resolved.
#[tokio::test]
async fn a_silenced_failure_that_has_recovered_is_released_as_a_resolved_ticket() {
    let (world, _data) = world().await;
    let wanted =
        ["silence", "create", "--type", "payment.failed", "--for", "1h", "--why", "a test"];
    world.json(&wanted);
    eventually("the silence is known", || async {
        world.metrics().await.contains("deskbell_silences 1")
    })
    .await;
    let failed = post(&world, "SO-1", FAILED).await;
    assert!(world.settled(&failed).await.iter().all(|it| state(it) == "suppressed"));
    let recovered = post(&world, "SO-1", RECOVERED).await;
    let deliveries = world.settled(&recovered).await;
    assert!(deliveries.iter().all(|it| state(it) == "resolved"), "{deliveries:?}");
    assert_eq!(world.sandbox.hubspot().tickets().len(), 0);
    world.json(&["silence", "release", "1", "--why", "to be seen"]);
    let told = world.until(&failed, |delivery| state(delivery) == "ticketed").await;
    assert!(!told.is_empty());
    let ticket = the_ticket_of(world.sandbox.hubspot().tickets(), "SO-1");
    assert_eq!((ticket.status.as_str(), ticket.comments.len()), ("4", 1), "{ticket:?}");
}
