//! What the token may do, by scope. The pages name `tickets` for everything about tickets, and
//! granular scopes for the rest; which of them making a property takes, they do not agree on.

use std::collections::BTreeSet;

use actix_web::http::Method;

use super::records::Kind;

/// Where a private app's token is asked for its scopes ("Private apps").
pub(super) const TOKEN_INFO: &str = "/oauth/v2/private-apps/get/access-token-info";

/// Making properties of tickets.
const SCHEMA: &str = "crm.schemas.tickets.write";

/// What the token is granted at first.
const GRANTED: [&str; 8] = [
    "tickets",
    SCHEMA,
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
];

/// What is left of it.
pub(super) fn granted(revoked: &BTreeSet<String>) -> Vec<&'static str> {
    GRANTED.into_iter().filter(|scope| !revoked.contains(*scope)).collect()
}

/// The scope that a call needs and the token lacks.
pub(super) fn lacking(
    revoked: &BTreeSet<String>,
    method: &Method,
    path: &str,
) -> Option<&'static str> {
    let scope = needed(method, path)?;
    revoked.contains(scope).then_some(scope)
}

fn needed(method: &Method, path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let ["crm", rest @ ..] = &segments[..] else { return None };
    let is_property = rest.contains(&"properties");
    let kind = rest.iter().find_map(|segment| Kind::parse(segment))?;
    let is_question = method == Method::GET || matches!(rest.last(), Some(&"search" | &"read"));
    if is_property && kind == Kind::Ticket && !is_question {
        return Some(SCHEMA);
    }
    Some(match (kind, is_question) {
        (Kind::Ticket, _) => "tickets",
        (Kind::Contact | Kind::Note, true) => "crm.objects.contacts.read",
        (Kind::Contact | Kind::Note, false) => "crm.objects.contacts.write",
        (Kind::Company, true) => "crm.objects.companies.read",
        (Kind::Company, false) => "crm.objects.companies.write",
        (Kind::Deal, true) => "crm.objects.deals.read",
        (Kind::Deal, false) => "crm.objects.deals.write",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_needs_the_scope_that_its_page_names() {
        for (method, path, scope) in [
            (Method::POST, "/crm/v3/objects/tickets", Some("tickets")),
            (Method::GET, "/crm/objects/2026-03/tickets/1", Some("tickets")),
            (Method::GET, "/crm/v3/properties/tickets/amount", Some("tickets")),
            (Method::POST, "/crm/v3/properties/tickets", Some(SCHEMA)),
            (Method::POST, "/crm/v3/objects/companies/search", Some("crm.objects.companies.read")),
            (Method::POST, "/crm/v3/objects/notes", Some("crm.objects.contacts.write")),
            (Method::POST, TOKEN_INFO, None),
        ] {
            assert_eq!(needed(&method, path), scope, "{method} {path}");
        }
    }
}
