//! `deskbell check`: everything that is wrong with the configuration, at once; and, with `--online`,
//! what of the desks' accounts does not fit it.

use anyhow::Context as _;
use clap::Args;

use super::{Context, Exit, WrongCall, argument, online, output};
use crate::{config::Config, event::DeskName};

/// Check configuration, schemas, rules and templates; report all faults at once.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Ask each desk, too, whether what the configuration and the rules rely on is there: keys,
    /// rights, pipelines, stages, priorities, fields. Nothing is changed. A service that runs beside
    /// it does not count these calls, of which there are about ten for a desk.
    #[arg(long)]
    online: bool,
    /// With `--online`: ask this desk alone.
    #[arg(long, value_name = "NAME", requires = "online")]
    desk: Option<String>,
    /// With `--online`: print JSON.
    #[arg(long, requires = "online")]
    json: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (config, schemas) = context.load()?;
        for warning in &config.warnings {
            output::aside(format_args!("warning: {warning}"));
        }
        let sound = format!(
            "{} is sound: {} sources, {} desks, {} rules, {} event types",
            config.settings.behaviour_file.display(),
            config.sources.len(),
            config.desks.len(),
            config.rules.rules().len(),
            schemas.types().count(),
        );
        if !self.json {
            output::line(sound)?;
        }
        if !self.online {
            return Ok(Exit::Done);
        }
        let only = self.desk.as_deref().map(|name| named(&config, name)).transpose()?;
        let inspected = online::inspect(&config, only.as_ref()).await;
        if self.json {
            output::json(&inspected)?;
        } else {
            online::print(&inspected)?;
        }
        Ok(online::exit(&inspected))
    }
}

/// The desk that the call names.
pub(super) fn named(config: &Config, name: &str) -> anyhow::Result<DeskName> {
    let name: DeskName = argument("desk", name)?;
    let known: Vec<_> = config.desks.keys().map(|known| format!("`{known}`")).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let unknown =
        || WrongCall(format!("there is no desk `{name}` in the configuration; it has {known}"));
    config.desks.contains_key(&name).then_some(()).with_context(unknown)?;
    Ok(name)
}
