//! What may be done with `admin`.

use actix_web::{
    HttpRequest,
    web::{self, Json},
};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Answer, Refusal,
    acting::MaybeWhy,
    admission::{Admin, May},
    body::Body,
    described::{Dated, Listed, Refused},
    looking::List,
    parameters::Parameters,
};
use crate::{
    ledger::{AuditEntry, Scope, TokenName, TokenRecord},
    operators::{Office, OfficeError},
};

/// What the lists are called in their cursors.
pub(in super::super) const AUDIT: &str = "audit";
pub(in super::super) const TOKENS: &str = "tokens";

/// The filters of the audit log.
pub(in super::super) const AUDIT_FILTERS: &[&str] = &["since", "until", "who", "act", "subject"];

/// A token that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Wanted {
    /// Its name.
    #[schema(min_length = 1, max_length = 63, pattern = "^[a-z][a-z0-9_-]*$")]
    pub(in super::super) name: String,
    /// What it admits to: `read`, `operate` or `admin`.
    #[schema(value_type = Scope)]
    pub(in super::super) scope: String,
    /// When it ends by itself; null: never.
    #[schema(format = DateTime)]
    pub(in super::super) expires_at: Option<String>,
}

impl Wanted {
    /// Its name, what it admits to, and when it ends.
    pub(in super::super) fn read(self) -> Result<(TokenName, Scope, Option<Timestamp>), Refusal> {
        let name = self.name.parse().map_err(|_| {
            let allowed = "allowed are 1 to 63 of a-z, 0-9, '-' and '_', beginning with a letter";
            Refusal::parameter("name", "is no token's name", allowed)
        })?;
        let scope = self.scope.parse().map_err(|_| {
            Refusal::parameter("scope", "is no scope", "allowed are read, operate and admin")
        })?;
        let ends = self.expires_at.map(|text| text.parse()).transpose().map_err(|_| {
            Refusal::parameter("expires_at", "cannot be read", "allowed is an instant of RFC 3339")
        })?;
        Ok((name, scope, ends))
    }
}

/// A token that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Made {
    /// The token itself. It is not shown again.
    token: String,
    /// What is known of it.
    record: TokenRecord,
}

/// The log of operators' acts, the last ones first.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "admin", security(("token" = ["admin"])),
    params(
        Dated, Listed,
        ("who" = Option<String>, Query, description = "By this token, or this account of the command line."),
        ("act" = Option<String>, Query, description = "This act, as `delivery.replay`."),
        ("subject" = Option<String>, Query, description = "On this: a delivery's key, a desk, a token's name."),
    ),
    responses((status = 200, description = "A page of them.", body = List<AuditEntry>), Refused),
)]
pub(super) async fn audit(
    _: May<Admin>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<AuditEntry>> {
    let (search, page) =
        Parameters::of(&request)?.list(AUDIT, AUDIT_FILTERS, Parameters::audit_search)?;
    Ok(Json(List::of(office.audit(&search, &page).await?, AUDIT)))
}

/// Tokens, the newest first; not what they are, but who they are of.
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "admin", security(("token" = ["admin"])),
    params(Listed),
    responses((status = 200, description = "A page of them.", body = List<TokenRecord>), Refused),
)]
pub(super) async fn tokens(
    _: May<Admin>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<TokenRecord>> {
    let page = Parameters::of(&request)?.only_page(TOKENS)?;
    Ok(Json(List::of(office.tokens_of(&page).await?, TOKENS)))
}

/// Makes a token and shows it, this once.
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "admin",
    request_body(content = Wanted), security(("token" = ["admin"])),
    responses((status = 200, description = "The token.", body = Made), Refused),
)]
pub(super) async fn create_token(
    may: May<Admin>,
    office: web::Data<Office>,
    Body(wanted): Body<Wanted>,
) -> Answer<Made> {
    let (name, scope, ends) = wanted.read()?;
    let by = office.by_token(&may.token, None);
    let (token, record) = office.create_token(name, scope, ends, &by).await?;
    Ok(Json(Made { token: token.expose_secret().to_owned(), record }))
}

/// Ends a token at once.
#[utoipa::path(
    post, path = "/api/v1/tokens/{id}/revoke", tag = "admin",
    params(("id" = i64, Path, description = "The token's id.")),
    request_body(content = Option<MaybeWhy>), security(("token" = ["admin"])),
    responses((status = 200, description = "It is revoked.", body = TokenRecord), Refused),
)]
pub(super) async fn revoke_token(
    may: May<Admin>,
    path: web::Path<String>,
    office: web::Data<Office>,
    Body(why): Body<MaybeWhy>,
) -> Answer<TokenRecord> {
    let why = why.said()?;
    let id: i64 = path.parse().map_err(|_| OfficeError::unknown("token", path.as_str()))?;
    Ok(Json(office.revoke_token(id, &office.by_token(&may.token, why)).await?))
}
