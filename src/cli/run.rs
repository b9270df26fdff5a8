//! `deskbell run`, `receive` and `deliver`.

use super::{Context, Exit};
use crate::{
    app::{self, Roles},
    config::Config,
    event::SchemaBook,
    lifecycle::{Drained, Lifecycle},
};

pub(super) const BOTH: Roles = Roles { receive: true, deliver: true };
pub(super) const RECEIVER: Roles = Roles { receive: true, deliver: false };
pub(super) const WORKERS: Roles = Roles { receive: false, deliver: true };

/// Runs until a signal, then drains.
pub(super) async fn run(context: &Context, roles: Roles) -> anyhow::Result<Exit> {
    let (config, schemas) = load(context)?;
    let lifecycle = Lifecycle::default();
    let app = app::start(config, schemas, roles, &lifecycle).await?;
    if let Some(address) = app.receiver {
        tracing::info!(%address, "Receiving on http://{address}/hooks/");
    }
    lifecycle.until_asked_to_stop().await;
    Ok(match app.stop(&lifecycle).await {
        Drained::Whole => {
            tracing::info!("Stopped with nothing in flight");
            Exit::Done
        }
        Drained::Cut => {
            tracing::warn!("Stopped with work in flight; it is taken up at the next start");
            Exit::No
        }
    })
}

/// The configuration with the schemas that it is checked against.
pub(super) fn load(context: &Context) -> anyhow::Result<(Config, SchemaBook)> {
    let schemas = app::schemas(&context.environment)?;
    let config = Config::load(context.variables.iter().cloned(), &|event_type| {
        schemas.knows(event_type)
    })?;
    Ok((config, schemas))
}
