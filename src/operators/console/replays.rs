//! Bulk replays: the plan of one, how far each has come, and steering them.

use std::num::NonZeroU32;

use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{
    Pages,
    lists::Asked,
    refusal::Turned,
    session::{Sent, Visit},
    templates::to,
};
use crate::{
    ledger::{NewReplay, ReplayName, SearchDocument, Steering},
    operators::{
        Office, OfficeError,
        api::{
            admission::{Operate, Read},
            looking::DELIVERIES,
            parameters::{FILTERS, Parameters},
            refusal::Refusal,
        },
    },
};

/// How many replays the list has.
pub(super) const MOST: usize = 50;

/// The latest replays.
pub(super) async fn replays(
    visit: Visit<Read>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let page = context! { at => "replays", replays => Serde(office.replays(MOST).await?) };
    Ok(pages.shown(&visit.session, "replays.html", page))
}

/// One replay, desk by desk.
pub(super) async fn replay(
    visit: Visit<Read>,
    path: web::Path<String>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let replay = office.find_replay(&name(&path)?).await?;
    let page = context! { at => "replays", replay => Serde(replay) };
    Ok(pages.shown(&visit.session, "replay.html", page))
}

/// What a replay of what the filter chooses would do.
pub(super) async fn plan(
    visit: Visit<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let asked = Asked::of(&request, DELIVERIES, FILTERS, Parameters::search)?;
    let plan = office.plan_replay(&asked.search, None).await?;
    let filter = serde_json::to_string(&plan.filter).unwrap_or_default();
    let page = context! { at => "replays", plan => Serde(plan), sent => Serde(asked.sent), filter };
    Ok(pages.shown(&visit.session, "plan.html", page))
}

/// Begins the replay that a plan was shown of.
pub(super) async fn begin(
    mut sent: Sent<Operate>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let fields = &mut sent.fields;
    let (named, filter, rate) = (fields.take("name"), fields.take("filter"), fields.take("rate"));
    let why = sent.fields.reason()?;
    let filter: Option<SearchDocument> = filter.and_then(|text| serde_json::from_str(&text).ok());
    let search = filter.and_then(|filter| filter.search().ok()).ok_or(Turned::BadForm)?;
    let name: ReplayName = named.unwrap_or_default().parse().map_err(|_| {
        let allowed = "allowed are a-z, 0-9, `-`, `_` and `.`, at most 63 of them";
        Refusal::parameter("name", "is no name of a replay", allowed)
    })?;
    let rate = rate.map(|text| text.trim().parse::<NonZeroU32>()).transpose().map_err(|_| {
        Refusal::parameter("rate", "is no number", "allowed is how many a minute, 1 at least")
    })?;
    let by = office.by_session(&sent.session.token, Some(why));
    let replay = office.begin_replay(&NewReplay { name, search, rate }, &by).await?;
    Ok(to(&format!("/console/replays/{}", replay.name)))
}

/// Has a replay wait, go on, or end.
pub(super) async fn steer(
    sent: Sent<Operate>,
    path: web::Path<(String, String)>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let why = sent.fields.maybe_reason()?;
    let steering = match path.1.as_str() {
        "pause" => Steering::Pause,
        "resume" => Steering::Resume,
        "cancel" => Steering::Cancel,
        _ => return Err(Turned::Refused(Refusal::NotFound)),
    };
    let by = office.by_session(&sent.session.token, why);
    let replay = office.steer_replay(&name(&path.0)?, steering, &by).await?;
    Ok(to(&format!("/console/replays/{}", replay.name)))
}

/// A replay's name, where it can be one.
pub(super) fn name(text: &str) -> Result<ReplayName, Turned> {
    text.parse().map_err(|_| OfficeError::unknown("replay", text).into())
}
