//! `deskbell run`, `receive` and `deliver`.

use super::{Context, Exit};
use crate::{
    app::{self, Reloading, Roles},
    lifecycle::{Drained, Lifecycle},
};

pub(super) const BOTH: Roles = Roles { receive: true, deliver: true };
pub(super) const RECEIVER: Roles = Roles { receive: true, deliver: false };
pub(super) const WORKERS: Roles = Roles { receive: false, deliver: true };

/// Runs until a signal, then drains.
pub(super) async fn run(context: &Context, roles: Roles) -> anyhow::Result<Exit> {
    let (config, schemas) = context.load()?;
    app::clear_demo_data(&config.settings.data_dir)?;
    let lifecycle = Lifecycle::default();
    let (path, mark) = (config.settings.behaviour_file.clone(), config.mark.clone());
    let load = context.loader(&config.settings)?;
    let app = app::start(config, schemas, roles, &lifecycle).await?;
    Reloading::new(app.rules.clone(), path, mark, load).start(&lifecycle)?;
    tracing::info!(address = %app.operators, "The private port: http://{}/docs", app.operators);
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
