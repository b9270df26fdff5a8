//! `deskbell contract`: what others rely on, in machine form.

use clap::{Args, Subcommand};

use super::{Context, Exit, output};
use crate::{app, contracts};

/// Print what others rely on, in machine form, with the event types of this installation.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    document: Document,
}

#[derive(Debug, Subcommand)]
enum Document {
    /// The behaviour file, for editors: JSON Schema 2020-12.
    Behaviour,
    /// The public port: OpenAPI 3.1.
    Receiver,
    /// The private port: OpenAPI 3.1.
    Operators,
    /// The events that other teams read from RabbitMQ: AsyncAPI 3.0.
    Events,
}

impl Options {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let schemas = || app::schemas(&context.settings());
        output::json(&match self.document {
            Document::Behaviour => contracts::behaviour(),
            Document::Receiver => contracts::receiver(&schemas()?),
            Document::Operators => contracts::operators(),
            Document::Events => contracts::events(&schemas()?),
        })?;
        Ok(Exit::Done)
    }
}
