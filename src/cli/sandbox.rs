//! `deskbell sandbox`: the simulated desks alone.

use std::net::{Ipv4Addr, SocketAddr};

use clap::Args;
use serde_json::json;

use super::{Exit, clock, output};
use crate::{
    lifecycle::Lifecycle,
    sandbox::{
        self, HUBSPOT_TOKEN, KF5_EMAIL, KF5_TOKEN, SUPPORTDESK_KEY, SandboxSettings,
        THULIUM_PASSWORD, THULIUM_USER, thulium::EXAMPLE_MAILBOX,
    },
};

/// Run the simulated desks alone, on loopback ports, with faults to switch on.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// SupportDesk's port; 0 takes a free one.
    #[arg(long, default_value_t = 8091)]
    supportdesk_port: u16,
    /// HubSpot's port; 0 takes a free one.
    #[arg(long, default_value_t = 8092)]
    hubspot_port: u16,
    /// Thulium's port; 0 takes a free one.
    #[arg(long, default_value_t = 8093)]
    thulium_port: u16,
    /// KF5's port; 0 takes a free one.
    #[arg(long, default_value_t = 8094)]
    kf5_port: u16,
    /// Print where they are as JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let on = |port| Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let settings = SandboxSettings {
            supportdesk: on(self.supportdesk_port),
            hubspot: on(self.hubspot_port),
            thulium: on(self.thulium_port),
            kf5: on(self.kf5_port),
            ..SandboxSettings::on_loopback(clock())
        };
        let lifecycle = Lifecycle::default();
        let sandbox = sandbox::start(settings, lifecycle.draining().clone())?;
        let urls = |base: Option<String>, admin: Option<String>| {
            (base.unwrap_or_default(), admin.unwrap_or_default())
        };
        let supportdesk = sandbox.supportdesk();
        let (support, support_admin) = urls(supportdesk.base_url(), supportdesk.admin_url());
        let hubspot = sandbox.hubspot();
        let (hub, hub_admin) = urls(hubspot.base_url(), hubspot.admin_url());
        let thulium = sandbox.thulium();
        let (thul, thul_admin) = urls(thulium.base_url(), thulium.admin_url());
        let kf5 = sandbox.kf5();
        let (kf5, kf5_admin) = urls(kf5.base_url(), kf5.admin_url());
        if self.json {
            output::json(&json!({
                "supportdesk": { "base_url": support, "admin_url": support_admin, "api_key": SUPPORTDESK_KEY },
                "hubspot": { "base_url": hub, "admin_url": hub_admin, "token": HUBSPOT_TOKEN },
                "thulium": {
                    "base_url": thul, "admin_url": thul_admin, "user": THULIUM_USER,
                    "password": THULIUM_PASSWORD, "mailbox": EXAMPLE_MAILBOX,
                },
                "kf5": { "base_url": kf5, "admin_url": kf5_admin, "email": KF5_EMAIL, "token": KF5_TOKEN },
            }))?;
        } else {
            output::line(format_args!("SupportDesk  {support}  api_key {SUPPORTDESK_KEY}"))?;
            output::line(format_args!("             {support_admin}"))?;
            output::line(format_args!("HubSpot      {hub}  token {HUBSPOT_TOKEN}"))?;
            output::line(format_args!("             {hub_admin}"))?;
            output::line(format_args!(
                "Thulium      {thul}  user {THULIUM_USER}  password {THULIUM_PASSWORD}  mailbox {EXAMPLE_MAILBOX}"
            ))?;
            output::line(format_args!("             {thul_admin}"))?;
            output::line(format_args!("KF5          {kf5}  email {KF5_EMAIL}  token {KF5_TOKEN}"))?;
            output::line(format_args!("             {kf5_admin}"))?;
            output::line(
                "Below the second address of each: tickets, calls, faults, limits, customers, reset.",
            )?;
        }
        lifecycle.until_asked_to_stop().await;
        sandbox.stopped().await;
        Ok(Exit::Done)
    }
}
