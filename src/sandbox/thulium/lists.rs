//! The system's lists: statuses with substatuses, queues, categories, agents. Their pages are not
//! public: the members have the names that tickets have for them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// The status of a new ticket whose request names none.
pub(super) const NEW: &str = "1";
/// The status that closes a ticket.
pub(super) const CLOSED: &str = "4";
/// The queue of the mailbox.
pub(super) const QUEUE: &str = "32";

/// Id, name, and the substatuses' ids and names.
type Status = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const STATUSES: [Status; 4] = [
    (NEW, "Nowe", &[]),
    ("2", "W trakcie", &[("2", "Eskalacja")]),
    ("3", "Oczekuje na klienta", &[]),
    (CLOSED, "Zamknięte", &[("5", "Rozwiązane")]),
];
const QUEUES: [(&str, &str); 2] = [(QUEUE, "mailbox@foo.bar"), ("33", "Reklamacje")];
const CATEGORIES: [(&str, &str); 3] =
    [("2", "Płatności"), ("3", "Zamówienia"), ("4", "Integracje")];
const AGENTS: [(&str, &str, &str); 2] =
    [("akowalski", "Adam", "Kowalski"), ("testowy.agent17", "Testowy", "Agent")];

/// Whether there is a status with this id.
pub(super) fn is_status(id: &str, missing: &BTreeSet<String>) -> bool {
    !missing.contains(id) && STATUSES.iter().any(|(known, _, _)| *known == id)
}

/// Whether there is a substatus with this id.
pub(super) fn is_substatus(id: &str) -> bool {
    STATUSES.iter().any(|(_, _, parts)| parts.iter().any(|(known, _)| *known == id))
}

/// Whether there is a queue with this id.
pub(super) fn is_queue(id: &str) -> bool {
    QUEUES.iter().any(|(known, _)| *known == id)
}

/// Whether there is a category with this id.
pub(super) fn is_category(id: &str) -> bool {
    CATEGORIES.iter().any(|(known, _)| *known == id)
}

/// Whether there is an agent with this login.
pub(super) fn is_agent(login: &str) -> bool {
    AGENTS.iter().any(|(known, _, _)| *known == login)
}

/// The queue's name.
pub(super) fn queue_name(id: &str) -> &'static str {
    QUEUES.iter().find(|(known, _)| *known == id).map_or("", |(_, name)| name)
}

/// Status and substatus as people see them: `some status - some sub status`.
pub(super) fn full_status_name(status: &str, substatus: Option<&str>) -> String {
    let Some((_, name, parts)) = STATUSES.iter().find(|(id, _, _)| *id == status) else {
        return String::new();
    };
    let part = parts.iter().find(|(id, _)| Some(*id) == substatus);
    part.map_or_else(|| (*name).to_owned(), |(_, part)| format!("{name} - {part}"))
}

/// All statuses but those that are missing.
pub(super) fn statuses(missing: &BTreeSet<String>) -> Value {
    let status = |(id, name, parts): &Status| {
        let parts: Vec<_> =
            parts.iter().map(|(id, name)| json!({"substatus_id": id, "name": name})).collect();
        json!({"status_id": id, "name": name, "substatuses": parts})
    };
    STATUSES.iter().filter(|(id, _, _)| !missing.contains(*id)).map(status).collect()
}

/// All queues.
pub(super) fn queues() -> Value {
    QUEUES.iter().map(|(id, name)| json!({"ticket_queue_id": id, "name": name})).collect()
}

/// All categories.
pub(super) fn categories() -> Value {
    CATEGORIES.iter().map(|(id, name)| json!({"category_id": id, "name": name})).collect()
}

/// All agents.
pub(super) fn agents() -> Value {
    AGENTS.iter().map(agent).collect()
}

/// The agent with this login.
pub(super) fn agent_of(login: &str) -> Option<Value> {
    AGENTS.iter().find(|(known, _, _)| *known == login).map(agent)
}

fn agent((login, name, surname): &(&str, &str, &str)) -> Value {
    json!({"login": login, "name": name, "surname": surname})
}
