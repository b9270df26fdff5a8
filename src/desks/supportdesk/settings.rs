//! What `[desks.<name>]` says for `kind = "supportdesk"`.

use std::time::Duration;

use secrecy::SecretString;

use crate::desks::Window;

/// Where SupportDesk is, for accounts that name no `base_url`.
pub const BASE_URL: &str = "https://supportdesk.innovartx.com/api/v1";

/// SupportDesk's windows, which hold for all keys of an account together (its page "Errors").
pub const PACING: &[Window] = &[
    Window { requests: 3, per: Duration::from_secs(1) },
    Window { requests: 20, per: Duration::from_secs(10) },
    Window { requests: 100, per: Duration::from_mins(1) },
];

/// The settings of one SupportDesk account.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server key, `sk_live_…`.
    pub api_key: SecretString,
}
