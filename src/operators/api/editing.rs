//! Edits of dead letters.

use actix_web::{
    HttpRequest,
    web::{self, Json},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    Answer, Refusal,
    admission::{May, Operate, Read},
    body::{self, optional_reason, reason},
    described::Refused,
    looking::{key, nothing_asked},
};
use crate::{
    event::{DataPath, Edit, Stroke},
    operators::{
        EditWish, Office, Ruling,
        views::{EditedView, EditsView},
    },
};

/// What is to be changed of the payload, and what is to be done with it. What is not named stays as
/// it is, also where the source redacts it. First `data`, then `set`, then `unset`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// A JSON merge patch (RFC 7396) of the payload.
    #[schema(value_type = Option<Object>, example = json!({ "customer": { "email": "ann@example.com" } }))]
    data: Option<Map<String, Value>>,
    /// Places and what is to be there: `data.customer.email`, or as a JSON pointer into the event,
    /// `/data/customer/email`. `-` is the end of a list.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({ "data.customer.email": "ann@example.com" }))]
    set: Map<String, Value>,
    /// Places of what is to be gone.
    #[serde(default)]
    unset: Vec<String>,
    /// Why, for those who look later. Wanted unless it is a `dry_run`.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    reason: Option<String>,
    /// Whether it goes back to work in the same act.
    #[serde(default)]
    replay: bool,
    /// By which rules it does.
    rules: Option<Ruling>,
    /// Whether it is only told what would happen.
    #[serde(default)]
    dry_run: bool,
}

impl Wish {
    /// What is wanted, and why.
    fn read(self) -> Result<(EditWish, Option<String>), Refusal> {
        let why =
            if self.dry_run { optional_reason(self.reason)? } else { Some(reason(self.reason)?) };
        if self.rules.is_some() && !self.replay {
            let allowed = "allowed is it together with `replay`";
            return Err(Refusal::parameter("rules", "is of no use", allowed));
        }
        let mut strokes: Vec<Stroke> = self.data.into_iter().map(Stroke::Merge).collect();
        for (path, value) in self.set {
            strokes.push(Stroke::Set(place("set", &path)?, value));
        }
        for path in self.unset {
            strokes.push(Stroke::Unset(place("unset", &path)?));
        }
        let edit: Edit = strokes.into_iter().collect();
        if edit.is_empty() {
            let allowed = "allowed is a merge patch there, or `set`, or `unset`";
            return Err(Refusal::parameter("data", "is missing", allowed));
        }
        let replay = self.replay.then(|| self.rules.unwrap_or_default());
        Ok((EditWish { edit, replay, dry_run: self.dry_run }, why))
    }
}

fn place(member: &str, path: &str) -> Result<DataPath, Refusal> {
    path.parse().map_err(|_| {
        let allowed = "allowed is as `data.customer.email`, or `/data/customer/email`";
        Refusal::parameter(member, "names no place in the payload", allowed)
    })
}

/// Edits the event of a dead letter for its desk, and replays it in the same act where that is
/// wanted. The event as it was posted is kept, and so is every edit; its id, source, type and time
/// cannot be edited. The edited event has to be one that the receiver would take.
#[utoipa::path(
    post, path = "/api/v1/deliveries/{key}/edit", tag = "operate",
    params(("key" = String, Path, description = "The delivery's key.")),
    request_body(content = Wish), security(("token" = ["operate"])),
    responses((status = 200, description = "What was changed, or would be.", body = EditedView), Refused),
)]
pub(super) async fn edit(
    may: May<Operate>,
    request: HttpRequest,
    path: web::Path<String>,
    office: web::Data<Office>,
    payload: web::Payload,
) -> Answer<EditedView> {
    nothing_asked(&request)?;
    let wish: Wish = body::read_payload(&request, payload, office.longest_event).await?;
    let (wish, why) = wish.read()?;
    let by = office.by_token(&may.token, why);
    Ok(Json(office.edit(&key(&path)?, &wish, &by).await?))
}

/// What a delivery's event says: as it was posted, as it counts, and every edit.
#[utoipa::path(
    get, path = "/api/v1/deliveries/{key}/edits", tag = "read", security(("token" = ["read"])),
    params(("key" = String, Path, description = "The delivery's key.")),
    responses((status = 200, description = "The event and its edits.", body = EditsView), Refused),
)]
pub(super) async fn edits(
    _: May<Read>,
    request: HttpRequest,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Answer<EditsView> {
    nothing_asked(&request)?;
    Ok(Json(office.edits(&key(&path)?).await?))
}
