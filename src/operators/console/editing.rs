//! Mending a dead letter's event: look at what an edit would change, then do it.

use actix_web::{HttpResponse, web};
use minijinja::{context, value::Serde};
use serde::Serialize;
use serde_json::Value;

use super::{
    Pages,
    dead::{key, to_event},
    forms::Fields,
    refusal::Turned,
    session::{Sent, Session, Visit},
    shown::written,
};
use crate::{
    delivery::DeliveryKey,
    event::{Change, Limits, Violation, differences, read_json},
    ledger::EditRecord,
    operators::{
        EditWish, Office, OfficeError, Ruling,
        api::{admission::Operate, refusal::Refusal},
        views::{EditedView, EditsView},
    },
};

/// What somebody wants to make of the payload, as the form has it.
#[derive(Debug, Default, Serialize)]
struct Draft {
    /// The payload as it is to be, JSON.
    data: String,
    /// Why, for those who look later.
    reason: String,
    /// `as-routed`, `today`, or nothing: it stays dead.
    replay: String,
}

/// The payload that counts, to be changed.
pub(super) async fn form(
    visit: Visit<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let edits = office.edits(&key(&path)?).await?;
    let draft =
        Draft { data: written(&edits.data), replay: "as-routed".to_owned(), reason: String::new() };
    Ok(shown(&visit.session, &pages, &edits, &draft, Told::Nothing))
}

/// Tells what an edit would change, or makes it.
pub(super) async fn edit(
    mut sent: Sent<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let key = key(&path)?;
    let (draft, seen, is_look) = read(&mut sent.fields);
    sent.fields.done()?;
    let edits = office.edits(&key).await?;
    if seen != edits.delivery.edit.unwrap_or_default().to_string() {
        let words = "somebody else has edited it since you opened the page";
        return Err(OfficeError::NotAllowed(words.to_owned()).into());
    }
    let wish = match wished(&draft, &edits, is_look) {
        Ok(wish) => wish,
        Err(wrong) => {
            return Ok(shown(&sent.session, &pages, &edits, &draft, Told::Wrong(&[wrong])));
        }
    };
    if draft.reason.is_empty() && !is_look {
        let wrong = Violation {
            pointer: "why".to_owned(),
            detail: "is missing: for those who look later".to_owned(),
        };
        return Ok(shown(&sent.session, &pages, &edits, &draft, Told::Wrong(&[wrong])));
    }
    match made(&office, &sent.session, &key, &wish, &draft).await {
        Ok(view) if is_look => Ok(shown(&sent.session, &pages, &edits, &draft, Told::Would(&view))),
        Ok(view) => Ok(to_event(&view.delivery)),
        Err(Turned::Refused(Refusal::Office(OfficeError::Unfit(wrong)))) => {
            Ok(shown(&sent.session, &pages, &edits, &draft, Told::Wrong(&wrong)))
        }
        Err(turned) => Err(turned),
    }
}

/// The draft, the edit that it goes out from, and whether it is only to be looked at.
fn read(fields: &mut Fields) -> (Draft, String, bool) {
    let mut take = |name| fields.take(name).unwrap_or_default();
    let draft = Draft { data: take("data"), reason: take("reason"), replay: take("replay") };
    let seen = take("seen");
    (draft, seen, take("act") != "edit")
}

fn wished(draft: &Draft, edits: &EditsView, dry_run: bool) -> Result<EditWish, Violation> {
    let wrong = |detail: String| Violation { pointer: "/data".to_owned(), detail };
    let wanted = read_json(draft.data.as_bytes(), Limits::POSTED)
        .map_err(|error| wrong(error.to_string()))?;
    let replay = match draft.replay.as_str() {
        "as-routed" => Some(Ruling::AsRouted),
        "today" => Some(Ruling::Today),
        _ => None,
    };
    Ok(EditWish { edit: differences(&edits.data, &wanted), replay, dry_run })
}

async fn made(
    office: &Office,
    session: &Session,
    key: &DeliveryKey,
    wish: &EditWish,
    draft: &Draft,
) -> Result<EditedView, Turned> {
    let why = Some(draft.reason.clone()).filter(|why| !why.is_empty());
    let by = office.by_session(&session.token, why);
    Ok(office.edit(key, wish, &by).await?)
}

/// What the page says above the form.
#[derive(Clone, Copy)]
enum Told<'t> {
    Nothing,
    Wrong(&'t [Violation]),
    Would(&'t EditedView),
}

fn shown(
    session: &Session,
    pages: &Pages,
    edits: &EditsView,
    draft: &Draft,
    told: Told<'_>,
) -> HttpResponse {
    let (wrong, would) = match told {
        Told::Nothing => (&[][..], None),
        Told::Wrong(wrong) => (wrong, None),
        Told::Would(view) => (&[][..], Some(view)),
    };
    let page = context! {
        at => "dead",
        delivery => Serde(edits.delivery.clone()),
        original => written(&edits.original),
        edits => Serde(edits.edits.iter().map(Edited::of).collect::<Vec<_>>()),
        draft => Serde(draft),
        wrong => Serde(wrong.to_vec()),
        would => Serde(would.map(|view| ChangedLine::all(&view.changes))),
        replay => Serde(would.and_then(|view| view.replay.clone())),
    };
    pages.shown(session, "edit.html", page)
}

/// An edit that was made.
#[derive(Debug, Serialize)]
pub(super) struct Edited<'e> {
    number: u32,
    at: jiff::Timestamp,
    who: &'e str,
    why: Option<&'e str>,
    changes: Vec<ChangedLine<'e>>,
}

impl<'e> Edited<'e> {
    pub(super) fn of(record: &'e EditRecord) -> Self {
        let EditRecord { number, at, who, why, changes, .. } = record;
        let changes = ChangedLine::all(changes);
        Self { number: *number, at: *at, who, why: why.as_deref(), changes }
    }
}

/// A change, with its values as JSON: a template would not keep their numbers.
#[derive(Debug, Serialize)]
struct ChangedLine<'e> {
    pointer: &'e str,
    before: Option<String>,
    after: Option<String>,
}

impl<'e> ChangedLine<'e> {
    fn all(changes: &'e [Change]) -> Vec<Self> {
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
        let line = |change: &'e Change| Self {
            pointer: &change.pointer,
            before: text(&change.before),
            after: text(&change.after),
        };
        changes.iter().map(line).collect()
    }
}
