//! The calls on tickets.

use clap::Subcommand;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};

use super::{
    Sheet, USERS,
    arguments::{Comment, Filter, Members, Whose},
    id,
};
use crate::{
    cli::{WrongCall, desk::sheet::Columns},
    desks::{
        DeskError,
        kf5::{self, Client, Id, Ids, NewTicket, Order, Search, Status, Ticket, User},
    },
};

/// What people see of many tickets.
const TICKETS: Columns<'_> = &[
    ("id", "/id"),
    ("title", "/title"),
    ("type", "/type"),
    ("status", "/status"),
    ("priority", "/priority"),
    ("assignee", "/assignee_id"),
    ("updated", "/updated_at"),
];

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Calls {
    /// Show one ticket, or several: up to 100.
    Get {
        #[arg(required = true, value_parser = id)]
        ids: Vec<Id>,
    },
    /// List tickets, page by page to the end. For administrators alone.
    List {
        #[command(flatten)]
        filter: Filter,
        /// Those of one agent, by id.
        #[arg(long, value_name = "ID", value_parser = id)]
        agent: Option<Id>,
        /// Stop after so many.
        #[arg(long, value_name = "COUNT")]
        most: Option<usize>,
    },
    /// Open a ticket.
    Create {
        #[arg(long)]
        title: String,
        #[command(flatten)]
        comment: Comment,
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        members: Members,
    },
    /// Change a ticket, and reply to it; or make one change to several, up to 100.
    Update {
        #[arg(required = true, value_parser = id)]
        ids: Vec<Id>,
        #[arg(long)]
        title: Option<String>,
        #[command(flatten)]
        comment: Comment,
        #[command(flatten)]
        members: Members,
    },
    /// Delete one ticket, or several: up to 100. For administrators alone.
    Delete {
        #[arg(required = true, value_parser = id)]
        ids: Vec<Id>,
    },
    /// Look for tickets. KF5 may learn of new ones some time later, and does not search to the letter.
    Search {
        /// Words in several members.
        query: Option<String>,
        /// A status; may be repeated, or parted by commas.
        #[arg(long = "status", value_delimiter = ',')]
        statuses: Vec<Status>,
        /// The value of any custom field.
        #[arg(long, value_name = "VALUE")]
        field_value: Option<String>,
        /// asc or desc, which is KF5's own.
        #[arg(long, value_name = "ORDER")]
        created_order: Option<Order>,
        /// Stop after so many.
        #[arg(long, value_name = "COUNT")]
        most: Option<usize>,
    },
    /// The comments of a ticket.
    Comments {
        #[arg(value_parser = id)]
        id: Id,
    },
    /// The users who may get copies of a ticket.
    Collaborators {
        #[arg(value_parser = id)]
        id: Id,
    },
    /// The incidents of a problem.
    Incidents {
        #[arg(value_parser = id)]
        id: Id,
    },
    /// All problems.
    Problems,
}

impl Calls {
    pub(super) async fn run(self, client: &Client) -> anyhow::Result<Sheet> {
        match self {
            Self::Get { ids } => get(client, ids).await,
            Self::List { filter, agent: None, most } => {
                list(client.tickets(&filter.read()), most).await
            }
            Self::List { filter, agent: Some(agent), most } => {
                list(client.tickets_of(&agent, &filter.read()), most).await
            }
            Self::Create { title, comment, whose, members } => {
                let silent = || WrongCall("say something: --content or --html".to_owned());
                let comment = comment.read().ok_or_else(silent)?;
                let (requester, change) = (whose.requester(), members.change());
                Sheet::one(&client.create(&NewTicket { title, comment, requester, change }).await?)
            }
            Self::Update { ids, title, comment, members } => {
                let comment = comment.read();
                update(client, ids, kf5::Change { title, comment, ..members.change() }).await
            }
            Self::Delete { ids } => {
                match <[Id; 1]>::try_from(ids) {
                    Ok([id]) => client.delete(&id).await?,
                    Err(ids) => client.delete_many(&many(ids)?).await?,
                }
                Sheet::done("what there was of them is deleted")
            }
            Self::Search { query, statuses, field_value, created_order, most } => {
                let search = Search { query, statuses, field_value, created_order };
                list(client.search(&search), most).await
            }
            Self::Comments { id } => {
                let comments: Vec<kf5::Comment> = client.comments(&id).try_collect().await?;
                let columns = [("id", "/id"), ("author", "/author_id"), ("public", "/public")];
                let texts = [("created", "/created_at"), ("content", "/content")];
                Sheet::list(&comments, &[&columns[..], &texts[..]].concat())
            }
            Self::Collaborators { id } => {
                let users: Vec<User> = client.collaborators(&id).try_collect().await?;
                Sheet::list(&users, USERS)
            }
            Self::Incidents { id } => list(client.incidents(&id), None).await,
            Self::Problems => list(client.problems(), None).await,
        }
    }
}

async fn get(client: &Client, ids: Vec<Id>) -> anyhow::Result<Sheet> {
    match <[Id; 1]>::try_from(ids) {
        Ok([id]) => {
            let ticket = client.show(&id).await?;
            let missing = || anyhow::anyhow!("the desk has no ticket `{id}`");
            Sheet::one(&ticket.ok_or_else(missing)?)
        }
        Err(ids) => Sheet::list(&client.show_many(&many(ids)?).await?, TICKETS),
    }
}

async fn update(client: &Client, ids: Vec<Id>, change: kf5::Change) -> anyhow::Result<Sheet> {
    match <[Id; 1]>::try_from(ids) {
        Ok([id]) => Sheet::one(&client.update(&id, &change).await?),
        Err(ids) => Sheet::list(
            &client.update_many(&many(ids)?, &change).await?,
            &[("id", "/id"), ("changed", "/success"), ("why not", "/errors")],
        ),
    }
}

async fn list(
    tickets: impl Stream<Item = Result<Ticket, DeskError>>,
    most: Option<usize>,
) -> anyhow::Result<Sheet> {
    let tickets: Vec<Ticket> = tickets.take(most.unwrap_or(usize::MAX)).try_collect().await?;
    Sheet::list(&tickets, TICKETS)
}

fn many(ids: Vec<Id>) -> Result<Ids, WrongCall> {
    Ids::try_from(ids).map_err(|error| WrongCall(error.to_string()))
}
