//! Every reason to turn a visitor away, and the one place that says how each is told.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};

use crate::operators::{OfficeError, api::refusal::Refusal};

/// Why a visitor is turned away.
#[derive(Debug, thiserror::Error)]
pub(super) enum Turned {
    /// No live session.
    #[error("there is no session, or it is over: log in first")]
    NoSession,
    /// A form that does not come from a page of ours.
    #[error("the form does not come from this console")]
    Stranger,
    /// A form without the token that its session's pages have.
    #[error("the form is not of this session: go back, reload the page and try again")]
    OtherForm,
    /// A form that cannot be read.
    #[error("the form cannot be read")]
    BadForm,
    /// As many pages are kept up to date as may be.
    #[error("too many pages are kept as things are now: this one stays as it was loaded")]
    TooMany,
    /// What the API would refuse as well.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Turned {
    /// Goes with the words.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::NoSession => StatusCode::UNAUTHORIZED,
            Self::Stranger | Self::OtherForm => StatusCode::FORBIDDEN,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::TooMany => StatusCode::SERVICE_UNAVAILABLE,
            Self::Refused(refusal) => refusal.kind().status(),
        }
    }
}

/// A handler that fails hands this on; [`receive`](super::session::receive) makes a page of it.
impl ResponseError for Turned {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status()).finish()
    }
}

impl From<OfficeError> for Turned {
    fn from(error: OfficeError) -> Self {
        Self::Refused(error.into())
    }
}
