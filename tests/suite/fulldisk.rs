//! A disk that is full: nothing is accepted that cannot be kept, and nothing accepted is lost.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use serde_json::{Value, json};

use crate::support::{
    volume::Volume,
    world::{World, eventually, key},
};

/// Events posted in each of the three parts.
const EVENTS: usize = 60;

fn error(number: usize) -> Value {
    json!({ "integration": "sync", "errorCode": "E", "message": format!("{number} {}", "m".repeat(2_000)) })
}

/// Writes until there is no room left.
fn fill(path: &Path) {
    let mut ballast = File::create(path).unwrap();
    for piece in [1 << 16, 1 << 8, 1] {
        while ballast.write_all(&vec![b'x'; piece]).is_ok() {}
    }
}

/// Posts events and gives the numbers of those that were accepted; what was not is a 503 that says
/// when to come again.
async fn post(world: &World, numbers: std::ops::Range<usize>) -> Vec<usize> {
    let mut accepted = Vec::new();
    for number in numbers {
        let (id, data) = (format!("evt_{number}"), error(number));
        let answer = world.sender.post_raw(&id, "integration.error", &data).await.unwrap();
        match answer.status().as_u16() {
            202 => accepted.push(number),
            503 => assert!(answer.headers().contains_key("retry-after"), "{number}"),
            status => panic!("{number}: {status}"),
        }
    }
    accepted
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_loses_nothing_and_is_over_when_there_is_room() {
    // Room for both write-ahead logs, 16 MiB each between two checkpoints, and as much again.
    let volume = Volume::in_memory(96);
    let ballast = volume.path().join("ballast");
    let mut world = World::embedded_in(&volume.path().join("data"));
    world.start().await;
    let mut accepted = post(&world, 0..EVENTS).await;
    assert_eq!(accepted.len(), EVENTS);

    fill(&ballast);
    let squeezed = post(&world, EVENTS..2 * EVENTS).await;
    assert!(squeezed.len() < EVENTS, "the disk is not full");
    println!("{} of {EVENTS} events found room on a full disk", squeezed.len());
    accepted.extend(squeezed);
    assert_eq!(post(&world, EVENTS..EVENTS + 1).await, Vec::<usize>::new());

    fs::remove_file(&ballast).unwrap();
    for number in EVENTS..3 * EVENTS {
        let id = format!("evt_{number}");
        world.sender.post_until_accepted(&id, "integration.error", &error(number)).await;
        accepted.push(number);
    }
    eventually("every accepted event has its ticket", || {
        let crm = world.sandbox.hubspot();
        let tickets =
            |number: &usize| crm.tickets_with(&key(&format!("evt_{number}"), "crm")).len();
        std::future::ready(accepted.iter().all(|number| tickets(number) > 0))
    })
    .await;
    eventually("the books are closed", || {
        let line = &world.books()["lines"][0];
        std::future::ready(line["ticketed"] == 3 * EVENTS && line["accepted"] == 3 * EVENTS)
    })
    .await;
    assert_eq!(world.sandbox.hubspot().tickets().len(), 3 * EVENTS);
    // It is still the same process.
    assert_eq!(world.stop(), Some(0));
}
