//! `deskbell health`: asks a running service how it is. For containers without curl.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use clap::Args;

use super::{Context, Exit};

/// Ask the service of this environment whether it is alive. Exit code 1 when it is not.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Ask the receiver whether it takes events now.
    #[arg(long)]
    ready: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let settings = context.settings();
        let url = if self.ready {
            format!("http://{}/health/ready", reachable(settings.listen))
        } else {
            // Every process has the private port, workers alone too.
            format!("http://{}/health/live", reachable(settings.ops_listen))
        };
        let client =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build()?;
        let answer = client.get(url).send().await?;
        Ok(if answer.status().is_success() { Exit::Done } else { Exit::No })
    }
}

/// Where an address that is listened on can be asked.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
