//! What every simulated vendor provides, so that faults, windows, the log and the admin path are
//! written once.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::{
        Method, StatusCode,
        header::{HeaderMap, HeaderValue},
    },
    web,
};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use thiserror::Error;

use super::{Exceeded, LimitSettings, Operation, Standing};

/// A ticket as the sandbox shows it, in words that fit every vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SandboxTicket {
    /// The ticket's place in the order of creation, from 1.
    pub order: u64,
    /// The vendor's id.
    pub id: String,
    /// The number that people use, where the vendor has one.
    pub number: Option<String>,
    /// The delivery key that stands in it.
    pub key: Option<String>,
    /// The subject.
    pub subject: String,
    /// The description.
    pub description: String,
    /// The priority, as the vendor writes it.
    pub priority: Option<String>,
    /// The status or pipeline stage, as the vendor writes it.
    pub status: String,
    /// The customer's external id, where the vendor asks for one.
    pub customer: Option<String>,
    /// SupportDesk's metadata, HubSpot's properties.
    pub properties: Map<String, Value>,
    /// The records that it is tied to.
    pub associations: Vec<SandboxAssociation>,
    /// What was added to it, the oldest first. Where the vendor has no comments: the entries of the
    /// customer's time line that name the ticket.
    pub comments: Vec<String>,
    /// Whether it is in the recycle bin.
    pub archived: bool,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// A tie from a ticket to another record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SandboxAssociation {
    /// The other record's type, in the plural: `contacts`.
    pub object: &'static str,
    /// The other record's id.
    pub id: String,
    /// The type of the tie.
    pub type_id: u32,
}

/// Customers that cannot be seeded.
#[derive(Debug, Error)]
#[error("the customers are refused: {reason}")]
pub struct InvalidSeed {
    /// The desk's words for why.
    pub reason: String,
}

/// One vendor: its routes, its words, and what it keeps.
pub trait Vendor: Send + Sized + 'static {
    /// What the base URL ends with.
    const BASE_PATH: &'static str;
    /// What can be switched on its admin path.
    type Switches: DeserializeOwned;

    /// Adds the vendor's documented paths.
    fn routes(config: &mut web::ServiceConfig);
    /// Names the operation that a request asks for.
    fn operation(method: &Method, path: &str) -> Operation;
    /// Windows of a new desk.
    fn default_limits() -> LimitSettings;

    /// The refusal of a request whose key is not good.
    fn refuse_key(&self, headers: &HeaderMap) -> Option<HttpResponse>;
    /// The refusal of a request that the key has no right to.
    fn refuse_right(&self, _method: &Method, _path: &str) -> Option<HttpResponse> {
        None
    }
    /// Answers a path that the vendor does not have.
    fn unknown_path() -> HttpResponse;
    /// Answers with the vendor's body for this status.
    fn answer(status: StatusCode) -> HttpResponse;
    /// Refuses a call that ran into a limit.
    fn throttled(exceeded: Exceeded) -> HttpResponse;
    /// Refuses a call because the plan is used up.
    fn plan_limit() -> HttpResponse;
    /// Headers that say how much room is left.
    fn room(operation: Operation, standing: Standing) -> Vec<(&'static str, HeaderValue)>;

    /// Back to how the desk was started.
    fn reset(&mut self, now: Timestamp);
    /// Sets switches.
    fn switch(&mut self, switches: Self::Switches);
    /// Adds customers; answers what was added.
    fn seed(&mut self, customers: &Value, now: Timestamp) -> Result<Value, InvalidSeed>;
    /// All tickets, in the order of creation.
    fn tickets(&self) -> Vec<SandboxTicket>;
    /// The tickets that carry `key`.
    fn tickets_with(&self, key: &str) -> Vec<SandboxTicket>;
}

/// A whole number of milliseconds in JSON as a length of time.
pub(super) fn milliseconds<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<Duration>, D::Error> {
    let length: Option<u64> = serde::Deserialize::deserialize(from)?;
    Ok(length.map(Duration::from_millis))
}
