//! What a desk's account lacks is found before an event fails of it: by hand, and by the service.

mod drift;
mod running;
mod setup;

use std::{fs, process::Output};

use deskbell::sandbox::{Sandbox, hubspot::HubSpotSwitches};
use serde_json::Value;

use crate::support::world::World;

const CONFIG: &str = include_str!("deskbell.toml");

/// The four simulated desks, and a Deskbell that is configured for them and does not run.
fn world() -> World {
    let mut world = World::embedded_on_hold();
    fs::write(world.path("deskbell.toml"), CONFIG).unwrap();
    let kf5 = world.sandbox.kf5().base_url().unwrap();
    world.set("KF5_URL", &kf5);
    world
}

/// Changes the simulated HubSpot's account as an administrator would.
fn at_hubspot(sandbox: &Sandbox, switches: &Value) {
    let switches: HubSpotSwitches = serde_json::from_value(switches.clone()).unwrap();
    sandbox.hubspot().switch(switches);
}

/// What `check --online` says of one desk, with its exit code.
fn check(world: &World, desk: &str) -> (Option<i32>, Value) {
    let Output { status, stdout, stderr } =
        world.cli(&["check", "--online", "--desk", desk, "--json"]);
    let told = serde_json::from_slice::<Value>(&stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&stderr)));
    (status.code(), told[0].clone())
}

/// The subjects of the findings of this verdict.
fn subjects(inspected: &Value, verdict: &str) -> Vec<String> {
    let findings = inspected["findings"].as_array().unwrap().iter();
    let found = findings.filter(|finding| finding["verdict"] == verdict);
    found.map(|finding| finding["subject"].as_str().unwrap().to_owned()).collect()
}

fn words(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}
