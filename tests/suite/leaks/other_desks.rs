//! KF5 and Thulium: what they are told, and what comes of their faults, is nowhere either.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use deskbell::sandbox::{
    FaultPlan, KF5_EMAIL, KF5_TOKEN, Operation, SimulatedDesk, THULIUM_PASSWORD, THULIUM_USER,
    Vendor,
};
use tempfile::TempDir;

use super::{Said, World, faults, payment, state};
use crate::support::world::eventually;

/// One desk of each, and a rule that says to both all that an event says.
const CONFIG: &str = include_str!("other_desks.toml");

/// The credentials as they stand in the header.
fn headers() -> [String; 2] {
    [format!("{KF5_EMAIL}/token:{KF5_TOKEN}"), format!("{THULIUM_USER}:{THULIUM_PASSWORD}")]
        .map(|pair| STANDARD.encode(pair))
}

async fn world() -> (World, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let mut world = World::embedded_in(data.path());
    let url = world.sandbox.kf5().base_url().unwrap();
    world.set("KF5_URL", &url);
    world.set("DESKBELL_LOG", "trace");
    std::fs::write(world.path("deskbell.toml"), CONFIG).unwrap();
    world.start().await;
    (world, data)
}

/// Ends the process, and holds all that it said to the canaries.
async fn ends_clean(mut world: World) {
    let mut said = Said::default();
    said.note("metrics", world.metrics().await);
    assert_eq!(world.stop(), Some(0));
    let log = world.log();
    assert!(headers().iter().all(|header| !log.contains(header)), "a header is in the log");
    assert!(log.contains("Called desk `china`"), "{log}");
    said.must_hold_no_canary(&world);
}

/// One event for each way in which `desk` can fail; those before have their tickets at both.
async fn meets_every_fault<V: Vendor>(world: &World, desk: &SimulatedDesk<V>, name: &str) {
    for (number, fault) in faults().into_iter().enumerate() {
        let id = format!("evt_{name}_{number}");
        desk.faults(FaultPlan::none().on(Operation::Create, fault));
        world.post(&id, "payment.failed", &payment()).await;
        eventually("the fault strikes", || {
            std::future::ready(desk.fault_standing()[&Operation::Create][0].struck == 1)
        })
        .await;
        desk.faults(FaultPlan::none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_leaks_through_faults_of_kf5_and_thulium() {
    let (world, _data) = world().await;
    world.post("evt_1", "payment.failed", &payment()).await;
    let deliveries = world.settled("evt_1").await;
    assert!(deliveries.iter().all(|delivery| state(delivery) == "ticketed"), "{deliveries:?}");
    meets_every_fault(&world, world.sandbox.kf5(), "kf5").await;
    meets_every_fault(&world, world.sandbox.thulium(), "thulium").await;
    ends_clean(world).await;
}
