//! The life of a ticket, through the real process: several events of one order share one.

mod kf5;
mod silenced;
mod thulium;

use deskbell::sandbox::{Fault, FaultKind, FaultPlan, Operation, SandboxTicket};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::world::{World, of_desk, payment, state};

/// What a world here is configured with.
const CONFIG: &str = include_str!("life/deskbell.toml");

/// The three events of an order.
const FAILED: (&str, &str, &str) = ("failed", "payment.failed", "2026-11-20T10:00:00Z");
const AGAIN: (&str, &str, &str) = ("again", "payment.failed", "2026-11-20T11:00:00Z");
const RECOVERED: (&str, &str, &str) = ("recovered", "payment.recovered", "2026-11-20T12:00:00Z");

/// Soon after the resolution.
const ONCE_MORE: (&str, &str, &str) = ("once-more", "payment.failed", "2026-11-20T13:00:00Z");

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

async fn world() -> (World, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let mut world = World::embedded_in(data.path());
    std::fs::write(world.path("life.toml"), CONFIG).unwrap();
    world.set("DESKBELL_CONFIG", "life.toml");
    world.start().await;
    (world, data)
}

/// The rules of all worlds here, for the desk `name` alone; its table ends in `settings`.
async fn world_of(name: &str, url: impl Fn(&World) -> String, settings: &str) -> (World, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let mut world = World::embedded_in(data.path());
    let (before, after) = CONFIG.split_once("[desks.support]").unwrap();
    let rules = &after[after.find("[[rules]]").unwrap()..];
    let rules = rules.replace(r#"["support", "crm"]"#, &format!("[\"{name}\"]"));
    let desk = format!("[desks.{name}]\nbase_url = \"{}\"\n{settings}", url(&world));
    std::fs::write(world.path("life.toml"), format!("{before}{desk}\n{rules}")).unwrap();
    world.set("DESKBELL_CONFIG", "life.toml");
    world.start().await;
    (world, data)
}

/// Takes an order through its three events, in every order of arrival; gives each order's ticket.
async fn in_any_order(
    world: &World,
    tickets: impl Fn(&World) -> Vec<SandboxTicket>,
) -> Vec<SandboxTicket> {
    let mut all = Vec::new();
    for (number, order) in ORDERS.iter().enumerate() {
        let name = format!("SO-{number}");
        for place in order {
            let id = post(world, &name, [FAILED, AGAIN, RECOVERED][*place]).await;
            let [delivery] = &world.settled(&id).await[..] else { panic!() };
            assert!(["ticketed", "merged", "resolved"].contains(&state(delivery)), "{delivery:?}");
        }
        all.push(the_ticket_of(tickets(world), &name));
    }
    all
}

async fn post(world: &World, order: &str, (name, event_type, time): (&str, &str, &str)) -> String {
    let id = format!("{order}-{name}");
    let body = json!({ "type": event_type, "timestamp": time, "data": payment(order) });
    let answer = world.sender.post_body(&id, &id, &body).await.unwrap();
    assert_eq!(answer.status().as_u16(), 202);
    id
}

fn tickets_of(tickets: Vec<SandboxTicket>, order: &str) -> Vec<SandboxTicket> {
    let subject = format!("Payment failed for order #{order}");
    tickets.into_iter().filter(|ticket| ticket.subject == subject).collect()
}

fn the_ticket_of(tickets: Vec<SandboxTicket>, order: &str) -> SandboxTicket {
    let mut tickets = tickets_of(tickets, order);
    assert_eq!(tickets.len(), 1, "{order}: {tickets:?}");
    tickets.remove(0)
}

/// One ticket with two comments, resolved at HubSpot; SupportDesk's time line says the same.
fn check(world: &World, order: &str) {
    let ticket = the_ticket_of(world.sandbox.hubspot().tickets(), order);
    assert_eq!((ticket.status.as_str(), ticket.comments.len()), ("4", 2), "{order}: {ticket:?}");
    let says = |words: &str| ticket.comments.iter().any(|comment| comment.contains(words));
    assert!(says("Paid after all.") && says("failed with card_declined"), "{ticket:?}");
    let ticket = the_ticket_of(world.sandbox.supportdesk().tickets(), order);
    assert_eq!(ticket.comments.len(), 2, "{order}: {ticket:?}");
}

#[tokio::test]
async fn failed_failed_recovered_is_one_resolved_ticket_with_two_comments_in_any_order() {
    let (world, _data) = world().await;
    for (number, order) in ORDERS.iter().enumerate() {
        let name = format!("SO-{number}");
        for place in order {
            let id = post(&world, &name, [FAILED, AGAIN, RECOVERED][*place]).await;
            let deliveries = world.settled(&id).await;
            let done = ["ticketed", "merged", "resolved"];
            assert!(deliveries.iter().all(|it| done.contains(&state(it))), "{deliveries:?}");
        }
        check(&world, &name);
    }
    let books = world.books();
    assert_eq!(books["balanced"], json!(true));
    let crm = books["lines"].as_array().unwrap().iter().find(|line| line["desk"] == "crm").unwrap();
    assert_eq!((&crm["ticketed"], &crm["merged"]), (&json!(6), &json!(6)), "{crm}");
    assert_eq!(crm["resolved"], json!(6));
}

#[tokio::test]
async fn events_of_one_order_that_come_together_share_one_ticket() {
    let (world, _data) = world().await;
    let mut ids = Vec::new();
    for (number, order) in ORDERS.iter().enumerate() {
        for place in order {
            let event = [FAILED, AGAIN, RECOVERED][*place];
            ids.push(post(&world, &format!("SO-{number}"), event).await);
        }
    }
    for id in &ids {
        world.settled(id).await;
    }
    (0..ORDERS.len()).for_each(|number| check(&world, &format!("SO-{number}")));
}

/// Not from a search: the ledger knows the ticket, and looks for the comment at that ticket.
#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_not_written_twice() {
    let (world, _data) = world().await;
    let id = post(&world, "SO-1", FAILED).await;
    world.settled(&id).await;
    let lost = Fault::new(FaultKind::Disconnect).after_creating();
    world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Comment, lost));
    let id = post(&world, "SO-1", AGAIN).await;
    assert_eq!(state(of_desk(&world.settled(&id).await, "crm")), "merged");
    let ticket = the_ticket_of(world.sandbox.hubspot().tickets(), "SO-1");
    assert_eq!(ticket.comments.len(), 1, "{ticket:?}");
    assert!(
        world.sandbox.hubspot().calls(0).iter().all(|call| call.operation != Operation::Search)
    );
}

