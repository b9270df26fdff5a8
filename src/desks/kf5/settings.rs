//! What `[desks.<name>]` says for `kind = "kf5"`.

use std::{collections::BTreeMap, time::Duration};

use secrecy::SecretString;

use super::{Id, Kind, Status};
use crate::desks::Window;

/// Two requests a second. KF5 documents no limit; this is one that no account has to notice.
pub const PACING: &[Window] = &[Window { requests: 2, per: Duration::from_secs(1) }];

/// The settings of one KF5 account.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The e-mail address of the agent in whose name Deskbell asks.
    pub email: String,
    /// The account's API token, which stands for the agent's password.
    pub token: SecretString,
    /// The custom ticket field that holds the delivery key, as `field_123`; `None` where the account
    /// has none, and then a doubt cannot be settled by looking.
    pub key_field: Option<String>,
    /// What sort of ticket is made; KF5 leaves it open where nothing is said.
    pub kind: Option<Kind>,
    /// The group that gets new tickets.
    pub group: Option<Id>,
    /// The agent who gets new tickets, and those that are solved and nobody's.
    pub assignee: Option<Id>,
    /// Where new tickets stand; KF5's own first status where nothing is said.
    pub status: Option<Status>,
    /// Where resolved tickets stand.
    pub resolved_status: Status,
    /// Metadata name → custom ticket field. Metadata that is not listed is not sent.
    pub fields: BTreeMap<String, String>,
}
