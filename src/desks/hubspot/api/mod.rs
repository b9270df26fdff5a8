//! HubSpot's documented calls, typed: tickets and the records of any other kind, what ties them,
//! and what the account lets them hold.
//!
//! - Every call waits for room in the account's windows, and is sent once.
//! - Ids and property values are texts, as HubSpot answers them.
//! - The path's version is the account's: `v3`, or a date. Associations are version 4's throughout,
//!   but for the two calls that the page names by their older path.

mod associations;
mod batch;
mod objects;
mod pages;
mod record;
mod schema;
mod search;

pub use associations::{AssociationLabel, Labelled};
pub use batch::{Batch, BatchError, BatchRead, BatchUpdate, BatchUpsert, LARGEST_BATCH};
pub use objects::{Objects, Shown};
pub use pages::Page;
pub use record::{
    AssociationSpec, NewAssociation, NewRecord, Record, RecordId, TiedRecord, TiedRecords,
};
pub(super) use schema::Results;
pub use schema::{ModificationMetadata, Pipeline, Property, PropertyGroup, PropertyOption, Stage};
pub use search::{Filter, FilterGroup, Search};

use serde::de::DeserializeOwned;

use super::{Settings, account::Account, answers};
use crate::desks::{BuildError, DeskError, DeskSettings, call::Call, reply::Reply};

/// One account's calls.
#[derive(Debug)]
pub struct Api {
    account: Account,
    settings: Settings,
}

impl Api {
    /// Sets the client up; nothing is sent.
    pub fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        Ok(Self { account: Account::new(settings, vendor)?, settings: vendor.clone() })
    }

    /// The calls on tickets.
    pub fn tickets(&self) -> Objects<'_> {
        self.objects("tickets")
    }

    /// The calls on records of `object`: `contacts`, `notes`, or a kind of the account's own.
    pub fn objects<'a>(&'a self, object: &'a str) -> Objects<'a> {
        Objects { api: self, object }
    }

    /// Sends `call` and reads what a success answers.
    async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<T, DeskError> {
        read(&self.account.send("call", call).await?)
    }

    /// Sends `call`, which a success answers with nothing that matters.
    async fn tell(&self, call: &Call) -> Result<(), DeskError> {
        let reply = self.account.send("call", call).await?;
        if reply.is_success() { Ok(()) } else { Err(answers::error(&reply)) }
    }
}

/// Reads a success.
pub(super) fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, DeskError> {
    if !reply.is_success() {
        return Err(answers::error(reply));
    }
    let json = reply.json().ok_or_else(|| reply.unreadable("the body is missing"))?;
    // The cause would quote the answer.
    T::deserialize(json).map_err(|_| reply.unreadable("the body is of another shape"))
}
