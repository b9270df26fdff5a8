//! `deskbell check`: everything that is wrong with the configuration, at once.

use clap::Args;

use super::{Context, Exit, output};

/// Check configuration, schemas, rules and templates; report all faults at once.
#[derive(Debug, Args)]
pub(super) struct Options {}

impl Options {
    #[expect(clippy::unused_self, reason = "commands are called alike")]
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (config, schemas) = context.load()?;
        for warning in &config.warnings {
            output::aside(format_args!("warning: {warning}"));
        }
        output::line(format_args!(
            "{} is sound: {} sources, {} desks, {} rules, {} event types",
            config.settings.behaviour_file.display(),
            config.sources.len(),
            config.desks.len(),
            config.rules.rules().len(),
            schemas.types().count(),
        ))?;
        Ok(Exit::Done)
    }
}
