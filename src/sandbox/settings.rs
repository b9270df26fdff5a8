//! What a sandbox is started with.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use crate::clock::Clock;

/// The SupportDesk key that works by default. Of the vendor's form, and obviously no real one.
pub const SUPPORTDESK_KEY: &str = "sk_live_sandbox";
/// A SupportDesk key that was good once.
pub const EXPIRED_SUPPORTDESK_KEY: &str = "sk_live_expired";
/// The HubSpot token that works by default.
pub const HUBSPOT_TOKEN: &str = "pat-sandbox";
/// The Thulium API user that works by default.
pub const THULIUM_USER: &str = "api_user";
/// Its password.
pub const THULIUM_PASSWORD: &str = "api_pass_sandbox";
/// The address of the KF5 agent whose token works by default.
pub const KF5_EMAIL: &str = "agent@example.org";
/// That agent's id at KF5.
pub const KF5_AGENT: &str = "733";
/// The KF5 token that works by default.
pub const KF5_TOKEN: &str = "kf5-sandbox";

/// Which desks to simulate, and how.
#[derive(Debug, Clone)]
pub struct SandboxSettings {
    /// Where SupportDesk listens; port 0 takes a free one, none leaves it out.
    pub supportdesk: Option<SocketAddr>,
    /// Where HubSpot listens; port 0 takes a free one, none leaves it out.
    pub hubspot: Option<SocketAddr>,
    /// Where Thulium listens; port 0 takes a free one, none leaves it out.
    pub thulium: Option<SocketAddr>,
    /// Where KF5 listens; port 0 takes a free one, none leaves it out.
    pub kf5: Option<SocketAddr>,
    /// The `X-API-Key` that SupportDesk takes.
    pub supportdesk_key: String,
    /// The bearer token that HubSpot takes.
    pub hubspot_token: String,
    /// The API user that Thulium takes.
    pub thulium_user: String,
    /// The password that Thulium takes.
    pub thulium_password: String,
    /// The address of the agent whose token KF5 takes.
    pub kf5_email: String,
    /// The token that KF5 takes.
    pub kf5_token: String,
    /// How long a new or changed HubSpot record, and a new KF5 ticket, stays out of search.
    pub search_lag: Duration,
    /// Where all take the time from.
    pub clock: Arc<dyn Clock>,
}

impl SandboxSettings {
    /// All desks on free ports of the loopback, with the default keys.
    pub fn on_loopback(clock: Arc<dyn Clock>) -> Self {
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            supportdesk: Some(loopback),
            hubspot: Some(loopback),
            thulium: Some(loopback),
            kf5: Some(loopback),
            supportdesk_key: SUPPORTDESK_KEY.to_owned(),
            hubspot_token: HUBSPOT_TOKEN.to_owned(),
            thulium_user: THULIUM_USER.to_owned(),
            thulium_password: THULIUM_PASSWORD.to_owned(),
            kf5_email: KF5_EMAIL.to_owned(),
            kf5_token: KF5_TOKEN.to_owned(),
            search_lag: Duration::from_secs(5),
            clock,
        }
    }
}
