//! The documented error body: `{"request_id", "errors": [{"message", "code"}]}`.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde_json::json;
use thiserror::Error;
use uuid::Uuid;

use crate::sandbox::answers;

/// A call that Thulium refuses. There is no public list of its codes: these are the sandbox's.
#[derive(Debug, Error)]
pub(super) enum Refusal {
    #[error("{}", .0.join(" "))]
    Invalid(Vec<String>),
    #[error("Authentication is required.")]
    Unauthorized,
    #[error("The API user has no right to this method.")]
    Forbidden,
    #[error("The resource was not found.")]
    NotFound,
    #[error("Too many requests.")]
    TooManyRequests,
    #[error("An internal error occurred.")]
    Internal,
}

impl Refusal {
    /// One thing is wrong.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(vec![message.into()])
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The whole answer.
    pub(super) fn response(&self) -> HttpResponse {
        let code = self.status().as_u16();
        let messages = match self {
            Self::Invalid(messages) => messages.clone(),
            other => vec![other.to_string()],
        };
        let errors: Vec<_> =
            messages.iter().map(|message| json!({"message": message, "code": code})).collect();
        HttpResponse::build(self.status())
            .json(json!({"request_id": Uuid::now_v7().simple().to_string(), "errors": errors}))
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.response()
    }
}

/// The answer to a status that a fault asks for; a proxy's page where Thulium has none.
pub(super) fn answer(status: StatusCode) -> HttpResponse {
    match status.as_u16() {
        400 => Refusal::invalid("The request is invalid.").response(),
        401 => Refusal::Unauthorized.response(),
        403 => Refusal::Forbidden.response(),
        404 => Refusal::NotFound.response(),
        429 => Refusal::TooManyRequests.response(),
        500 => Refusal::Internal.response(),
        _ => answers::html(status),
    }
}
