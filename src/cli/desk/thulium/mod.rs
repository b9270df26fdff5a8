//! The calls of a Thulium system.

mod customer;
mod ticket;
mod words;

use clap::Subcommand;
use serde::Serialize;

use super::{Sheet, pairs};
use crate::desks::{
    BuildError, DeskSettings, Vendor,
    thulium::{Account, CustomField, Entry, Settings},
};

/// Thulium's documented calls on tickets and customers, and the system's lists.
#[derive(Debug, Subcommand)]
pub(super) enum Calls {
    /// Tickets.
    #[command(subcommand)]
    Ticket(ticket::Calls),
    /// Customers.
    #[command(subcommand)]
    Customer(customer::Calls),
    /// The states that tickets can be in, with their substatuses.
    Statuses,
    /// The queues of tickets.
    Queues,
    /// The categories of tickets.
    Categories,
    /// The agents, or one of them.
    Agents {
        /// The agent's login.
        login: Option<String>,
    },
}

/// The system's calls, and what of its configuration they start from.
pub(super) struct Client {
    account: Account,
    settings: Settings,
}

impl super::Calls for Calls {
    const KIND: &'static str = "thulium";
    type Client = Client;

    fn client(settings: &DeskSettings, vendor: &Vendor) -> Option<Result<Client, BuildError>> {
        let Vendor::Thulium(vendor) = vendor else { return None };
        let account = Account::new(settings, vendor);
        Some(account.map(|account| Client { account, settings: vendor.clone() }))
    }

    async fn run(self, client: &Client) -> anyhow::Result<Sheet> {
        let account = &client.account;
        match self {
            Self::Ticket(calls) => calls.run(client).await,
            Self::Customer(calls) => calls.run(account).await,
            Self::Statuses => entries(&account.statuses().await?),
            Self::Queues => entries(&account.queues().await?),
            Self::Categories => entries(&account.categories().await?),
            Self::Agents { login: None } => entries(&account.agents().await?),
            Self::Agents { login: Some(login) } => {
                Sheet::one(&account.agent(&login).await?.ok_or_else(|| missing("agent"))?)
            }
        }
    }
}

/// An entry of a list, or a part of one.
#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    part_of: Option<&'a str>,
}

/// Entries and their parts, each in a row of its own.
fn entries(entries: &[Entry]) -> anyhow::Result<Sheet> {
    let mut rows = Vec::new();
    let mut left: Vec<(&Entry, Option<&str>)> =
        entries.iter().rev().map(|entry| (entry, None)).collect();
    while let Some((entry, part_of)) = left.pop() {
        rows.push(Row { id: &entry.id, name: &entry.name, part_of });
        left.extend(entry.parts.iter().rev().map(|part| (part, Some(entry.id.as_str()))));
    }
    Sheet::list(&rows, &[("id", "/id"), ("name", "/name"), ("part of", "/part_of")])
}

/// Fields of one name are the alternatives of its value.
fn alternatives(fields: Vec<(String, String)>) -> Vec<CustomField> {
    let mut grouped: Vec<CustomField> = Vec::new();
    for (name, value) in fields {
        match grouped.iter_mut().find(|field| field.name == name) {
            Some(field) => field.values.push(value),
            None => grouped.push(CustomField { name, values: vec![value] }),
        }
    }
    grouped
}

fn missing(what: &str) -> anyhow::Error {
    anyhow::anyhow!("there is no such {what}")
}
