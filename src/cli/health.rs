//! `deskbell health`: asks a running receiver whether it takes events. For containers without curl.

use std::time::Duration;

use clap::Args;

use super::{Context, Exit};

/// Ask the receiver of this environment whether it is alive. Exit code 1 when it is not.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Ask also whether it takes events now.
    #[arg(long)]
    ready: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let mut address = context.settings().listen;
        if address.ip().is_unspecified() {
            address.set_ip(if address.is_ipv4() {
                std::net::Ipv4Addr::LOCALHOST.into()
            } else {
                std::net::Ipv6Addr::LOCALHOST.into()
            });
        }
        let what = if self.ready { "ready" } else { "live" };
        let client =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build()?;
        let answer = client.get(format!("http://{address}/health/{what}")).send().await?;
        Ok(if answer.status().is_success() { Exit::Done } else { Exit::No })
    }
}
