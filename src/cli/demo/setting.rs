//! What the demo runs on: the example configuration, secrets of the moment, ports that are free, a
//! data directory of its own, and desks that are all simulated.

use std::{
    ffi::OsString,
    fs, io,
    net::TcpListener,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use crate::{
    app,
    cli::Context,
    config::{Config, Environment},
    desks::Vendor,
    event::SchemaBook,
    sandbox::{
        HUBSPOT_TOKEN, KF5_AGENT, KF5_EMAIL, KF5_TOKEN, SUPPORTDESK_KEY, Sandbox, THULIUM_PASSWORD,
        THULIUM_USER,
    },
};

/// The repository's example, for a binary that was copied elsewhere.
const EXAMPLE: &str = include_str!("../../../deskbell.toml");

/// Secrets that the example needs; where the environment has none, one of the moment is taken.
const SECRETS: [&str; 4] =
    ["SHOP_SECRET", "BILLING_SECRET", "SUPPORTDESK_API_KEY", "HUBSPOT_TOKEN"];

/// The configuration of the demo; no desk in it is a real one.
pub(super) fn configuration(
    context: &Context,
    sandbox: &Sandbox,
) -> anyhow::Result<(Config, SchemaBook)> {
    let mut variables = context.variables.clone();
    let mut set = |name: &str, value: OsString| {
        variables.retain(|(variable, _)| variable != name);
        variables.push((name.into(), value));
    };
    let settings = context.settings();
    let data_dir = data_directory(&settings.data_dir)?;
    if context.variable("DESKBELL_CONFIG").is_none() && !settings.behaviour_file.exists() {
        let example = data_dir.join("deskbell.toml");
        fs::write(&example, EXAMPLE)?;
        set("DESKBELL_CONFIG", example.into());
    }
    set("DESKBELL_DATA_DIR", data_dir.into());
    for (name, address) in
        [("DESKBELL_LISTEN", settings.listen), ("DESKBELL_OPS_LISTEN", settings.ops_listen)]
    {
        if context.variable(name).is_none() && TcpListener::bind(address).is_err() {
            set(name, "127.0.0.1:0".into());
        }
    }
    for name in SECRETS {
        if context.variable(name).is_none() {
            set(name, secret()?.into());
        }
    }
    for name in ["DESKBELL_AMQP_URL", "DESKBELL_AMQP_URL_FILE", "DESKBELL_STORE_URL"] {
        variables.retain(|(variable, _)| variable != name);
    }
    let environment = Environment::read(variables.into_iter());
    let schemas = app::schemas(environment.settings())?;
    let mut config = environment.load(&schemas)?;
    simulate(&mut config, sandbox);
    Ok((config, schemas))
}

/// Turns every desk to the simulated one of its kind, whatever the configuration says. Nobody is called
/// back: what becomes of samples is for those who watch.
fn simulate(config: &mut Config, sandbox: &Sandbox) {
    config.sources.values_mut().for_each(|source| source.callback = None);
    for desk in config.desks.values_mut() {
        let base_url = match &mut desk.vendor {
            Vendor::HubSpot(settings) => {
                settings.token = HUBSPOT_TOKEN.into();
                sandbox.hubspot().base_url()
            }
            Vendor::Kf5(settings) => {
                KF5_EMAIL.clone_into(&mut settings.email);
                settings.token = KF5_TOKEN.into();
                // The groups and agents of a real account are not the simulated one's.
                settings.group = None;
                settings.assignee = KF5_AGENT.parse().ok();
                sandbox.kf5().base_url()
            }
            Vendor::SupportDesk(settings) => {
                settings.api_key = SUPPORTDESK_KEY.into();
                sandbox.supportdesk().base_url()
            }
            Vendor::Thulium(settings) => {
                THULIUM_USER.clone_into(&mut settings.user);
                settings.password = THULIUM_PASSWORD.into();
                sandbox.thulium().base_url()
            }
        };
        desk.settings.base_url = base_url.unwrap_or_default();
    }
}

/// A secret as Standard Webhooks knows it, and good for any other use.
fn secret() -> anyhow::Result<String> {
    use base64::Engine as _;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).context("the system gives no random bytes")?;
    Ok(format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(bytes)))
}

/// An empty directory for the demo: the configured one, or one below it where that holds what a
/// service has stored. A file marks it as the demo's.
fn data_directory(configured: &Path) -> anyhow::Result<PathBuf> {
    let is_service = configured.join("ledger.db").exists() && !app::is_demo_data(configured);
    let directory = if is_service { configured.join("demo") } else { configured.to_owned() };
    fs::create_dir_all(&directory)
        .with_context(|| format!("`{}` cannot be made", directory.display()))?;
    app::clear_demo_data(&directory)?;
    mark(&directory)?;
    Ok(directory)
}

fn mark(directory: &Path) -> io::Result<()> {
    fs::write(
        directory.join(app::DEMO_MARK),
        "This directory holds what `deskbell demo` made. The next start clears it.\n",
    )
}
