//! What a ticket is made of, changed by and listed by, as arguments.

use clap::Args;

use super::{id, pairs};
use crate::desks::kf5::{
    Change, Id, Kind, Level, ListFilter, NewComment, Order, Requester, Status,
};

/// A comment.
#[derive(Debug, Args)]
pub(in crate::cli) struct Comment {
    /// Plain text.
    #[arg(long)]
    content: Option<String>,
    /// HTML, shown in the place of the plain text.
    #[arg(long)]
    html: Option<String>,
    /// Let the requester see it; KF5 may mail it. Without this it is for agents.
    #[arg(long)]
    public: bool,
    /// The token of an uploaded file; may be repeated.
    #[arg(long = "upload", value_name = "TOKEN")]
    uploads: Vec<String>,
}

/// What is changed.
#[derive(Debug, Args)]
pub(in crate::cli) struct Members {
    /// problem, incident, question or task.
    #[arg(long = "type")]
    kind: Option<Kind>,
    /// new, open, pending, solved or closed.
    #[arg(long)]
    status: Option<Status>,
    /// low, medium, high or urgent.
    #[arg(long)]
    priority: Option<Level>,
    /// An agent's id.
    #[arg(long, value_parser = id)]
    assignee: Option<Id>,
    /// A group's id.
    #[arg(long, value_parser = id)]
    group: Option<Id>,
    /// The problem that an incident is one of, by its id.
    #[arg(long, value_parser = id)]
    problem: Option<Id>,
    /// Until when a task is due: `2016-01-01 00:00:00`.
    #[arg(long)]
    due_at: Option<String>,
    /// A tag; may be repeated. Those before are replaced.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// A user who gets copies, by id; may be repeated. Those before are replaced.
    #[arg(long = "collaborator", value_name = "ID", value_parser = id)]
    collaborators: Vec<Id>,
    /// A custom field's value, as `field_123=x`; may be repeated.
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = pairs::pair)]
    fields: Vec<(String, String)>,
}

/// Whose ticket it is.
#[derive(Debug, Args)]
pub(in crate::cli) struct Whose {
    /// A user's id; the agent whose key it is, where nobody is named.
    #[arg(long, value_parser = id, conflicts_with_all = ["email", "phone", "name"])]
    requester: Option<Id>,
    /// An e-mail address; KF5 makes a user of one that it does not know.
    #[arg(long)]
    email: Option<String>,
    /// A telephone number; it counts where there is no e-mail address.
    #[arg(long)]
    phone: Option<String>,
    /// The name of a user who is made.
    #[arg(long)]
    name: Option<String>,
}

/// Which tickets, and in which order.
#[derive(Debug, Args)]
pub(in crate::cli) struct Filter {
    /// Made at this time or after: `2016-01-01 00:00:00`, or seconds since 1970.
    #[arg(long, value_name = "TIME")]
    created_start: Option<String>,
    /// Made at this time or before.
    #[arg(long, value_name = "TIME")]
    created_end: Option<String>,
    /// Changed at this time or after.
    #[arg(long, value_name = "TIME")]
    updated_start: Option<String>,
    /// Changed at this time or before.
    #[arg(long, value_name = "TIME")]
    updated_end: Option<String>,
    /// asc or desc.
    #[arg(long, value_name = "ORDER")]
    created_order: Option<Order>,
    /// asc or desc.
    #[arg(long, value_name = "ORDER")]
    updated_order: Option<Order>,
    /// asc or desc.
    #[arg(long, value_name = "ORDER")]
    status_order: Option<Order>,
    /// By a custom field: `field_690=asc`.
    #[arg(long, value_name = "NAME=ORDER", value_parser = field_order)]
    field_order: Option<(String, Order)>,
    /// Tickets of one page.
    #[arg(long, value_name = "COUNT")]
    per_page: Option<u32>,
}

impl Comment {
    /// `None` where it says nothing.
    pub(super) fn read(self) -> Option<NewComment> {
        let Self { content, html, public, uploads } = self;
        let is_said = content.is_some() || html.is_some() || !uploads.is_empty();
        let public = Some(public);
        is_said.then(|| NewComment { content, html, public, uploads, ..NewComment::default() })
    }
}

impl Members {
    pub(super) fn change(self) -> Change {
        let fields = self.fields.into_iter().map(|(name, value)| (name, value.into()));
        Change {
            kind: self.kind,
            status: self.status,
            priority: self.priority,
            assignee: self.assignee,
            group: self.group,
            problem: self.problem,
            due_at: self.due_at,
            tags: (!self.tags.is_empty()).then_some(self.tags),
            collaborators: (!self.collaborators.is_empty()).then_some(self.collaborators),
            custom_fields: fields.collect(),
            ..Change::default()
        }
    }
}

impl Whose {
    pub(super) fn requester(self) -> Option<Requester> {
        match self {
            Self { requester: Some(id), .. } => Some(Requester::Id(id)),
            Self { email: None, phone: None, .. } => None,
            Self { email, phone, name, .. } => Some(Requester::Person { email, phone, name }),
        }
    }
}

impl Filter {
    pub(super) fn read(self) -> ListFilter {
        let Self {
            created_start,
            created_end,
            updated_start,
            updated_end,
            created_order,
            updated_order,
            status_order,
            field_order,
            per_page,
        } = self;
        ListFilter {
            created_start,
            created_end,
            updated_start,
            updated_end,
            created_order,
            updated_order,
            status_order,
            field_order,
            page: None,
            per_page,
        }
    }
}

fn field_order(text: &str) -> Result<(String, Order), String> {
    let (name, order) = pairs::pair(text)?;
    Ok((name, order.parse().map_err(|_| "the order is asc or desc".to_owned())?))
}
