//! What `[desks.<name>]` says for `kind = "supportdesk"`.

use secrecy::SecretString;

/// The settings of one SupportDesk account.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server key, `sk_live_…`.
    pub api_key: SecretString,
}
