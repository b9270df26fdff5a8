//! Every documented ticket call, and those of its neighbours that tickets need, as requests that
//! are not sent yet.
//!
//! Sources: the vendor's pages "Tickets" (for agents), "Ticket Comments", "Users", "Ticket Fields",
//! "Groups" and "Attachments".

use reqwest::Method;

use super::{Change, Id, Ids, ListFilter, NewTicket, Search, filters::Query, pages::Listing};
use crate::desks::call::{Call, encoded};

const TICKETS: &str = "/tickets.json";
const TICKET: &str = "/tickets/{id}.json";

/// All tickets; for administrators.
pub(super) fn list(filter: &ListFilter) -> Listing {
    listing(TICKETS, TICKETS.to_owned(), filter.query(), "tickets").beginning_at(filter)
}

/// The tickets of one agent.
pub(super) fn list_of(agent: &Id, filter: &ListFilter) -> Listing {
    let path = format!("/users/{agent}/tickets.json");
    listing("/users/{id}/tickets.json", path, filter.query(), "tickets").beginning_at(filter)
}

/// Tickets by what stands in them.
pub(super) fn search(search: &Search) -> Listing {
    let path = "/tickets/search.json";
    listing(path, path.to_owned(), search.query(), "tickets")
}

/// The incidents of a problem.
pub(super) fn incidents(problem: &Id) -> Listing {
    let path = format!("/tickets/{problem}/incidents.json");
    listing("/tickets/{id}/incidents.json", path, Query::new(), "tickets")
}

/// All problems, the one that was changed last first.
pub(super) fn problems() -> Listing {
    let path = "/tickets/problems.json";
    listing(path, path.to_owned(), Query::new(), "tickets")
}

/// The users who may get copies of a ticket.
pub(super) fn collaborators(ticket: &Id) -> Listing {
    let path = format!("/tickets/{ticket}/collaborators.json");
    listing("/tickets/{id}/collaborators.json", path, Query::new(), "users")
}

/// The comments of a ticket, the oldest first.
pub(super) fn comments(ticket: &Id) -> Listing {
    let path = format!("/tickets/{ticket}/comments.json");
    let query = vec![("sort_order", "asc".to_owned())];
    listing("/tickets/{id}/comments.json", path, query, "comments")
}

/// Users by name, address or number, not to the letter.
pub(super) fn users(words: &str) -> Listing {
    let path = "/users/search.json";
    listing(path, path.to_owned(), vec![("query", encoded(words))], "users")
}

/// The custom fields of tickets.
pub(super) fn ticket_fields() -> Listing {
    let path = "/ticket_fields.json";
    listing(path, path.to_owned(), Query::new(), "ticket_fields")
}

/// One ticket.
pub(super) fn show(id: &Id) -> Call {
    Call::get(TICKET, format!("/tickets/{id}.json"))
}

/// Several tickets.
pub(super) fn show_many(ids: &Ids) -> Call {
    Call::get("/tickets/show_many.json", format!("/tickets/show_many.json?ids={ids}"))
}

/// A new ticket.
pub(super) fn create(ticket: &NewTicket) -> Call {
    Call::with_body(Method::POST, TICKETS, TICKETS.to_owned(), ticket.body())
}

/// A change, and perhaps a reply.
pub(super) fn update(id: &Id, change: &Change) -> Call {
    Call::with_body(Method::PUT, TICKET, format!("/tickets/{id}.json"), change.body())
}

/// The same change to several tickets.
pub(super) fn update_many(ids: &Ids, change: &Change) -> Call {
    let path = format!("/tickets/update_many.json?ids={ids}");
    Call::with_body(Method::PUT, "/tickets/update_many.json", path, change.body())
}

/// The end of a ticket; for administrators.
pub(super) fn delete(id: &Id) -> Call {
    Call::bare(Method::DELETE, TICKET, format!("/tickets/{id}.json"))
}

/// The end of several tickets; for administrators. The page's example says `destroy_many` where
/// its heading says `delete_many`: the heading's path is taken.
pub(super) fn delete_many(ids: &Ids) -> Call {
    let path = format!("/tickets/delete_many.json?ids={ids}");
    Call::bare(Method::DELETE, "/tickets/delete_many.json", path)
}

/// The agent who asks.
pub(super) fn me() -> Call {
    Call::get("/users/me.json", "/users/me.json".to_owned())
}

/// Several users.
pub(super) fn show_users(ids: &Ids) -> Call {
    Call::get("/users/show_many.json", format!("/users/show_many.json?ids={ids}"))
}

/// One group of agents.
pub(super) fn group(id: &Id) -> Call {
    Call::get("/groups/{id}.json", format!("/groups/{id}.json"))
}

/// A file to name in a comment.
pub(super) fn upload(name: &str, content: Vec<u8>) -> Call {
    let path = format!("/attachments.json?filename={}", encoded(name));
    Call::with_bytes(Method::POST, "/attachments.json", path, "application/binary", content)
}

fn listing(template: &'static str, path: String, query: Query, member: &'static str) -> Listing {
    Listing { template, path, query, member, page: 1, per_page: None }
}

impl Listing {
    fn beginning_at(self, filter: &ListFilter) -> Self {
        Self { page: filter.page.unwrap_or(1).max(1), per_page: filter.per_page, ..self }
    }
}
