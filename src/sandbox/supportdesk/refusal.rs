//! The documented errors: `{"code", "message", "details"?}`, the message in French.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde_json::json;
use thiserror::Error;

use crate::sandbox::{EXPIRED_SUPPORTDESK_KEY, answers};

/// What is wrong, by field.
pub(super) type Details = BTreeMap<String, Vec<String>>;

/// A call that SupportDesk refuses.
#[derive(Debug, Error)]
pub(super) enum Refusal {
    #[error("Les données fournies sont invalides. {0:?}")]
    Validation(Details),
    #[error("La clé d'API est manquante.")]
    KeyMissing,
    #[error("La clé d'API est invalide ou révoquée.")]
    KeyInvalid,
    #[error("La clé d'API a expiré.")]
    KeyExpired,
    #[error("Ce type de clé d'API n'est pas autorisé pour cette opération.")]
    KeyForbidden,
    #[error("Le quota mensuel de tickets de votre plan est atteint.")]
    PlanLimitReached,
    #[error("Aucun client ne correspond à cet externalId.")]
    CustomerNotFound,
    #[error("Ticket introuvable.")]
    TicketNotFound,
    #[error("Un autre client utilise déjà cette adresse e-mail.")]
    CustomerEmailExists,
    #[error("Trop de requêtes. Veuillez réessayer plus tard.")]
    TooManyRequests,
    #[error("Une erreur interne est survenue.")]
    Internal,
    #[error("Ressource introuvable.")]
    UnknownPath,
}

impl Refusal {
    /// Status and code of the vendor's table.
    fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Validation(_) => (StatusCode::BAD_REQUEST, "VALIDATION_ERROR"),
            Self::KeyMissing => (StatusCode::UNAUTHORIZED, "AUTH_API_KEY_MISSING"),
            Self::KeyInvalid => (StatusCode::UNAUTHORIZED, "AUTH_API_KEY_INVALID"),
            Self::KeyExpired => (StatusCode::UNAUTHORIZED, "AUTH_API_KEY_EXPIRED"),
            Self::KeyForbidden => (StatusCode::FORBIDDEN, "AUTH_API_KEY_FORBIDDEN"),
            Self::PlanLimitReached => (StatusCode::FORBIDDEN, "PLAN_LIMIT_REACHED"),
            Self::CustomerNotFound => (StatusCode::NOT_FOUND, "CUSTOMER_NOT_FOUND"),
            Self::TicketNotFound => (StatusCode::NOT_FOUND, "TICKET_NOT_FOUND"),
            Self::CustomerEmailExists => (StatusCode::CONFLICT, "CUSTOMER_EMAIL_EXISTS"),
            Self::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR"),
            Self::UnknownPath => (StatusCode::NOT_FOUND, "NOT_FOUND"),
        }
    }

    /// The whole answer.
    pub(super) fn response(&self) -> HttpResponse {
        let (status, code) = self.kind();
        let body = match self {
            Self::Validation(details) => json!({
                "code": code,
                "message": "Les données fournies sont invalides.",
                "details": details,
            }),
            other => json!({"code": code, "message": other.to_string()}),
        };
        HttpResponse::build(status).json(body)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.kind().0
    }

    fn error_response(&self) -> HttpResponse {
        self.response()
    }
}

/// Holds a key against the one that is good. Widget keys (`pk_live_…`) are refused as such.
pub(super) fn check_key(good: &str, key: Option<&str>) -> Result<(), Refusal> {
    match key {
        None | Some("") => Err(Refusal::KeyMissing),
        Some(key) if key == good => Ok(()),
        Some(key) if key.starts_with("pk_live_") => Err(Refusal::KeyForbidden),
        Some(EXPIRED_SUPPORTDESK_KEY) => Err(Refusal::KeyExpired),
        Some(_) => Err(Refusal::KeyInvalid),
    }
}

/// The answer to a status that a fault asks for; a proxy's page where the vendor names no code.
pub(super) fn answer(status: StatusCode) -> HttpResponse {
    match status.as_u16() {
        400 => Refusal::Validation(Details::new()).response(),
        401 => Refusal::KeyInvalid.response(),
        403 => Refusal::KeyForbidden.response(),
        404 => Refusal::TicketNotFound.response(),
        409 => Refusal::CustomerEmailExists.response(),
        429 => Refusal::TooManyRequests.response(),
        500 => Refusal::Internal.response(),
        _ => answers::html(status),
    }
}
