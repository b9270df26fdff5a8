//! Tickets as they are listed and shown: filters, order, pages, and the vendor's members.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    lists,
    query::Query,
    refusal::Refusal,
    settings::Settings,
    tickets::{Message, MessageKind, Ticket},
};

/// The most tickets of one page.
const LONGEST_PAGE: usize = 100;

/// One page of tickets.
pub(super) fn page(
    tickets: &[Ticket],
    query: &Query,
    settings: &Settings,
    now: Timestamp,
) -> Result<Value, Refusal> {
    let limit = query.number("limit", 1, LONGEST_PAGE, LONGEST_PAGE)?;
    let offset = query.number("offset", 0, usize::MAX, 0)?;
    for (name, _) in query.keyed("custom_fields") {
        if !settings.custom_fields.contains(name) {
            return Err(Refusal::invalid(format!("There is no custom field [{name}].")));
        }
    }
    let dates = Dates::of(query)?;
    let is_in = |ticket: &&Ticket| {
        is_in(ticket, query) && dates.hold(ticket) && has_fields(ticket, query, settings, now)
    };
    let mut found: Vec<&Ticket> = tickets.iter().filter(is_in).collect();
    sort(&mut found, query.get("order").unwrap_or("-update_date"))?;
    let with_fields = query.flag("include_custom_fields");
    let page = found.iter().skip(offset).take(limit);
    let result: Vec<Value> = page
        .map(|ticket| {
            let mut shown = shown(ticket, settings, with_fields);
            shown["ticket_id"] = ticket.id.to_string().into();
            shown
        })
        .collect();
    Ok(json!({"count": found.len(), "result": result}))
}

fn is_in(ticket: &Ticket, query: &Query) -> bool {
    let members = [
        ("customer_id", ticket.customer_id.as_deref()),
        ("user_login", ticket.user_login.as_deref()),
        ("source", Some(ticket.source.as_str())),
        ("ticket_queue_id", Some(ticket.queue_id.as_str())),
        ("category_id", ticket.category_id.as_deref()),
        // No ticket here belongs to a company.
        ("company_id", None),
    ];
    let is_same = |(name, known): (&str, Option<&str>)| {
        query.get(name).is_none_or(|wanted| known == Some(wanted))
    };
    let statuses = query.all("status_id");
    let has_message = query.get("message_id").is_none_or(|wanted| {
        ticket.messages.iter().any(|message| message.id.to_string() == wanted)
    });
    members.into_iter().all(is_same)
        && (statuses.is_empty() || statuses.contains(&ticket.status_id.as_str()))
        && has_message
}

/// The first and the last minute that were asked for. Minutes compare as texts.
struct Dates {
    updated: [Option<String>; 2],
    created: [Option<String>; 2],
}

impl Dates {
    fn of(query: &Query) -> Result<Self, Refusal> {
        // A day alone is its first minute or, as an end, its last.
        let bound = |name: &str, time: &str| match query.get(name) {
            None => Ok(None),
            Some(text) if text.len() == 10 => Ok(Some(format!("{text} {time}"))),
            Some(text) if text.len() == 16 => Ok(Some(text.to_owned())),
            Some(_) => Err(Refusal::invalid(format!("Parameter [{name}] is no date."))),
        };
        Ok(Self {
            updated: [bound("date_from", "00:00")?, bound("date_to", "23:59")?],
            created: [bound("create_date_from", "00:00")?, bound("create_date_to", "23:59")?],
        })
    }

    fn hold(&self, ticket: &Ticket) -> bool {
        let is_between = |[from, to]: &[Option<String>; 2], at: String| {
            from.as_ref().is_none_or(|from| at >= *from) && to.as_ref().is_none_or(|to| at <= *to)
        };
        is_between(&self.updated, minute(ticket.updated_at))
            && is_between(&self.created, minute(ticket.created_at))
    }
}

fn has_fields(ticket: &Ticket, query: &Query, settings: &Settings, now: Timestamp) -> bool {
    let asked = query.keyed("custom_fields");
    let age = Duration::try_from(now.duration_since(ticket.created_at)).unwrap_or_default();
    let is_known = age >= settings.filter_lag;
    asked.is_empty()
        || is_known
            && asked.into_iter().all(|(name, values)| {
                let known = ticket.custom_fields.get(name).and_then(Value::as_str);
                let known = known.unwrap_or_default();
                let is_it = |wanted: &&str| {
                    known == *wanted || settings.loose_filter && known.contains(wanted)
                };
                values.iter().any(is_it)
            })
}

fn sort(found: &mut [&Ticket], order: &str) -> Result<(), Refusal> {
    // The last key first: a stable sort keeps it where the keys before it are the same.
    for key in order.split(',').rev() {
        let (name, descends) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
        match name {
            "create_date" => found.sort_by_key(|ticket| (ticket.created_at, ticket.id)),
            "update_date" => found.sort_by_key(|ticket| (ticket.updated_at, ticket.id)),
            _ => return Err(Refusal::invalid(format!("Tickets are not ordered by [{name}]."))),
        }
        if descends {
            found.reverse();
        }
    }
    Ok(())
}

/// A ticket in the vendor's words.
pub(super) fn shown(ticket: &Ticket, settings: &Settings, with_fields: bool) -> Value {
    let id = |id: &str| number_or_text(id, settings.ids_as_text);
    let optional = |id_text: Option<&str>| id_text.map_or(Value::Null, id);
    let mut shown = json!({
        "ticket_id": id(&ticket.id.to_string()),
        "user_login": ticket.user_login,
        "from": ticket.from,
        "ticket_queue_name": lists::queue_name(&ticket.queue_id),
        "ticket_queue_id": id(&ticket.queue_id),
        "subject": ticket.subject,
        "category_id": optional(ticket.category_id.as_deref()),
        "source": ticket.source,
        "status_id": ticket.status_id,
        "substatus_id": ticket.substatus_id,
        "tags": ticket.tags,
        "customer_id": optional(ticket.customer_id.as_deref()),
        "full_status_name":
            lists::full_status_name(&ticket.status_id, ticket.substatus_id.as_deref()),
        "created_at": minute(ticket.created_at),
        "updated_at": minute(ticket.updated_at),
        "closed_at": ticket.closed_at.map(minute),
        "messages": ticket.messages.iter().map(message).collect::<Vec<_>>(),
    });
    if with_fields {
        let field = |name: &String| {
            (name.clone(), ticket.custom_fields.get(name).cloned().unwrap_or_default())
        };
        let fields: Map<String, Value> = settings.custom_fields.iter().map(field).collect();
        shown["custom_fields"] = Value::Object(fields);
    }
    shown
}

fn message(message: &Message) -> Value {
    let (kind, body, comment) = match message.kind {
        MessageKind::Mail => ("MAIL", message.text.as_str(), ""),
        MessageKind::Reply => ("REPLY", message.text.as_str(), ""),
        MessageKind::Comment => ("COMMENT", "", message.text.as_str()),
    };
    json!({
        "message_id": message.id,
        "user_login": message.author.clone().unwrap_or_default(),
        "type": kind,
        "body": body,
        "comment": comment,
        "system_comment": "",
        "created_at": minute(message.at),
        "attachments": [],
        "ratings": [],
    })
}

fn number_or_text(id: &str, is_text: bool) -> Value {
    match id.parse::<u64>() {
        Ok(number) if !is_text => number.into(),
        _ => id.into(),
    }
}

/// The vendor's form of time: minutes, without a zone.
fn minute(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M").to_string()
}
