//! Silences.

use actix_web::{
    HttpRequest,
    web::{self, Json},
};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Answer, Refusal,
    acting::{MaybeWhy, Why},
    admission::{May, Operate, Read},
    body::{self, Body},
    described::{Listed, Refused},
    looking::{List, key, nothing_asked},
    parameters::Parameters,
};
use crate::{
    delivery::{InvalidSilence, NewSilence, SilenceChoice, SilenceId},
    operators::{
        Office, OfficeError, check_when,
        views::{DeliveryView, SilenceView},
    },
};

/// What the list is called in its cursors.
pub(in super::super) const SILENCES: &str = "silences";

/// The most names of one list, and the most letters of `when`.
const MOST_NAMES: usize = 100;
const MOST_LETTERS: usize = 2_000;

/// A silence that is to be made. At least one of sources, types, desks and `when` says which
/// deliveries it is about; `"types": ["*"]` is all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Wanted {
    /// Why, for those who look later.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 500, pattern = "\\S")]
    pub(in super::super) reason: Option<String>,
    /// When it begins; null: now.
    #[schema(format = DateTime)]
    pub(in super::super) from: Option<String>,
    /// When it is over: at most 30 days after it begins.
    #[schema(value_type = String, required = true, format = DateTime)]
    pub(in super::super) until: Option<String>,
    /// Of these sources.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub(in super::super) sources: Vec<String>,
    /// Of these event types: `payment.failed`, `payment.*`, `*`.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub(in super::super) types: Vec<String>,
    /// For these desks.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub(in super::super) desks: Vec<String>,
    /// Of which this expression is true, written as rules have it. What a source redacts is not there.
    #[schema(min_length = 1, max_length = 2000)]
    pub(in super::super) when: Option<String>,
}

fn all<T: std::str::FromStr>(
    name: &str,
    texts: Vec<String>,
    allowed: &str,
) -> Result<Vec<T>, Refusal> {
    if texts.len() > MOST_NAMES {
        return Err(Refusal::parameter(name, "is too long", "allowed are 100 names"));
    }
    let read = |text: String| {
        text.parse().map_err(|_| Refusal::parameter(name, "cannot be read", allowed))
    };
    texts.into_iter().map(read).collect()
}

fn instant(name: &str, text: &str) -> Result<Timestamp, Refusal> {
    let allowed = "allowed is an instant of RFC 3339";
    text.parse().map_err(|_| Refusal::parameter(name, "cannot be read", allowed))
}

impl Wanted {
    /// What is wanted, and why.
    pub(in super::super) fn read(self, now: Timestamp) -> Result<(NewSilence, String), Refusal> {
        let why = body::reason(self.reason)?;
        if let Some(when) = &self.when {
            let wrong = |what: String| {
                Refusal::parameter("when", what, "allowed is an expression as rules have it")
            };
            if when.trim().is_empty() || when.chars().count() > MOST_LETTERS {
                return Err(wrong("cannot be kept".to_owned()));
            }
            check_when(when).map_err(|bad| wrong(format!("{}; {}", bad.what, bad.cure)))?;
        }
        let choice = SilenceChoice {
            sources: all("sources", self.sources, "allowed are sources' names")?,
            types: all("types", self.types, "allowed are types, as `payment.failed`, `payment.*`")?,
            desks: all("desks", self.desks, "allowed are desks' names")?,
            when: self.when,
        };
        let from = self.from.map(|text| instant("from", &text)).transpose()?.unwrap_or(now);
        let missing =
            || Refusal::parameter("until", "is missing", "allowed is an instant of RFC 3339");
        let until = instant("until", &self.until.ok_or_else(missing)?)?;
        let silence = NewSilence { from, until, choice };
        silence.check(now).map_err(|why| {
            let (name, allowed) = match why {
                InvalidSilence::Everything => ("types", "allowed is `*`, or another choice"),
                InvalidSilence::Backwards | InvalidSilence::Over | InvalidSilence::TooLong => {
                    ("until", "allowed is an end to come, 30 days after the beginning at most")
                }
            };
            Refusal::parameter(name, format!("cannot be kept: {why}"), allowed)
        })?;
        Ok((silence, why))
    }
}

