//! A desk that answers badly, late or not at all, before and after it has done what was asked.

use std::time::Duration;

use deskbell::sandbox::{Absence, AnswerBody, Fault, FaultKind, FaultPlan, Operation};

use super::{Trickle, binary, dice, hold_to_every_promise};
use crate::trial::{eventually, fleet::Fleet, settings::DeskSettings};

/// Every bad answer, struck in an order that the seed decides.
fn plan(seed: u64) -> (FaultPlan, usize) {
    let mut faults = vec![
        Fault::new(FaultKind::Silence(Duration::from_secs(5))),
        Fault::new(FaultKind::Silence(Duration::from_secs(5))).after_creating(),
        Fault::new(FaultKind::Disconnect),
        Fault::new(FaultKind::Disconnect).after_creating(),
        Fault::new(FaultKind::Away(Absence::Closed, Duration::from_secs(3))),
        Fault::new(FaultKind::Away(Absence::Refused, Duration::from_secs(3))),
        Fault::new(FaultKind::Latency(Duration::from_millis(500))),
        Fault::answer(500).after_creating(),
        Fault::answer(503),
        Fault::answer(429),
        throttle(Some(2)),
        throttle(None),
    ];
    for body in [
        AnswerBody::Empty,
        AnswerBody::Html,
        AnswerBody::Garbage,
        AnswerBody::Huge,
        AnswerBody::Cut,
    ] {
        for status in [201, 500] {
            faults.push(Fault::answer_with(status, body).after_creating());
        }
    }
    let count = faults.len();
    let plan = faults.into_iter().zip(seed..).fold(FaultPlan::none(), |plan, (fault, seed)| {
        plan.on(Operation::Create, fault.one_in(10, seed).times(1))
    });
    (plan, count)
}

fn throttle(retry_after: Option<u32>) -> Fault {
    Fault::new(FaultKind::Answer { status: 429, body: AnswerBody::Html, retry_after })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_of_a_desk_loses_or_doubles_anything() {
    let mut dice = dice();
    let fleet = Fleet::new(binary(), None, &DeskSettings::default());
    let (for_crm, count) = plan(dice.throw(1_000_000));
    let (for_support, _) = plan(dice.throw(1_000_000));
    fleet.sandbox.hubspot().faults(for_crm);
    fleet.sandbox.supportdesk().faults(for_support);
    for _ in 0..2 * count {
        fleet.history.fault("bad answer");
    }
    fleet.start("all", "run");
    fleet.until_ready().await;
    // As many events as it takes: a desk that comes back is asked for many tickets in one call.
    let trickle = Trickle::start(&fleet, 40);
    let (crm, support) = (fleet.sandbox.hubspot(), fleet.sandbox.supportdesk());
    let have_struck = || {
        let standings = [crm.fault_standing(), support.fault_standing()];
        standings.iter().flat_map(|of_desk| of_desk.values()).flatten().all(|it| it.struck == 1)
    };
    eventually("every bad answer was given", || std::future::ready(have_struck())).await;
    trickle.stop().await;
    let verdict = hold_to_every_promise(&fleet).await;
    assert_eq!(verdict.given_up, 0, "an answer that is nobody's fault buried something");
}
