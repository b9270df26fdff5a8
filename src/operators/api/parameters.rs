//! What stands behind the question mark: each is read once, and what is left over is refused.

use std::str::FromStr;

use actix_web::{HttpRequest, web};
use jiff::Timestamp;

use super::refusal::Refusal;
use crate::{
    delivery::{Reason, State},
    ledger::{Act, AuditSearch, Cursor, FieldMatch, Page, Search},
};

/// How many a page holds where nothing is said.
const USUAL: usize = 50;
/// How many a page holds at most.
pub(super) const MOST: usize = 200;

/// The filters of lists of events and deliveries.
pub(in super::super) const FILTERS: &[&str] = &[
    "since", "until", "source", "event", "type", "desk", "state", "reason", "priority", "incident",
    "silence", "text", "data.*",
];

const INSTANT: &str = "allowed is an instant of RFC 3339, as `2026-10-18T12:00:00Z`";

/// The parameters of one request that were not read yet.
#[derive(Debug)]
pub(in super::super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Those of a request.
    pub(in super::super) fn of(request: &HttpRequest) -> Result<Self, Refusal> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let pairs = pairs.map_err(|error| {
            Refusal::parameter("?", error.to_string(), "allowed are pairs of names and values")
        })?;
        Ok(Self(pairs.into_inner()))
    }

    /// Those that a form of the console was sent with.
    pub(in super::super) fn given(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Reads a parameter as a text.
    pub(in super::super) fn text(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(at) = self.0.iter().position(|(known, _)| known == name) else {
            return Ok(None);
        };
        let (_, value) = self.0.swap_remove(at);
        if self.0.iter().any(|(known, _)| known == name) {
            return Err(Refusal::parameter(name, "is there twice", "allowed is one"));
        }
        if value.is_empty() {
            return Err(Refusal::parameter(
                name,
                "is empty",
                "allowed is a value, or no parameter",
            ));
        }
        Ok(Some(value))
    }

    /// Reads a parameter into its type.
    pub(super) fn read<T: FromStr>(
        &mut self,
        name: &str,
        allowed: &str,
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let wrong = |_| Refusal::parameter(name, "cannot be read", allowed);
        text.parse().map(Some).map_err(wrong)
    }

    /// How many.
    pub(super) fn limit(&mut self, most: usize) -> Result<usize, Refusal> {
        let allowed = format!("allowed is a whole number from 1 to {most}");
        let limit: usize = self.read("limit", &allowed)?.unwrap_or(USUAL.min(most));
        if (1..=most).contains(&limit) {
            Ok(limit)
        } else {
            Err(Refusal::parameter("limit", "is out of bounds", allowed))
        }
    }

    /// Which part of a list of this kind.
    fn page(&mut self, kind: &str) -> Result<Page, Refusal> {
        let most = self.limit(MOST)?;
        let after = match self.text("cursor")? {
            None => None,
            Some(text) => Some(Cursor::read(kind, &text).map_err(|wrong| {
                Refusal::parameter("cursor", wrong.to_string(), "allowed is a `next` of this list")
            })?),
        };
        Ok(Page { after, most })
    }

    /// Reads all that a list of this kind is asked for: what is chosen by `filters`, and which part of
    /// it. Nothing else may be there.
    pub(in super::super) fn list<S>(
        mut self,
        kind: &str,
        filters: &[&str],
        search: impl FnOnce(&mut Self) -> Result<S, Refusal>,
    ) -> Result<(S, Page), Refusal> {
        let asked = (search(&mut self)?, self.page(kind)?);
        self.done(&[filters, &["limit", "cursor"]].concat())?;
        Ok(asked)
    }

    /// Which part of a list of this kind, of which nothing is chosen.
    pub(in super::super) fn only_page(self, kind: &str) -> Result<Page, Refusal> {
        let ((), page) = self.list(kind, &[], |_| Ok(()))?;
        Ok(page)
    }

    /// What of events and deliveries is chosen.
    pub(in super::super) fn search(&mut self) -> Result<Search, Refusal> {
        let mut fields = Vec::new();
        while let Some(at) = self.0.iter().position(|(name, _)| name.starts_with("data.")) {
            let (name, value) = self.0.remove(at);
            fields.push(field(&name, &value)?);
        }
        Ok(Search {
            since: self.read("since", INSTANT)?,
            until: self.read("until", INSTANT)?,
            source: self.read("source", "allowed is a source's name")?,
            event: self.read("event", "allowed is the sender's id of an event")?,
            event_type: self.read("type", "allowed is an event type, as `payment.failed`")?,
            desk: self.read("desk", "allowed is a desk's name")?,
            state: self.text("state")?.map(|state| state_of(&state)).transpose()?,
            reason: self.text("reason")?.map(|reason| reason_of(&reason)).transpose()?,
            priority: self.read("priority", PRIORITIES)?,
            incident: self.text("incident")?,
            silence: self.read("silence", "allowed is a silence's number")?,
            text: self.text("text")?,
            fields,
        })
    }

    /// Which incidents.
    pub(in super::super) fn incident_search(&mut self) -> Result<Search, Refusal> {
        Ok(Search {
            since: self.read("since", INSTANT)?,
            until: self.read("until", INSTANT)?,
            desk: self.read("desk", "allowed is a desk's name")?,
            incident: self.text("incident")?,
            ..Search::default()
        })
    }

    /// Which entries of the audit log.
    pub(in super::super) fn audit_search(&mut self) -> Result<AuditSearch, Refusal> {
        let acts: Vec<&str> = Act::ALL.iter().map(|act| act.as_str()).collect();
        Ok(AuditSearch {
            since: self.read::<Timestamp>("since", INSTANT)?,
            until: self.read::<Timestamp>("until", INSTANT)?,
            who: self.text("who")?,
            act: self.read("act", &format!("allowed are {}", acts.join(", ")))?,
            subject: self.text("subject")?,
        })
    }

    /// Refuses what was not read. `known` are those that may be there.
    pub(in super::super) fn done(self, known: &[&str]) -> Result<(), Refusal> {
        let Some((name, _)) = self.0.into_iter().next() else { return Ok(()) };
        let allowed = match known {
            [] => "allowed is none".to_owned(),
            _ => format!("allowed are {}", known.join(", ")),
        };
        Err(Refusal::parameter(name, "is not known here", allowed))
    }
}

pub(super) const PRIORITIES: &str = "allowed are LOW, MEDIUM, HIGH, URGENT and CRITICAL";

/// A member of the payload that is chosen by.
pub(super) fn field(name: &str, value: &str) -> Result<FieldMatch, Refusal> {
    FieldMatch::new(name, value).map_err(|wrong| {
        Refusal::parameter(name, wrong.to_string(), "allowed is as `data.customer.email`")
    })
}

/// A state, by its name.
pub(super) fn state_of(text: &str) -> Result<&'static str, Refusal> {
    let known = State::NAMES.into_iter().find(|name| *name == text);
    known.ok_or_else(|| {
        let allowed = format!("allowed are {}", State::NAMES.join(", "));
        Refusal::parameter("state", "is no state", allowed)
    })
}

/// A reason, by its name.
pub(super) fn reason_of(text: &str) -> Result<Reason, Refusal> {
    text.parse().map_err(|_| {
        let all: Vec<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        Refusal::parameter("reason", "is no reason", format!("allowed are {}", all.join(", ")))
    })
}