/// Reads a silence's number.
pub(in super::super) fn id(text: &str) -> Result<SilenceId, OfficeError> {
    text.parse().map_err(|_| OfficeError::unknown("silence", text))
}

/// Silences, the last made first, with how much each suppresses.
#[utoipa::path(
    get, path = "/api/v1/silences", tag = "read", security(("token" = ["read"])),
    params(Listed),
    responses((status = 200, description = "A page of them.", body = List<SilenceView>), Refused),
)]
pub(super) async fn silences(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<SilenceView>> {
    let page = Parameters::of(&request)?.only_page(SILENCES)?;
    Ok(Json(List::of(office.silences(&page).await?, SILENCES)))
}

/// One silence. `deliveries?silence=` lists what it suppresses, or did.
#[utoipa::path(
    get, path = "/api/v1/silences/{id}", tag = "read", security(("token" = ["read"])),
    params(("id" = i64, Path, description = "The silence's number.")),
    responses((status = 200, description = "The silence.", body = SilenceView), Refused),
)]
pub(super) async fn silence(
    _: May<Read>,
    request: HttpRequest,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Answer<SilenceView> {
    nothing_asked(&request)?;
    Ok(Json(office.silence(id(&path)?).await?))
}

/// Makes a silence: deliveries that it is about get no ticket while it holds.
#[utoipa::path(
    post, path = "/api/v1/silences", tag = "operate",
    request_body(content = Wanted), security(("token" = ["operate"])),
    responses((status = 200, description = "The silence.", body = SilenceView), Refused),
)]
pub(super) async fn create(
    may: May<Operate>,
    office: web::Data<Office>,
    Body(wanted): Body<Wanted>,
) -> Answer<SilenceView> {
    let (silence, why) = wanted.read(office.clock.now())?;
    let by = office.by_token(&may.token, Some(why));
    Ok(Json(office.create_silence(&silence, &by).await?))
}

/// Ends a silence before its time. What it suppressed stays suppressed until it is released.
#[utoipa::path(
    post, path = "/api/v1/silences/{id}/end", tag = "operate",
    params(("id" = i64, Path, description = "The silence's number.")),
    request_body(content = Option<MaybeWhy>), security(("token" = ["operate"])),
    responses((status = 200, description = "It is over.", body = SilenceView), Refused),
)]
pub(super) async fn end(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(why): Body<MaybeWhy>,
) -> Answer<SilenceView> {
    let why = why.said()?;
    Ok(Json(office.end_silence(id(&path)?, &office.by_token(&may.token, why)).await?))
}

/// Lets all that a silence has suppressed by now have its ticket, a hundred in a second. No silence
/// that there is suppresses them again.
#[utoipa::path(
    post, path = "/api/v1/silences/{id}/release", tag = "operate",
    params(("id" = i64, Path, description = "The silence's number.")),
    request_body(content = Why), security(("token" = ["operate"])),
    responses((status = 200, description = "It is being released.", body = SilenceView), Refused),
)]
pub(super) async fn release(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(why): Body<Why>,
) -> Answer<SilenceView> {
    let by = office.by_token(&may.token, Some(why.said()?));
    Ok(Json(office.release_silence(id(&path)?, &by).await?))
}

/// Lets one delivery that a silence suppressed have its ticket.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{key}/release", tag = "operate",
    params(("key" = String, Path, description = "The delivery's key.")),
    request_body(content = Option<MaybeWhy>), security(("token" = ["operate"])),
    responses((status = 200, description = "It is on its way.", body = DeliveryView), Refused),
)]
pub(super) async fn release_delivery(
    may: May<Operate>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(why): Body<MaybeWhy>,
) -> Answer<DeliveryView> {
    let by = office.by_token(&may.token, why.said()?);
    Ok(Json(office.release_delivery(&key(&path)?, &by).await?))
}
