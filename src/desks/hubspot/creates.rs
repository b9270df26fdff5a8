//! Requests for tickets: alone, or gathered to `batch/create`.
//!
//! - Each ticket of a batch is told apart by its delivery's key, which is its `objectWriteTraceId`
//!   and stands in its unique property. Without such a property nothing is gathered.
//! - What came of a batch is said for each ticket; one that the answer does not tell of is in doubt,
//!   and all of them are where there is no whole answer.
//! - A batch that is refused whole is halved until the bad ones are alone: none of it was made.

use std::fmt;

use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Settings,
    account::Account,
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
        gathering::{Gatherer, Pace, Turned, Waiting},
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

type Asked = Waiting<NewTicket, Created>;

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

    /// Asks for the ticket of `key`, perhaps together with others of its lane.
    pub(super) async fn create(
        &self,
        account: &Account,
        lane: Priority,
        key: &DeliveryKey,
        call: Call,
    ) -> Result<Created, DeskError> {
        if self.key_property.is_none() {
            return alone(&account.send(&step(), &call).await?);
        }
        let latest = account.caller().latest_begin();
        let mut place = self.gatherer.join(lane, NewTicket { key: key.clone(), call }, latest);
        loop {
            match place.turned().await {
                Turned::Answered(answer) => return answer,
                Turned::Leads(leader) => {
                    let pass = account.caller().pass().await?;
                    let batch = leader.take();
                    match &batch[..] {
                        [] => {}
                        [one] => {
                            let reply = account.send_with(pass, &step(), &one.input.call).await;
                            answer_alone(batch, reply);
                        }
                        many => {
                            let reply = account.send_with(pass, &step(), &self.call(many)).await;
                            self.settle(account, batch, reply).await;
                        }
                    }
                }
            }
        }
    }

    /// The request for several tickets.
    fn call(&self, batch: &[Asked]) -> Call {
        let inputs: Vec<Value> = batch
            .iter()
            .map(|Asked { input, .. }| {
                let mut ticket = input.call.body.clone().unwrap_or_default();
                ticket["objectWriteTraceId"] = input.key.as_str().into();
                ticket
            })
            .collect();
        let template = "/crm/{version}/objects/tickets/batch/create";
        Call::with_body(Method::POST, template, self.path.clone(), json!({ "inputs": inputs }))
    }

    /// Answers each of `batch`; asks again by halves where it was refused whole.
    async fn settle(&self, account: &Account, batch: Vec<Asked>, reply: Result<Reply, DeskError>) {
        let mut left = vec![(batch, reply)];
        while let Some((batch, reply)) = left.pop() {
            let Some(mut batch) = self.answer(batch, reply) else { continue };
            let second = batch.split_off(batch.len() / 2);
            for half in [second, batch] {
                let now = Instant::now();
                let half: Vec<_> = half.into_iter().filter_map(|one| one.in_time(now)).collect();
                match &half[..] {
                    [] => {}
                    [one] => {
                        let reply = account.send(&step(), &one.input.call).await;
                        answer_alone(half, reply);
                    }
                    many => {
                        let reply = account.send(&step(), &self.call(many)).await;
                        left.push((half, reply));
                    }
                }
            }
        }
    }

    /// Answers each of `batch`; gives it back where it was refused whole.
    fn answer(&self, batch: Vec<Asked>, reply: Result<Reply, DeskError>) -> Option<Vec<Asked>> {
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => {
                for one in batch {
                    one.answer(Err(error.copy()));
                }
                return None;
            }
        };
        if !reply.is_success() {
            let error = answers::error(&reply);
            if matches!(error, DeskError::Refused(..)) {
                return Some(batch);
            }
            for one in batch {
                one.answer(Err(error.copy()));
            }
            return None;
        }
        let told = answers::batch(&reply).unwrap_or_default();
        for one in batch {
            let of_it = self.told(&told, &one.input.key);
            one.answer(of_it.unwrap_or_else(|| {
                Err(reply.unreadable("a ticket is neither among the results nor the errors"))
            }));
        }
        None
    }

    /// What the answer to a batch tells of the ticket of `key`.
    fn told(&self, batch: &Batch, key: &DeliveryKey) -> Option<Result<Created, DeskError>> {
        let key = key.as_str();
        let is_made = |record: &&Record| {
            let property = self.key_property.as_ref().and_then(|name| record.properties.get(name));
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

fn answer_alone(batch: Vec<Asked>, reply: Result<Reply, DeskError>) {
    if let Some(one) = batch.into_iter().next() {
        one.answer(reply.and_then(|reply| alone(&reply)));
    }
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
