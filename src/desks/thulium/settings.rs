//! What `[desks.<name>]` says for `kind = "thulium"`.

use std::{collections::BTreeMap, time::Duration};

use secrecy::SecretString;

use crate::{desks::Window, ticket::Priority};

/// Thulium documents no limits; two requests in a second are bearable for any system.
pub const PACING: &[Window] = &[Window { requests: 2, per: Duration::from_secs(1) }];

/// The settings of one Thulium system.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The API user's name.
    pub user: String,
    /// The API user's password.
    pub password: SecretString,
    /// The e-mail address of a mailbox of the system: a ticket's `to`, which also picks the queue.
    pub mailbox: String,
    /// The name of the ticket's custom field that holds the delivery key; `None` where the system
    /// has none, and then a doubt cannot be settled by looking.
    pub key_field: Option<String>,
    /// The name of the custom field for the priority, which Thulium's tickets do not have.
    pub priority_field: Option<String>,
    /// The tags that stand for priorities.
    pub priority_tags: BTreeMap<Priority, String>,
    /// The id of new tickets' status; the system's own where there is none.
    pub status: Option<String>,
    /// The id of resolved tickets' status.
    pub resolved_status: Option<String>,
    /// The id of the queue; by the mailbox where there is none.
    pub queue: Option<String>,
    /// The id of the category of tickets whose rule names none that the system has.
    pub category: Option<String>,
    /// Metadata name → the ticket's custom field. Metadata that is not listed is not sent.
    pub custom_fields: BTreeMap<String, String>,
    /// The member of `POST tickets/:id/comment` that takes the text. Where there is none, comments
    /// are added with `customer_response`, which has a public page; `comment` has none.
    pub comment_field: Option<String>,
}
