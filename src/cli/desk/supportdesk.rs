//! The calls of a SupportDesk account.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value};

use super::{Sheet, pairs};
use crate::{
    desks::{
        BuildError, DeskSettings, Vendor,
        supportdesk::{Api, CustomerChange, NewEvent, NewTicket},
    },
    ticket::Priority,
};

/// Everything that SupportDesk documents.
#[derive(Debug, Subcommand)]
pub(super) enum Calls {
    /// Tickets.
    #[command(subcommand)]
    Ticket(TicketCalls),
    /// Customers.
    #[command(subcommand)]
    Customer(CustomerCalls),
    /// Customers' time lines.
    #[command(subcommand)]
    Event(EventCalls),
    /// Whose key is it?
    Whoami,
}

#[derive(Debug, Subcommand)]
pub(super) enum TicketCalls {
    /// Open a ticket. Its agent is told by e-mail.
    Create(Create),
}

#[derive(Debug, Subcommand)]
pub(super) enum CustomerCalls {
    /// Make a customer, or change one. A new one needs --email and --name.
    Upsert(Upsert),
}

#[derive(Debug, Subcommand)]
pub(super) enum EventCalls {
    /// Add to a customer's time line.
    Add(Add),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// The customer's external id.
    #[arg(long)]
    customer: String,
    #[arg(long)]
    subject: String,
    /// Markdown.
    #[arg(long)]
    description: String,
    /// LOW, MEDIUM, HIGH, URGENT or CRITICAL.
    #[arg(long)]
    priority: Option<Priority>,
    #[arg(long)]
    category: Option<String>,
    /// The id of a tag; may be repeated.
    #[arg(long = "tag", value_name = "ID")]
    tags: Vec<String>,
    #[command(flatten)]
    metadata: Metadata,
}

#[derive(Debug, Args)]
pub(super) struct Upsert {
    /// The customer's external id.
    customer: String,
    #[arg(long)]
    email: Option<String>,
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    phone: Option<String>,
    #[arg(long)]
    avatar_url: Option<String>,
    #[command(flatten)]
    metadata: Metadata,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The customer's external id.
    customer: String,
    /// As `payment.recovered`.
    #[arg(value_name = "TYPE")]
    kind: String,
    /// A file with a JSON object; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    payload: Option<PathBuf>,
    /// RFC 3339; now, where it is not given.
    #[arg(long)]
    occurred_at: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Metadata {
    /// Free data, as text; may be repeated.
    #[arg(long = "metadata", value_name = "NAME=VALUE", value_parser = pairs::pair)]
    pairs: Vec<(String, String)>,
    /// Free data: a file with a JSON object; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "pairs")]
    metadata_file: Option<PathBuf>,
}

impl Metadata {
    fn read(self) -> anyhow::Result<Option<Map<String, Value>>> {
        match self.metadata_file {
            Some(file) => pairs::json(&file).map(Some),
            None if self.pairs.is_empty() => Ok(None),
            None => {
                Ok(Some(self.pairs.into_iter().map(|(name, text)| (name, text.into())).collect()))
            }
        }
    }
}

impl super::Calls for Calls {
    const KIND: &'static str = "supportdesk";
    type Client = Api;

    fn client(settings: &DeskSettings, vendor: &Vendor) -> Option<Result<Api, BuildError>> {
        let Vendor::SupportDesk(vendor) = vendor else { return None };
        Some(Api::new(settings, vendor))
    }

    async fn run(self, api: &Api) -> anyhow::Result<Sheet> {
        match self {
            Self::Ticket(TicketCalls::Create(ticket)) => {
                let ticket = NewTicket {
                    customer_external_id: ticket.customer,
                    subject: ticket.subject,
                    description: ticket.description,
                    priority: ticket.priority,
                    category: ticket.category,
                    metadata: ticket.metadata.read()?,
                    tag_ids: ticket.tags,
                };
                Sheet::one(&api.create_ticket(&ticket).await?)
            }
            Self::Customer(CustomerCalls::Upsert(customer)) => {
                let change = CustomerChange {
                    email: customer.email,
                    name: customer.name,
                    phone: customer.phone,
                    avatar_url: customer.avatar_url,
                    metadata: customer.metadata.read()?,
                };
                Sheet::one(&api.upsert_customer(&customer.customer, &change).await?)
            }
            Self::Event(EventCalls::Add(event)) => {
                let payload = event.payload.as_deref().map(pairs::json).transpose()?;
                let event = NewEvent {
                    customer_external_id: event.customer,
                    r#type: event.kind,
                    payload: payload.unwrap_or_default(),
                    occurred_at: event.occurred_at,
                };
                Sheet::one(&api.add_event(&event).await?)
            }
            Self::Whoami => Sheet::one(&api.whoami().await?),
        }
    }
}