#[tokio::test]
async fn where_an_agent_deleted_the_ticket_a_new_problem_opens_another() {
    let (world, _data) = world().await;
    let id = post(&world, "SO-1", FAILED).await;
    world.settled(&id).await;
    let first = the_ticket_of(world.sandbox.hubspot().tickets(), "SO-1");
    let url = world.sandbox.hubspot().base_url().unwrap();
    let url = format!("{url}/crm/v3/objects/tickets/{}", first.id);
    let deleted = world.sender.client.delete(url).bearer_auth("pat-sandbox").send().await.unwrap();
    assert_eq!(deleted.status().as_u16(), 204);
    let id = post(&world, "SO-1", AGAIN).await;
    assert_eq!(state(of_desk(&world.settled(&id).await, "crm")), "ticketed");
    let id = post(&world, "SO-1", RECOVERED).await;
    assert_eq!(state(of_desk(&world.settled(&id).await, "crm")), "resolved");
    let tickets = tickets_of(world.sandbox.hubspot().tickets(), "SO-1");
    let [old, new] = &tickets[..] else { panic!("{tickets:?}") };
    assert!(old.archived && old.comments.is_empty());
    assert_eq!((new.status.as_str(), new.comments.len()), ("4", 1));
}

#[tokio::test]
async fn a_more_urgent_event_raises_the_tickets_priority() {
    let (world, _data) = world().await;
    let urgent = |amount: u32| -> Value {
        let mut data = payment("SO-1");
        data["amount"] = json!(amount);
        data
    };
    for (id, amount, priority) in [("1", 20, "LOW"), ("2", 2000, "HIGH"), ("3", 20, "HIGH")] {
        world.post(id, "payment.failed", &urgent(amount)).await;
        world.settled(id).await;
        let ticket = the_ticket_of(world.sandbox.hubspot().tickets(), "SO-1");
        assert_eq!(ticket.priority.as_deref(), Some(priority), "{id}");
    }
}

#[tokio::test]
async fn a_problem_that_comes_back_soon_reopens_its_ticket_at_hubspot() {
    let (world, _data) = world().await;
    let stage = |world: &World| {
        let ticket = the_ticket_of(world.sandbox.hubspot().tickets(), "SO-1");
        (ticket.status, ticket.comments.len())
    };
    for (event, ends, stands) in [
        (FAILED, "ticketed", ("1", 0)),
        (RECOVERED, "resolved", ("4", 1)),
        (ONCE_MORE, "merged", ("1", 2)),
        // It is late: it happened before the resolution.
        (AGAIN, "merged", ("1", 3)),
    ] {
        let id = post(&world, "SO-1", event).await;
        assert_eq!(state(of_desk(&world.settled(&id).await, "crm")), ends, "{id}");
        let (status, comments) = stage(&world);
        assert_eq!((&*status, comments), stands, "{id}");
    }
    let recovered = ("recovered-2", RECOVERED.1, "2026-11-20T14:00:00Z");
    let id = post(&world, "SO-1", recovered).await;
    world.settled(&id).await;
    assert_eq!(stage(&world), ("4".to_owned(), 4));
}

#[tokio::test]
async fn the_next_ticket_at_supportdesk_counts_what_the_one_before_does_not_tell() {
    let (world, _data) = world().await;
    for event in [FAILED, AGAIN, RECOVERED, ONCE_MORE] {
        let id = post(&world, "SO-1", event).await;
        world.settled(&id).await;
    }
    let tickets = tickets_of(world.sandbox.supportdesk().tickets(), "SO-1");
    let [first, second] = &tickets[..] else { panic!("{tickets:?}") };
    assert_eq!(first.comments, ["The attempt failed with card_declined.", "Paid after all."]);
    assert!(first.properties.keys().all(|name| !name.starts_with("deskbell_earlier")));
    let name = first.number.as_ref().unwrap_or(&first.id);
    let line = format!("2 events since ticket {name} stand on the customer's time line.");
    assert!(second.description.ends_with(&line), "{}", second.description);
    assert_eq!(second.properties["deskbell_earlier_events"], json!(2));
    assert_eq!(second.properties["deskbell_earlier_ticket"], json!(name));
}
