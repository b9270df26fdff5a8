//! The calls of a KF5 account.

mod arguments;
mod ticket;

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use futures_util::TryStreamExt as _;

use super::{Sheet, pairs, sheet::Columns};
use crate::{
    cli::WrongCall,
    desks::{
        BuildError, DeskSettings, Vendor,
        kf5::{Client, Id, User},
    },
};

/// What people see of many users.
const USERS: Columns<'_> = &[
    ("id", "/id"),
    ("name", "/name"),
    ("email", "/email"),
    ("phone", "/phone"),
    ("role", "/role"),
];

/// KF5's documented calls on tickets, as agents make them.
#[derive(Debug, Subcommand)]
pub(super) enum Calls {
    /// Tickets.
    #[command(subcommand)]
    Ticket(Box<ticket::Calls>),
    /// Users: the one whose key it is, or those in whom these words stand.
    Users {
        /// A part of a name, of an address or of a number.
        words: Option<String>,
    },
    /// The custom fields that tickets may have.
    Fields,
    /// Upload a file. A comment names it by its token, once.
    Upload { file: PathBuf },
}

impl super::Calls for Calls {
    const KIND: &'static str = "kf5";
    type Client = Client;

    fn client(settings: &DeskSettings, vendor: &Vendor) -> Option<Result<Client, BuildError>> {
        let Vendor::Kf5(vendor) = vendor else { return None };
        Some(Client::new(settings, vendor))
    }

    async fn run(self, client: &Client) -> anyhow::Result<Sheet> {
        match self {
            Self::Ticket(calls) => calls.run(client).await,
            Self::Users { words: None } => Sheet::one(&client.me().await?),
            Self::Users { words: Some(words) } => {
                let users: Vec<User> = client.users(&words).try_collect().await?;
                Sheet::list(&users, USERS)
            }
            Self::Fields => Sheet::list(
                &client.ticket_fields().await?,
                &[
                    ("name", "/name"),
                    ("title", "/title"),
                    ("type", "/type"),
                    ("required", "/required"),
                    ("options", "/options"),
                ],
            ),
            Self::Upload { file } => {
                let shown = file.display();
                let unread = || WrongCall(format!("`{shown}` cannot be read"));
                let content = fs::read(&file).with_context(unread)?;
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                Sheet::one(&client.upload(&name, content).await?)
            }
        }
    }
}

/// Reads an id.
fn id(text: &str) -> Result<Id, String> {
    text.parse::<Id>().map_err(|error| format!("it {error}"))
}
