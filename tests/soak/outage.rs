//! A desk that is away while deliveries wait: what that costs, and how fast they go out afterwards.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use deskbell::sandbox::{Absence, LimitSettings, Window};

use crate::{
    options::Options,
    tell,
    tickets::{Tickets, is_create},
    trial::{fleet::Fleet, node::RabbitNode, sender::Senders, settings::DeskSettings},
};

/// HubSpot's smallest quota.
const QUOTA: (u32, &str, Duration) = (100, "10s", Duration::from_secs(10));

/// Runs the soak; whether the outage cost nothing and every promise was kept.
pub(crate) async fn run(options: &Options) -> bool {
    let node = (!options.embedded).then(|| tokio::task::block_in_place(RabbitNode::start));
    let (requests, per, length) = QUOTA;
    let desks = DeskSettings { pacing: (requests, per), ..DeskSettings::default() };
    let url = node.as_ref().map(RabbitNode::url);
    let fleet = Fleet::new(options.binary.clone(), url, &desks);
    let windows = LimitSettings {
        calls: vec![Window::new(requests as usize, length)],
        ..LimitSettings::default()
    };
    fleet.sandbox.hubspot().limits(windows.clone());
    fleet.sandbox.supportdesk().limits(windows);
    fleet.start("all", "run");
    fleet.until_ready().await;
    fleet.history.fault("outage");
    fleet.sandbox.hubspot().leave(Absence::Refused, options.away);
    fleet.sandbox.supportdesk().leave(Absence::Refused, options.away);
    let back = Instant::now() + options.away;
    let (kind, &Options { kinds, events, at_a_time, .. }) = (options.kind(), options);
    Senders::start(&fleet.sender, kinds, events, at_a_time, |_| ControlFlow::Continue(true))
        .end()
        .await;
    println!("waiting     {events} events answered while the desk is away");
    tokio::time::sleep_until(back.into()).await;
    let (spent, dead) = costs(&fleet);
    println!("attempts    {spent} spent by the outage");
    println!("dead        {dead} dead letters by the outage");
    let (first, rate) = drain(&fleet, options, back).await;
    let quota = f64::from(requests) / length.as_secs_f64();
    println!("return      first ticket {:.1} s after the desk's return", first.as_secs_f64());
    println!(
        "drain       {rate:.2} tickets/s of a quota of {quota:.2}/s: {:.0} %",
        100.0 * rate / quota
    );
    fleet.until_settled().await;
    let refused = crate::tickets::calls(&fleet, kind, 0);
    let refused = refused.iter().filter(|call| call.status == Some(429)).count();
    println!("over        {refused} calls past the quota");
    let verdict = fleet.judge();
    tell(options, &verdict) && spent == 0 && dead == 0 && refused == 0
}

/// Attempts that were counted against deliveries, and dead letters.
fn costs(fleet: &Fleet) -> (i64, i64) {
    let connection = rusqlite::Connection::open(fleet.ledger()).unwrap();
    let count = |query| connection.query_row(query, [], |row| row.get(0)).unwrap();
    let spent = "SELECT coalesce(sum(doc ->> '$.attempts'), 0) FROM deliveries";
    (count(spent), count("SELECT count(*) FROM deliveries WHERE state = 'dead'"))
}

/// Waits until every event has its ticket; how long after `back` the first came, and the rate from
/// the first to the last.
async fn drain(fleet: &Fleet, options: &Options, back: Instant) -> (Duration, f64) {
    let mut tickets = Tickets::default();
    let (mut first, mut last, mut count) = (None, Instant::now(), 0_u32);
    let goal = u32::try_from(options.events).unwrap();
    while count < goal && last.elapsed() < Duration::from_mins(2) {
        let calls = tickets.read(fleet, options.kind());
        let opened = calls.iter().filter(|call| is_create(call) && call.ticket.is_some()).count();
        if opened > 0 {
            last = Instant::now();
            first.get_or_insert(last);
            count += u32::try_from(opened).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let first = first.unwrap_or(last);
    let rate = f64::from(count) / (last - first).as_secs_f64().max(0.001);
    (first.saturating_duration_since(back), rate)
}
