//! Every reason not to answer, and the one place that says how each is told.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{ACCEPT, ALLOW, WWW_AUTHENTICATE},
    },
};
use serde_json::json;

use crate::{
    causes::Causes,
    event::InvalidJson,
    http::{Problem, ProblemType as Type, request_id},
    ledger::Scope,
    operators::OfficeError,
};

/// What a token is asked for with.
const CHALLENGE: &str = r#"Bearer realm="deskbell""#;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum Refusal {
    #[error("the header `Authorization` shows no bearer token")]
    NoToken,
    #[error("no token has been made yet: `deskbell token create <name>` makes one")]
    NoTokens,
    #[error("the token is not known, is revoked, or has expired")]
    BadToken,
    #[error("the token's scope is `{has}`; this needs `{needs}`")]
    Scope { has: Scope, needs: Scope },
    #[error("nothing is at this path")]
    NotFound,
    #[error("the path does not know the method")]
    Method { allowed: &'static str },
    #[error("`{name}` {what}; {allowed}")]
    Parameter { name: String, what: String, allowed: String },
    #[error("the body is not JSON: {0}")]
    NotJson(serde_json::Error),
    #[error("the body {0}")]
    NotStrict(InvalidJson),
    #[error("the body is read as application/json alone")]
    MediaType,
    #[error("more than {limit} bytes are not read")]
    TooLarge { limit: usize },
    #[error("the body ended early")]
    BrokenBody,
    #[error("the host `{0}` is not this machine's own name")]
    Host(String),
    #[error(transparent)]
    Office(#[from] OfficeError),
}

impl Refusal {
    /// A parameter, or a member of the body, that cannot be used.
    pub(in super::super) fn parameter(
        name: impl Into<String>,
        what: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self::Parameter { name: name.into(), what: what.into(), allowed: allowed.into() }
    }

    /// Answers; what is our own fault is logged, once.
    pub(in super::super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        self.log(request);
        self.problem().answer(&request_id(request))
    }

    /// Logs what is our own fault.
    pub(in super::super) fn log(&self, request: &HttpRequest) {
        if let Self::Office(OfficeError::Ledger(error)) = self {
            let (request_id, error) = (request_id(request), Causes(&**error));
            tracing::error!(request_id, %error, "An operator was not answered");
        }
    }

    /// What kind of problem it is.
    pub(in super::super) fn kind(&self) -> Type {
        match self {
            Self::NoToken | Self::NoTokens | Self::BadToken => Type::BadToken,
            Self::Scope { .. } => Type::MissingScope,
            Self::NotFound | Self::Office(OfficeError::Unknown { .. }) => Type::NotFound,
            Self::Method { .. } => Type::MethodNotAllowed,
            Self::Parameter { .. } => Type::BadParameter,
            Self::NotJson(_) | Self::NotStrict(_) | Self::BrokenBody => Type::MalformedBody,
            Self::MediaType => Type::UnsupportedMediaType,
            Self::TooLarge { .. } => Type::BodyTooLarge,
            Self::Host(_) => Type::WrongHost,
            Self::Office(OfficeError::NotAllowed(_)) => Type::WrongState,
            Self::Office(OfficeError::Unfit(_)) => Type::BadEdit,
            Self::Office(OfficeError::NoLedger | OfficeError::Ledger(_)) => Type::NoLedger,
        }
    }

    fn problem(&self) -> Problem {
        let problem = Problem::of(self.kind()).detail(self.to_string());
        match self {
            Self::NoToken | Self::NoTokens => problem.header(WWW_AUTHENTICATE, CHALLENGE),
            Self::BadToken => {
                problem.header(WWW_AUTHENTICATE, format!(r#"{CHALLENGE}, error="invalid_token""#))
            }
            Self::Scope { needs, .. } => {
                let words = format!(r#"{CHALLENGE}, error="insufficient_scope", scope="{needs}""#);
                problem.header(WWW_AUTHENTICATE, words).member("scope", needs.as_str())
            }
            Self::Method { allowed } => problem.header(ALLOW, *allowed),
            Self::Parameter { name, allowed, .. } => {
                problem.member("parameter", name.as_str()).member("allowed", allowed.as_str())
            }
            Self::TooLarge { limit } => problem.member("limit", json!(limit)).closing(),
            Self::BrokenBody => problem.closing(),
            Self::MediaType => problem.header(ACCEPT, "application/json"),
            Self::Office(OfficeError::Unfit(wrong)) => problem.member("errors", json!(wrong)),
            Self::NotFound
            | Self::NotJson(_)
            | Self::NotStrict(_)
            | Self::Host(_)
            | Self::Office(_) => problem,
        }
    }
}

/// A handler that refuses hands this on; [`admit`](super::admission::admit) answers.
impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.kind().status()
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).finish()
    }
}
