//! Incidents and brakes: decided about with the delivery that asks, all or none.

use std::time::Duration;

use deskbell::{
    delivery::{Abilities, Approach, Course, Delivery, Note, Step, Transition},
    ledger::{Engaged, Engagement, Ledger, LedgerError},
    ticket::{Action, Bound, Involvement, Priority},
};

use super::{
    Bench,
    words::{at, by, complete, event, grant, granted, key, lease, ticket},
};

const ALL: Abilities = Abilities { comment: true, raise: true, resolve: true, tie: true };

pub(super) fn engagement(
    delivery: &Delivery,
    incident: Option<&str>,
    over: Option<u32>,
) -> Engagement {
    let involvement = incident.map(|key| Involvement {
        key: key.to_owned(),
        action: Action::Open,
        reopen_within: Duration::from_hours(24),
    });
    let within = Duration::from_mins(10);
    let brake = over.map(|over| Bound { rule: "payment-failed".to_owned(), over, within });
    let note = Note {
        by: delivery.key.clone(),
        at: at(0),
        resolves: false,
        subject: "It failed".to_owned(),
        text: "again".to_owned(),
    };
    let approach = Approach {
        involvement,
        brake,
        priority: Priority::High,
        can: ALL,
        note,
        received_at: at(0),
        gone: None,
    };
    Engagement { claim: delivery.claims, at: at(2), approach }
}

/// The course of the event `id` at `crm`, which takes it up for that.
async fn course(
    ledger: &dyn Ledger,
    epoch: u64,
    (id, incident, over): (&str, Option<&str>, Option<u32>),
) -> Result<Course, Option<Box<Delivery>>> {
    let delivery = grant(ledger, &event(id, &["crm"]), "crm", epoch).await.delivery;
    match ledger.engage(&delivery.key, engagement(&delivery, incident, over)).await.unwrap() {
        Engaged::Delivery(delivery) => Ok(delivery.course().unwrap().clone()),
        Engaged::Wait(holder) => Err(holder),
    }
}

pub(super) async fn a_course_is_written_with_its_incident_and_survives_a_crash(bench: impl Bench) {
    let (epoch, delivery) = granted(bench.ledger()).await;
    let asked = engagement(&delivery, Some("order:1"), None);
    bench.ledger().engage(&delivery.key, asked).await.unwrap();
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let known = ledger.delivery(&delivery.key).await.unwrap().unwrap();
    assert!(matches!(known.course(), Some(Course::Open { .. })), "{known:?}");
    let crm = "crm".parse().unwrap();
    let incident = ledger.incident(&crm, "order:1").await.unwrap().unwrap();
    assert_eq!((incident.holder, incident.ticket), (Some(delivery.key.clone()), None));
    // Another one waits for it, and is told for which.
    let waits = course(ledger, epoch, ("2", Some("order:1"), None)).await.unwrap_err();
    assert_eq!(waits.unwrap().key, delivery.key);
    ledger.advance(&delivery.key, complete(1, 3)).await.unwrap();
    let incident = ledger.incident(&crm, "order:1").await.unwrap().unwrap();
    assert_eq!((incident.holder, incident.ticket), (None, Some(ticket())));
    assert!(ledger.incident(&crm, "order:2").await.unwrap().is_none());
}

pub(super) async fn a_decision_under_a_claim_that_is_over_changes_nothing(bench: impl Bench) {
    let ledger = bench.ledger();
    let (_, delivery) = granted(ledger).await;
    let mut asked = engagement(&delivery, Some("order:1"), Some(1));
    asked.claim = 9;
    let refused = ledger.engage(&delivery.key, asked).await.unwrap_err();
    assert!(matches!(refused, LedgerError::NotAllowed(_)), "{refused:?}");
    assert!(ledger.incident(&"crm".parse().unwrap(), "order:1").await.unwrap().is_none());
    assert!(ledger.brakes().await.unwrap().is_empty());
}

pub(super) async fn a_flood_has_one_parent_and_says_its_last_word_once(bench: impl Bench) {
    let epoch = lease(bench.ledger(), "crm").await;
    let flood = |id| (id, None, Some(1));
    let own = course(bench.ledger(), epoch, flood("1")).await.unwrap();
    assert!(matches!(own, Course::Open { .. }), "{own:?}");
    let parent = course(bench.ledger(), epoch, flood("2")).await.unwrap();
    assert!(matches!(parent, Course::Lead { .. }), "{parent:?}");
    let waits = course(bench.ledger(), epoch, flood("3")).await.unwrap_err();
    assert_eq!(waits.unwrap().key, key("2", "crm"));
    bench.ledger().advance(&key("2", "crm"), complete(1, 3)).await.unwrap();
    let joins = course(bench.ledger(), epoch, flood("4")).await.unwrap();
    assert_eq!(joins.ticket(), Some(&ticket()));
    assert!(bench.ledger().calm_brakes(at(500)).await.unwrap().is_empty());
    let over = bench.ledger().calm_brakes(at(700)).await.unwrap();
    assert_eq!((over.len(), over[0].flood.tally.events), (1, 2));
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    assert!(ledger.calm_brakes(at(800)).await.unwrap().is_empty());
    let [requeue] = &ledger.requeues(9).await.unwrap()[..] else { panic!() };
    assert_eq!(
        (&requeue.delivery.key, requeue.delivery.state.name()),
        (&key("2", "crm"), "queued")
    );
    let word = requeue.delivery.course().unwrap().steps(&requeue.delivery.key, ALL);
    assert!(matches!(word[..], [Step::Ticket, Step::Comment(_)]), "{word:?}");
    assert!(ledger.books().await.unwrap().balanced);
}

pub(super) async fn an_operator_lets_a_brake_go_once(bench: impl Bench) {
    let epoch = lease(bench.ledger(), "crm").await;
    for id in ["1", "2"] {
        course(bench.ledger(), epoch, (id, None, Some(1))).await.unwrap();
    }
    let crm = "crm".parse().unwrap();
    let release = by(5);
    let released = bench.ledger().release_brake(&crm, "payment-failed", &release).await.unwrap();
    assert_eq!(released.unwrap().flood.end.unwrap().by.as_deref(), Some("ada"));
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    for rule in ["payment-failed", "another"] {
        assert!(ledger.release_brake(&crm, rule, &release).await.unwrap().is_none());
    }
    let [record] = &ledger.brakes().await.unwrap()[..] else { panic!() };
    assert!(!record.brake.floods[0].is_on());
    // The parent is on its way all the same; counting begins anew.
    let own = course(ledger, epoch, ("3", None, Some(1))).await.unwrap();
    assert!(matches!(own, Course::Open { .. }), "{own:?}");
    let conclude = Transition::Conclude { at: at(6), tally: record.brake.floods[0].tally };
    ledger.operate(&key("2", "crm"), conclude, &by(3)).await.unwrap_err();
}
