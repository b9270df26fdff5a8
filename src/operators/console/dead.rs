//! Dead letters: in groups by what they died of, one by one, and what is done to them.

use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::{Value, context, value::Serde};

use super::{
    Pages,
    lists::Asked,
    refusal::Turned,
    session::{Sent, Visit},
    templates::to,
};
use crate::{
    delivery::DeliveryKey,
    ledger::Search,
    operators::{
        MOST_REPLAYED, Office, OfficeError, Ruling,
        api::{
            admission::{Operate, Read},
            issues::{named, word},
            looking::DELIVERIES,
            parameters::{FILTERS, Parameters},
        },
        views::{DeliveryView, IssueCounts},
    },
};

/// The issues, the largest first.
pub(super) async fn issues(
    visit: Visit<Read>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let issues = office.issues().await?;
    let counts = IssueCounts::of(&issues);
    let now = office.clock.now().to_string();
    let page = context! {
        at => "dead", issues => Serde(issues), counts => Serde(counts), most => MOST_REPLAYED, now
    };
    Ok(pages.shown(&visit.session, "dead.html", page))
}

/// Dead letters by filter, page by page.
pub(super) async fn letters(
    visit: Visit<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let page = in_state(&request, &office, "dead").await?;
    Ok(pages.shown(&visit.session, "letters.html", page))
}

/// A page of the deliveries in this state that the list's form chooses.
pub(super) async fn in_state(
    request: &HttpRequest,
    office: &Office,
    state: &'static str,
) -> Result<Value, Turned> {
    let asked = Asked::of(request, DELIVERIES, FILTERS, Parameters::search)?;
    let search = Search { state: Some(state), ..asked.search.clone() };
    let found = office.deliveries(&search, &asked.page).await?;
    Ok(context! {
        at => "dead",
        next => Serde(asked.behind(found.next.as_ref())),
        deliveries => Serde(found.items),
        chosen => Serde(asked.chosen()),
        sent => Serde(asked.sent),
    })
}

/// Puts the dead letters of one reason at one desk back to work, the latest first.
pub(super) async fn replay_group(
    mut sent: Sent<Operate>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let (desk, died_of) = (sent.fields.take("desk"), sent.fields.take("died_of"));
    let why = sent.fields.reason()?;
    // A group has both: without them, everything would be chosen.
    let (desk, died_of) = desk.zip(died_of).ok_or(Turned::BadForm)?;
    let chosen = vec![("desk".to_owned(), desk), ("reason".to_owned(), died_of)];
    let search = Parameters::given(chosen).search()?;
    let by = office.by_session(&sent.session.token, Some(why));
    let outcome = office.replay_all(&search, MOST_REPLAYED, &by).await?;
    let page = context! {
        at => "dead",
        replayed => outcome.replayed.len(),
        more => outcome.more,
        refused => Serde(outcome.refused),
    };
    Ok(pages.shown(&sent.session, "replayed.html", page))
}

/// Says how an issue stands.
pub(super) async fn judge(
    mut sent: Sent<Operate>,
    path: web::Path<(String, String)>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let (status, why) = word(sent.fields.take("status"), sent.fields.take("reason"))?;
    sent.fields.done()?;
    let (desk, died_of) = named(&path.0, &path.1)?;
    let by = office.by_session(&sent.session.token, why);
    office.judge_issue(&desk, died_of, status, &by).await?;
    Ok(to("/console/dead"))
}

/// Puts a dead letter back to work.
pub(super) async fn replay(
    mut sent: Sent<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let rules = sent.fields.take("rules");
    let why = sent.fields.maybe_reason()?;
    let ruling = match rules.as_deref() {
        None | Some("as-routed") => Ruling::AsRouted,
        Some("today") => Ruling::Today,
        Some(_) => return Err(Turned::BadForm),
    };
    let by = office.by_session(&sent.session.token, why);
    Ok(to_event(&office.replay_by(&key(&path)?, ruling, &by).await?))
}

/// Gives a dead letter or a doubt up.
pub(super) async fn discard(
    sent: Sent<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let why = sent.fields.reason()?;
    let by = office.by_session(&sent.session.token, Some(why));
    Ok(to_event(&office.discard(&key(&path)?, &by).await?))
}

pub(super) fn key(text: &str) -> Result<DeliveryKey, Turned> {
    text.parse().map_err(|_| OfficeError::unknown("delivery", text).into())
}

pub(super) fn to_event(delivery: &DeliveryView) -> HttpResponse {
    to(&format!("/console/events/{}/{}", segment(&delivery.source), segment(&delivery.event)))
}

/// A text as one part of a path.
fn segment(text: &str) -> String {
    use std::fmt::Write as _;
    let mut part = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) {
            part.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(part, "%{byte:02X}");
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_an_event_is_called_is_one_part_of_a_path() {
        assert_eq!(segment("evt_1-a~"), "evt_1-a~");
        assert_eq!(segment("a/../b?c#d ä"), "a%2F%2E%2E%2Fb%3Fc%23d%20%C3%A4");
    }
}
