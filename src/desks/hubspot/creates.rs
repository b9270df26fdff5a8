//! Requests for tickets: alone, or gathered to `batch/create`.
//!
//! - Each ticket of a batch is told apart by its delivery's key, which is its `objectWriteTraceId`
//!   and stands in its unique property. Without such a property nothing is gathered.
//! - What came of a batch is said for each ticket; one that the answer does not tell of is in doubt,
//!   and all of them are where there is no whole answer.
//! - A batch that is refused whole is halved until the bad ones are alone: none of it was made.

use std::fmt;

use async_trait::async_trait;
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

use super::{
    Settings,
    account::{Account, Room},
    answers,
    api::{Batch, BatchError, LARGEST_BATCH, Record},
    collision::Collision,
    paths,
};
use crate::{
    delivery::{DeliveryKey, Step},
    desks::{
        DeskError,
        call::Call,
        gathering::{Asking, Gatherer, Pace},
        reply::Reply,
    },
    ticket::{Priority, TicketRef},
};

/// What came of the request for a ticket.
#[derive(Debug)]
pub(super) enum Created {
    /// The ticket was made.
    Ticket(TicketRef),
    /// A unique value is taken; what was refused in HubSpot's words.
    Taken(Collision, DeskError),
}

/// A ticket that is asked for.
struct NewTicket {
    key: DeliveryKey,
    /// The request for it alone.
    call: Call,
}

impl fmt::Debug for NewTicket {
    /// Without the request, which holds the event's values.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NewTicket").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Asks one account for tickets.
#[derive(Debug)]
pub(super) struct Creates {
    gatherer: Gatherer<NewTicket, Created>,
    key_property: Option<String>,
    path: String,
}

impl Creates {
    pub(super) fn new(settings: &Settings, pace: &Pace) -> Self {
        Self {
            gatherer: Gatherer::new(pace.clone(), LARGEST_BATCH),
            key_property: settings.key_property.clone(),
            path: format!("{}/batch/create", paths::objects(settings, "tickets")),
        }
    }

    /// Asks for the ticket of `key`, perhaps together with others of its lane. Where an answer is
    /// lost, `in_doubt` is told before anybody else how many tickets it was about.
    pub(super) async fn create(
        &self,
        account: &Account,
        lane: Priority,
        key: &DeliveryKey,
        call: Call,
        in_doubt: impl Fn(usize) + Sync,
    ) -> Result<Created, DeskError> {
        let Some(key_property) = &self.key_property else {
            return alone(&account.send(&step(), &call).await?);
        };
        let asker = Asker { account, path: &self.path, key_property, in_doubt };
        let latest = account.caller().latest_begin();
        self.gatherer.ask(&asker, lane, NewTicket { key: key.clone(), call }, latest).await
    }
}

/// Asks for tickets with their unique property.
struct Asker<'a, F> {
    account: &'a Account,
    path: &'a str,
    key_property: &'a str,
    in_doubt: F,
}

#[async_trait]
impl<'a, F: Fn(usize) + Sync> Asking<NewTicket, Created> for Asker<'a, F> {
    type Room = Room<'a>;

    async fn room(&self) -> Result<Room<'a>, DeskError> {
        self.account.room(false).await
    }

    async fn alone(&self, room: Room<'a>, ticket: &NewTicket) -> Result<Created, DeskError> {
        alone(&self.account.send_with(room, &step(), &ticket.call).await?)
    }

    async fn together(
        &self,
        room: Room<'a>,
        tickets: &[&NewTicket],
    ) -> Result<Vec<Result<Created, DeskError>>, DeskError> {
        let answers = self.ask(room, tickets).await;
        let is_doubt = |error: &DeskError| !error.is_definite();
        let doubts = match &answers {
            Err(error) if is_doubt(error) => tickets.len(),
            Err(_) => 0,
            Ok(answers) => answers.iter().filter(|it| it.as_ref().is_err_and(is_doubt)).count(),
        };
        (self.in_doubt)(doubts);
        answers
    }
}

impl<F: Sync> Asker<'_, F> {
    async fn ask(
        &self,
        room: Room<'_>,
        tickets: &[&NewTicket],
    ) -> Result<Vec<Result<Created, DeskError>>, DeskError> {
        let reply = self.account.send_with(room, &step(), &self.call(tickets)).await?;
        if !reply.is_success() {
            return Err(answers::error(&reply));
        }
        let told = answers::batch(&reply).unwrap_or_default();
        let unread = || reply.unreadable("a ticket is neither among the results nor the errors");
        let answer =
            |ticket: &&NewTicket| self.told(&told, &ticket.key).unwrap_or_else(|| Err(unread()));
        Ok(tickets.iter().map(answer).collect())
    }

    /// The request for several tickets.
    fn call(&self, tickets: &[&NewTicket]) -> Call {
        let inputs: Vec<Value> = tickets
            .iter()
            .map(|ticket| {
                let mut input = ticket.call.body.clone().unwrap_or_default();
                input["objectWriteTraceId"] = ticket.key.as_str().into();
                input
            })
            .collect();
        let template = "/crm/{version}/objects/tickets/batch/create";
        Call::with_body(Method::POST, template, self.path.to_owned(), json!({ "inputs": inputs }))
    }

    /// What the answer to a batch tells of the ticket of `key`.
    fn told(&self, batch: &Batch, key: &DeliveryKey) -> Option<Result<Created, DeskError>> {
        let key = key.as_str();
        let is_made = |record: &&Record| {
            let property = record.properties.get(self.key_property);
            let traced = record.object_write_trace_id.as_deref();
            traced == Some(key) || property.is_some_and(|value| value.as_deref() == Some(key))
        };
        if let Some(record) = batch.results.iter().find(is_made) {
            let ticket = TicketRef { id: record.id.clone(), number: None, url: record.url.clone() };
            return Some(Ok(Created::Ticket(ticket)));
        }
        let is_refused = |error: &&BatchError| error.trace_ids().any(|id| id == key);
        let error = batch.errors.iter().find(is_refused)?;
        Some(alone(&Reply::new(status(error), &HeaderMap::new(), &json!(error).to_string())))
    }
}

fn step() -> String {
    Step::Ticket.to_string()
}

/// What the answer to the request for one ticket means.
fn alone(reply: &Reply) -> Result<Created, DeskError> {
    match Collision::of(reply) {
        Some(collision) => Ok(Created::Taken(collision, answers::error(reply))),
        None => answers::ticket(reply).map(Created::Ticket),
    }
}

/// The status that an error within a batch would have alone; the page gives each its category.
fn status(error: &BatchError) -> u16 {
    match error.category.as_str() {
        "CONFLICT" | "OBJECT_ALREADY_EXISTS" => 409,
        "OBJECT_NOT_FOUND" => 404,
        "RATE_LIMITS" => 429,
        "INTERNAL_ERROR" => 500,
        _ => 400,
    }
}
