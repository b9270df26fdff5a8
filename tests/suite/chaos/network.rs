//! The network between Deskbell, RabbitMQ and the desks is cut, half open and slow.

use std::time::Duration;

use deskbell::sandbox::SimulatedDesk;
use tokio::task::spawn_blocking;

use super::{
    Trickle, binary, dice, hold_to_every_promise,
    proxy::{Proxy, Way},
    shuffled,
};
use crate::trial::{fleet::Fleet, node::RabbitNode, settings::DeskSettings};

/// A heartbeat of 10 s notices after two of them.
const PAST_THE_HEARTBEAT: Duration = Duration::from_secs(22);

fn address<V: deskbell::sandbox::Vendor>(desk: &SimulatedDesk<V>) -> String {
    desk.address().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cut_half_open_or_slow_connection_loses_or_doubles_anything() {
    let mut dice = dice();
    let node = spawn_blocking(RabbitNode::start).await.unwrap();
    let broker = node.url().split(['@', '/']).nth(3).unwrap().to_owned();
    let mut fleet = Fleet::new(binary(), Some(node.url()), &DeskSettings::default());
    let (crm, support) = (address(fleet.sandbox.hubspot()), address(fleet.sandbox.supportdesk()));
    let doors = [
        ("DESKBELL_AMQP_URL", &broker, Proxy::before(&broker).await),
        ("HUBSPOT_URL", &crm, Proxy::before(&crm).await),
        ("SUPPORTDESK_URL", &support, Proxy::before(&support).await),
    ];
    for (variable, target, proxy) in &doors {
        let (_, value) = fleet.environment.iter_mut().find(|(name, _)| name == variable).unwrap();
        *value = proxy.instead_of(target, value);
    }
    fleet.start("all", "run");
    fleet.until_ready().await;
    let trickle = Trickle::start(&fleet, 15);
    let mut plan = Vec::new();
    for door in 0..doors.len() {
        plan.extend([Way::Cut, Way::HalfOpen, Way::Slow].map(|way| (door, way)));
    }
    for (door, way) in shuffled(&mut dice, &plan) {
        let (variable, _, proxy) = &doors[door];
        println!("{variable} {way:?}");
        fleet.history.fault(&format!("{way:?}"));
        proxy.set(way);
        let long = way == Way::HalfOpen && *variable == "DESKBELL_AMQP_URL";
        let short = Duration::from_millis(2000 + dice.throw(1500));
        tokio::time::sleep(if long { PAST_THE_HEARTBEAT } else { short }).await;
        proxy.set(Way::Open);
        fleet.until_ready().await;
    }
    trickle.stop().await;
    hold_to_every_promise(&fleet).await;
}
