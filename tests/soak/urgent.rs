//! A CRITICAL event behind a backlog of LOW ones at a paced desk: how many calls the desk gets
//! between its arrival and its ticket.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use crate::{
    options::Options,
    tickets::calls,
    trial::{
        checker, eventually, fleet::Fleet, node::RabbitNode, sender::Senders,
        settings::DeskSettings,
    },
};

/// One call in each slot.
const SLOT: (u32, &str, Duration) = (1, "250ms", Duration::from_millis(250));

/// CRITICAL events, one after the other.
const URGENT: usize = 20;

/// The promise: the ticket within so many slots.
const MOST: usize = 2;

/// Runs the soak; whether no CRITICAL event waited longer than promised.
pub(crate) async fn run(options: &Options) -> bool {
    let node = (!options.embedded).then(|| tokio::task::block_in_place(RabbitNode::start));
    let (requests, per, slot) = SLOT;
    let desks = DeskSettings { pacing: (requests, per), ..DeskSettings::default() };
    let url = node.as_ref().map(RabbitNode::url);
    let fleet = Fleet::new(options.binary.clone(), url, &desks);
    fleet.start("all", "run");
    fleet.until_ready().await;
    let (kind, &Options { kinds, events, at_a_time, .. }) = (options.kind(), options);
    Senders::start(&fleet.sender, kinds, events, at_a_time, |_| ControlFlow::Continue(true))
        .end()
        .await;
    println!("backlog     {events} events answered, one call in {} ms", slot.as_millis());
    let mut most = 0;
    for number in 0..URGENT {
        let before = calls(&fleet, kind, 0).len();
        let (id, began) = (format!("critical_{number}"), Instant::now());
        fleet.sender.post_until_answered(&id, kind, "CRITICAL").await;
        let key = checker::key("shop", &id, kind.desks()[0]);
        let place = || {
            let all = calls(&fleet, kind, 0);
            all.iter().skip(before).position(|call| call.key.as_ref() == Some(&key))
        };
        eventually("the ticket is there", || std::future::ready(place().is_some())).await;
        // Its own call is one of the slots.
        let slots = place().unwrap() + 1;
        println!("{id:<12} slot {slots}, after {:.0} ms", began.elapsed().as_secs_f64() * 1e3);
        most = most.max(slots);
    }
    println!("slots       {most} at most, {MOST} promised");
    most <= MOST
}
