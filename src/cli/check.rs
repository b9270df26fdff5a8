//! `deskbell check`: everything that is wrong with the configuration, at once.

use clap::Args;

use super::{Context, Exit, output, run};

/// Check configuration, schemas, rules and templates; report all faults at once.
#[derive(Debug, Args)]
pub(super) struct Options {}

impl Options {
    #[expect(clippy::unused_self, reason = "commands are called alike")]
    pub(super) fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (config, schemas) = run::load(context)?;
        let behaviour = &config.behaviour;
        output::line(format_args!(
            "{} is sound: {} sources, {} desks, {} rules, {} event types",
            context.environment.config.display(),
            behaviour.sources.len(),
            behaviour.desks.len(),
            behaviour.rules.len(),
            schemas.types().count(),
        ))?;
        Ok(Exit::Done)
    }
}
