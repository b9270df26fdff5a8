//! The calls on up to a hundred tickets at once. Inputs are HubSpot's own, as a JSON array.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Sheet, pairs, ticket::TICKETS};
use crate::{
    cli::output,
    desks::hubspot::api::{Batch, BatchRead, Objects},
};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Calls {
    /// Open tickets: `[{"properties", "associations"?, "objectWriteTraceId"?}]`.
    Create {
        /// A file with a JSON array; `-` is standard input.
        file: PathBuf,
    },
    /// Show tickets.
    Read {
        /// Ids, or values of --id-property.
        #[arg(required = true)]
        ids: Vec<String>,
        /// A unique property, in the place of HubSpot's id.
        #[arg(long, value_name = "PROPERTY")]
        id_property: Option<String>,
        /// Properties to show, parted by commas.
        #[arg(long, value_delimiter = ',')]
        properties: Vec<String>,
    },
    /// Change tickets: `[{"id", "idProperty"?, "properties", "objectWriteTraceId"?}]`.
    Update {
        /// A file with a JSON array; `-` is standard input.
        file: PathBuf,
    },
    /// Change tickets, or open those that do not exist: `[{"id", "idProperty", "properties"}]`.
    Upsert {
        /// A file with a JSON array; `-` is standard input.
        file: PathBuf,
    },
    /// Put tickets into the recycle bin.
    Archive {
        /// Ids.
        #[arg(required = true)]
        ids: Vec<String>,
    },
}

impl Calls {
    pub(super) async fn run(self, tickets: Objects<'_>) -> anyhow::Result<Sheet> {
        match self {
            Self::Create { file } => {
                let inputs: Vec<_> = pairs::json(&file)?;
                sheet(&tickets.create_batch(&inputs).await?)
            }
            Self::Read { ids, id_property, properties } => {
                let asked = BatchRead { ids, id_property, properties };
                sheet(&tickets.read_batch(&asked).await?)
            }
            Self::Update { file } => {
                let inputs: Vec<_> = pairs::json(&file)?;
                sheet(&tickets.update_batch(&inputs).await?)
            }
            Self::Upsert { file } => {
                let inputs: Vec<_> = pairs::json(&file)?;
                sheet(&tickets.upsert_batch(&inputs).await?)
            }
            Self::Archive { ids } => {
                tickets.archive_batch(&ids).await?;
                Sheet::done("the tickets are in the recycle bin")
            }
        }
    }
}

/// What was refused is said beside the results; in JSON it is among them.
fn sheet(batch: &Batch) -> anyhow::Result<Sheet> {
    for error in &batch.errors {
        output::aside(format_args!("refused: {}: {}", error.category, error.message));
    }
    Sheet::list_in(batch, "/results", TICKETS)
}
