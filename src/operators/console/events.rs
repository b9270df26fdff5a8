//! Events: the list, and what happened to one.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use minijinja::{context, value::Serde};
use serde::Serialize;

use super::{
    Pages, editing::Edited, lists::Asked, refusal::Turned, session::Visit, shown::written,
};
use crate::{
    delivery::{Attempt, AttemptOutcome, Reason, State},
    event::{EventId, SourceName},
    operators::{
        Office, OfficeError,
        api::{
            admission::Read,
            looking::EVENTS,
            parameters::{FILTERS, Parameters},
        },
        views::{DeliveryDetail, DeliveryView, EventDetail, VerdictView},
    },
    rules::Matching,
    ticket::Priority,
};

/// Events by filter, page by page.
pub(super) async fn events(
    visit: Visit<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let asked = Asked::of(&request, EVENTS, FILTERS, Parameters::search)?;
    let found = office.events(&asked.search, &asked.page).await?;
    let next = asked.behind(found.next.as_ref());
    let reasons: Vec<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
    let page = context! {
        at => "events",
        events => Serde(found.items),
        next => Serde(next),
        sent => Serde(asked.sent),
        states => State::NAMES.to_vec(),
        reasons,
        priorities => Serde(Priority::URGENT_FIRST),
    };
    Ok(pages.shown(&visit.session, "events.html", page))
}

/// One event: what came, and everything that happened to it.
pub(super) async fn event(
    visit: Visit<Read>,
    path: web::Path<(String, String)>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let (source, id) = path.into_inner();
    let named = source.parse::<SourceName>().ok().zip(id.parse::<EventId>().ok());
    let unknown = || OfficeError::unknown("event", format!("{id} of {source}"));
    let (source, id) = named.ok_or_else(unknown)?;
    let detail = office.event(&source, &id).await?;
    let of_type = detail.rules.iter().filter(|it| it.verdict != Matching::OtherType.as_str());
    let verdicts: Vec<&VerdictView> = of_type.collect();
    let page = context! {
        at => "events",
        line => Serde(line_of(&detail)),
        of_other_types => detail.rules.len() - verdicts.len(),
        verdicts => Serde(verdicts),
        payload => written(&detail.event),
        deliveries => Serde(detail.deliveries.iter().map(Shown::of).collect::<Vec<_>>()),
        receipt => Serde(detail.receipt),
    };
    Ok(pages.shown(&visit.session, "event.html", page))
}

/// A delivery, with what was asked of the desk as JSON: a template would not keep its numbers.
#[derive(Debug, Serialize)]
struct Shown<'d> {
    delivery: &'d DeliveryView,
    steps: Vec<String>,
    edits: Vec<Edited<'d>>,
    requests: Vec<String>,
    /// Whether it may be sent back to work.
    is_dead: bool,
    /// Whether only an operator can tell if it has its ticket.
    is_in_doubt: bool,
    /// Whether a silence keeps its ticket away.
    is_suppressed: bool,
}

impl<'d> Shown<'d> {
    fn of(detail: &'d DeliveryDetail) -> Self {
        let state = detail.delivery.state;
        Self {
            delivery: &detail.delivery,
            steps: detail.steps.iter().map(written).collect(),
            edits: detail.edits.iter().map(Edited::of).collect(),
            requests: detail.requests.iter().map(ToString::to_string).collect(),
            is_dead: state == "dead",
            is_in_doubt: state == "uncertain",
            is_suppressed: state == "suppressed",
        }
    }
}

/// Something that happened.
#[derive(Debug, Serialize)]
struct Moment {
    at: Timestamp,
    /// `good`, `bad` or nothing.
    tone: &'static str,
    /// The desk that it is about.
    desk: Option<String>,
    what: String,
    /// In the desk's words, where it had any.
    words: Option<String>,
    /// By what the desk's support finds it.
    marks: Option<String>,
    /// The silence that it came of.
    silence: Option<i64>,
}

impl Moment {
    fn at(at: Timestamp, what: String) -> Self {
        Self { at, tone: "", desk: None, what, words: None, marks: None, silence: None }
    }

    fn of(attempt: &Attempt, desk: &str) -> Self {
        let Attempt { number, outcome, failure, counts, .. } = attempt;
        // Of those that end well nobody asks.
        let is_told = *counts || failure.is_none();
        let uncounted =
            if is_told { "" } else { ", does not count towards the desk's `max_attempts`" };
        let reason = failure.as_ref().map(|failure| format!(": {}", failure.reason.as_str()));
        let what = format!(
            "Attempt {number} {}{}{uncounted}",
            outcome.as_str(),
            reason.unwrap_or_default(),
        );
        let marks = failure.as_ref().map(|failure| {
            let status = failure.status.map(|status| format!("HTTP {status}"));
            let code = failure.code.as_ref().map(|code| format!("code {code}"));
            let call = failure.correlation_id.as_ref().map(|id| format!("call {id}"));
            status.into_iter().chain(code).chain(call).collect::<Vec<_>>().join(", ")
        });
        Self {
            at: attempt.ended,
            tone: tone(*outcome),
            desk: Some(desk.to_owned()),
            what,
            words: failure.as_ref().map(|failure| failure.words.clone()),
            marks: marks.filter(|marks| !marks.is_empty()),
            silence: None,
        }
    }
}

fn tone(outcome: AttemptOutcome) -> &'static str {
    match outcome {
        AttemptOutcome::Ticketed | AttemptOutcome::Merged | AttemptOutcome::Resolved => "good",
        AttemptOutcome::Dead | AttemptOutcome::Uncertain | AttemptOutcome::Crashed => "bad",
        AttemptOutcome::Retrying | AttemptOutcome::Suppressed => "",
    }
}

/// Everything that happened, in its order.
fn line_of(detail: &EventDetail) -> Vec<Moment> {
    let receipt = &detail.receipt;
    let mut line =
        vec![Moment::at(receipt.received_at, format!("Received from {}", receipt.source))];
    if receipt.routes.is_empty() {
        line.push(Moment::at(
            receipt.received_at,
            "No rule matched: no desk gets a ticket".to_owned(),
        ));
    }
    for route in &receipt.routes {
        let what = format!("Rule {} routes it, at priority {}", route.rule, route.priority);
        let moment = Moment::at(receipt.received_at, what);
        line.push(Moment { desk: Some(route.desk.clone()), ..moment });
    }
    for DeliveryDetail { delivery, history, .. } in &detail.deliveries {
        // A delivery knows the last silence that suppressed it.
        let last = history.iter().rposition(|it| it.outcome == AttemptOutcome::Suppressed);
        line.extend(history.iter().enumerate().map(|(at, attempt)| {
            let silence = delivery.silence.filter(|_| Some(at) == last);
            Moment { silence, ..Moment::of(attempt, &delivery.desk) }
        }));
        if let Some(by) = &delivery.discarded_by {
            let moment = Moment::at(delivery.updated_at, format!("Given up by {by}"));
            let desk = Some(delivery.desk.clone());
            line.push(Moment { desk, words: delivery.discarded_why.clone(), ..moment });
        }
    }
    line.sort_by_key(|moment| moment.at);
    line
}
