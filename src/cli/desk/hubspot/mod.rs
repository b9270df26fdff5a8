//! The calls of a HubSpot account.

mod batch;
mod ticket;

use clap::Subcommand;

use super::{Sheet, pairs};
use crate::desks::{BuildError, DeskSettings, Vendor, hubspot::Api};

/// HubSpot's documented calls on tickets.
#[derive(Debug, Subcommand)]
pub(super) enum Calls {
    /// Tickets.
    #[command(subcommand)]
    Ticket(ticket::Calls),
    /// The types of associations from tickets to records of one kind.
    Labels {
        /// `contacts`, `companies`, …
        object: String,
    },
    /// The ticket pipelines.
    Pipelines,
    /// The stages of a ticket pipeline.
    Stages {
        /// The pipeline's internal id.
        pipeline: String,
    },
    /// The ticket properties, or one with its options.
    Properties {
        /// The property's internal name.
        name: Option<String>,
    },
}

impl super::Calls for Calls {
    const KIND: &'static str = "hubspot";
    type Client = Api;

    fn client(settings: &DeskSettings, vendor: &Vendor) -> Option<Result<Api, BuildError>> {
        let Vendor::HubSpot(vendor) = vendor else { return None };
        Some(Api::new(settings, vendor))
    }

    async fn run(self, api: &Api) -> anyhow::Result<Sheet> {
        match self {
            Self::Ticket(calls) => calls.run(api).await,
            Self::Labels { object } => Sheet::list(
                &api.labels("tickets", &object).await?,
                &[("category", "/category"), ("type", "/typeId"), ("label", "/label")],
            ),
            Self::Pipelines => Sheet::list(
                &api.pipelines("tickets").await?,
                &[("id", "/id"), ("label", "/label"), ("archived", "/archived")],
            ),
            Self::Stages { pipeline } => Sheet::list(
                &api.stages("tickets", &pipeline).await?,
                &[("id", "/id"), ("label", "/label"), ("state", "/metadata/ticketState")],
            ),
            Self::Properties { name: None } => Sheet::list(
                &api.properties("tickets").await?,
                &[
                    ("name", "/name"),
                    ("label", "/label"),
                    ("type", "/type"),
                    ("field", "/fieldType"),
                    ("unique", "/hasUniqueValue"),
                ],
            ),
            Self::Properties { name: Some(name) } => Sheet::list_in(
                &api.property("tickets", &name).await?,
                "/options",
                &[("value", "/value"), ("label", "/label"), ("hidden", "/hidden")],
            ),
        }
    }
}
