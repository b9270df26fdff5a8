//! Call-backs to sources: which were not received, and sending again what was given up.

use actix_web::{
    HttpRequest,
    web::{self, Json},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Answer, Refusal,
    admission::{May, Operate, Read},
    body::{Body, optional_reason},
    described::{Listed, Refused},
    looking::List,
    parameters::Parameters,
};
use crate::{
    ledger::{CallbackRecord, Resent, WhichCallbacks},
    operators::Office,
};

/// What the list is called in its cursors.
pub(in super::super) const CALLBACKS: &str = "callbacks";

/// The most ids of one call.
const MOST_IDS: usize = 200;

/// Which call-backs are sent again: some by their ids, or all of a source that were given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Again {
    /// Those of these ids.
    #[schema(min_items = 1, max_items = 200)]
    pub(in super::super) ids: Option<Vec<String>>,
    /// All of this source.
    pub(in super::super) source: Option<String>,
    /// For those who look later.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub(in super::super) reason: Option<String>,
}

impl Again {
    /// Which, and why.
    pub(in super::super) fn read(self) -> Result<(WhichCallbacks, Option<String>), Refusal> {
        let which = match (self.ids, self.source) {
            (Some(ids), None) if (1..=MOST_IDS).contains(&ids.len()) => WhichCallbacks::Ids(ids),
            (None, Some(source)) => WhichCallbacks::Source(source.parse().map_err(|_| {
                Refusal::parameter("source", "cannot be read", "allowed is a source's name")
            })?),
            _ => {
                let allowed = format!("allowed are 1 to {MOST_IDS} ids, or else a source");
                return Err(Refusal::parameter("ids", "do not say which", allowed));
            }
        };
        Ok((which, optional_reason(self.reason)?))
    }
}

/// Call-backs that their receivers have not taken, the oldest first. What was given up stays for 30
/// days.
#[utoipa::path(
    get, path = "/api/v1/callbacks", tag = "read", security(("token" = ["read"])),
    params(Listed),
    responses((status = 200, description = "A page of them.", body = List<CallbackRecord>), Refused),
)]
pub(super) async fn callbacks(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<CallbackRecord>> {
    let page = Parameters::of(&request)?.only_page(CALLBACKS)?;
    Ok(Json(List::of(office.callbacks(&page).await?, CALLBACKS)))
}

/// Has call-backs that were given up sent again, under the same ids and by a schedule that begins
/// anew. Done twice, each is sent once.
#[utoipa::path(
    post, path = "/api/v1/callbacks/resend", tag = "operate",
    request_body(content = Again), security(("token" = ["operate"])),
    responses((status = 200, description = "What became of each.", body = Resent), Refused),
)]
pub(super) async fn resend(
    may: May<Operate>,
    office: web::Data<Office>,
    Body(again): Body<Again>,
) -> Answer<Resent> {
    let (which, why) = again.read()?;
    Ok(Json(office.resend_callbacks(&which, &office.by_token(&may.token, why)).await?))
}
