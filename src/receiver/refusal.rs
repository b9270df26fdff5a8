//! Every reason not to take a post, and the one place that says how each is answered.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::header::{ACCEPT, ACCEPT_ENCODING, ALLOW, RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde_json::{Value, json};

use super::{
    certificates::FetchError, content::ACCEPTED, settings::ReceiverSettings, status::RecordsError,
};
use crate::{
    broker::BrokerError,
    causes::Causes,
    event::{EventError, EventType, InItem, SourceName, Violation},
    formats::FormatError,
    http::{Problem, ProblemType as Type},
    signature::SignatureError,
};

/// Stands for every name that is not a configured source's; it cannot be one itself.
const NO_SOURCE: &str = "-";

/// As many characters of a sender's own words are sent back.
const LONGEST_ECHO: usize = 256;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("nothing is at this path")]
    NotFound,
    #[error("the path does not know the method")]
    Method { allowed: &'static str },
    #[error("the address has too many connections")]
    TooManyConnections,
    #[error("the source is not configured")]
    UnknownSource,
    #[error("{0}")]
    MediaType(&'static str),
    #[error("compressed bodies are not read")]
    Encoded,
    #[error("the source has posted as often as it may")]
    TooFast { wait: Duration },
    #[error("more than {limit} bytes are not read")]
    TooLarge { limit: u32 },
    #[error("the bodies in flight fill their budget")]
    Busy,
    #[error("the body came too slowly")]
    TooSlow,
    #[error("the body ended early, or its framing is broken")]
    BrokenBody,
    #[error("{error}")]
    Signature { error: SignatureError, challenge: &'static str },
    #[error("the sender's certificate could not be fetched")]
    NoCertificate(#[source] FetchError),
    #[error(transparent)]
    Event(#[from] EventError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("more than {most} events in one request are not read")]
    TooManyEvents { most: usize },
    #[error("{cause}")]
    InItem { item: usize, cause: Box<Refusal> },
    #[error("there is no schema of the event's type")]
    UnknownType { known: Vec<EventType> },
    #[error("the source may not post events of this type")]
    TypeNotAllowed { allowed: Vec<EventType> },
    #[error("the event names another `dataschema` than its source is to use")]
    OtherDataschema { pinned: String, sent: String },
    #[error("the data breaks its schema in {} places", .0.len())]
    OffSchema(Vec<Violation>),
    #[error("the header `Authorization` shows no live token of the source")]
    BadToken,
    #[error("no event of the source is recorded under this id; one of a moment ago may be soon")]
    UnknownEvent,
    #[error("{0}")]
    NoRecords(RecordsError),
    #[error("the broker did not confirm the event")]
    NotDurable(#[source] BrokerError),
}

impl From<InItem<EventError>> for Refusal {
    fn from(InItem { item, cause }: InItem<EventError>) -> Self {
        Self::from(cause).in_item(item)
    }
}

impl From<InItem<FormatError>> for Refusal {
    fn from(InItem { item, cause }: InItem<FormatError>) -> Self {
        Self::from(cause).in_item(item)
    }
}

impl Refusal {
    /// The same refusal, which names the item of the request that it is about.
    pub(super) fn in_item(self, item: Option<usize>) -> Self {
        match item {
            Some(item) => Self::InItem { item, cause: Box::new(self) },
            None => self,
        }
    }

    /// Counts the refusal, logs it where it is not a stranger's, and answers.
    pub(super) fn answer(
        self,
        source: Option<&SourceName>,
        request_id: &str,
        settings: &ReceiverSettings,
    ) -> HttpResponse {
        let reason = self.reason();
        let source = source.map_or(NO_SOURCE, SourceName::as_str).to_owned();
        metrics::counter!("deskbell_refused_total", "source" => source.clone(), "reason" => reason)
            .increment(1);
        self.log(&source, reason, request_id);
        self.problem(settings).answer(request_id)
    }

    /// The name that metrics and logs use.
    fn reason(&self) -> &'static str {
        match self {
            Self::Signature { error, .. } => error.reason(),
            _ => self.kind().slug(),
        }
    }

    /// One line without payload, signature or query. A wrong signature leaves none.
    fn log(&self, source: &str, reason: &str, request_id: &str) {
        match self {
            Self::Signature { .. } | Self::BadToken | Self::UnknownEvent => {}
            Self::NoRecords(cause) => tracing::warn!(
                source.name = source, reason, request.id = request_id, cause = %Causes(cause),
                "Could not tell `{source}` what became of an event",
            ),
            Self::NotDurable(cause) => tracing::warn!(
                source.name = source, reason, request.id = request_id, cause = %Causes(cause),
                "Could not make an event of `{source}` durable",
            ),
            Self::NoCertificate(cause) => tracing::warn!(
                source.name = source, reason, request.id = request_id, cause = %Causes(cause),
                "Could not fetch the certificate of `{source}`",
            ),
            _ => tracing::warn!(
                source.name = source,
                reason,
                request.id = request_id,
                "Refused a request: {reason}",
            ),
        }
    }

    fn kind(&self) -> Type {
        match self {
            Self::NotFound => Type::NotFound,
            Self::Method { .. } => Type::MethodNotAllowed,
            Self::TooManyConnections => Type::TooManyConnections,
            Self::UnknownSource => Type::UnknownSource,
            Self::MediaType(_) => Type::UnsupportedMediaType,
            Self::Encoded => Type::UnsupportedEncoding,
            Self::TooLarge { .. } | Self::TooManyEvents { .. } => Type::BodyTooLarge,
            Self::InItem { cause, .. } => cause.kind(),
            Self::Format(FormatError::Map { .. }) => Type::Unmappable,
            Self::Busy => Type::Busy,
            Self::TooSlow => Type::SlowBody,
            Self::BrokenBody
            | Self::Event(EventError::NotJson(_))
            | Self::Format(FormatError::NotJson(_)) => Type::MalformedBody,
            Self::Signature { error, .. } => kind_of(error),
            Self::NoCertificate(_) => Type::NoCertificate,
            Self::Event(
                EventError::NotACloudEvent(_)
                | EventError::NotAnObject
                | EventError::NotABatch
                | EventError::BadHeader(_)
                | EventError::Missing(_)
                | EventError::NotText(_)
                | EventError::Unusable { .. }
                | EventError::NotATime
                | EventError::NoId
                | EventError::OtherId,
            )
            | Self::Format(
                FormatError::NotAnObject
                | FormatError::NotAnArray
                | FormatError::Missing(_)
                | FormatError::MissingHeader(_)
                | FormatError::NoId
                | FormatError::Unusable { .. },
            ) => Type::MalformedEvent,
            Self::UnknownType { .. } => Type::UnknownType,
            Self::TypeNotAllowed { .. } => Type::TypeNotAllowed,
            Self::OtherDataschema { .. } => Type::OtherDataschema,
            Self::OffSchema(_) => Type::OffSchema,
            Self::TooFast { .. } => Type::TooFast,
            Self::BadToken => Type::BadToken,
            Self::UnknownEvent => Type::UnknownEvent,
            Self::NoRecords(_) => Type::NoRecords,
            Self::NotDurable(_) => Type::NotDurable,
        }
    }

    fn problem(self, settings: &ReceiverSettings) -> Problem {
        let kind = self.kind();
        let problem = Problem::of(kind).detail(self.to_string());
        let after = |problem: Problem, wait: Duration| {
            problem.header(RETRY_AFTER, wait.as_millis().div_ceil(1000).max(1).to_string())
        };
        let later = |problem: Problem| after(problem, settings.retry_after);
        match self {
            Self::Method { allowed } => problem.header(ALLOW, allowed).closing(),
            Self::MediaType(_) => problem.header(ACCEPT, ACCEPTED).closing(),
            Self::Encoded => problem.header(ACCEPT_ENCODING, "identity").closing(),
            Self::TooLarge { limit } => problem.member("limit", limit).closing(),
            Self::TooManyEvents { most } => problem.member("events", most),
            Self::InItem { item, cause } => cause.problem(settings).member("item", item),
            Self::NotFound | Self::UnknownSource | Self::TooSlow | Self::BrokenBody => {
                problem.closing()
            }
            Self::TooFast { wait } => after(problem, wait).closing(),
            Self::TooManyConnections | Self::Busy => later(problem).closing(),
            Self::NotDurable(_)
            | Self::NoCertificate(_)
            | Self::UnknownEvent
            | Self::NoRecords(_) => later(problem),
            Self::BadToken => problem.header(WWW_AUTHENTICATE, "Bearer realm=\"hooks\""),
            Self::Signature { challenge, .. } if kind == Type::BadSignature => {
                problem.header(WWW_AUTHENTICATE, challenge)
            }
            Self::Signature { .. } | Self::Event(_) | Self::Format(_) => problem,
            Self::UnknownType { known: types } | Self::TypeNotAllowed { allowed: types } => {
                let types: Vec<_> = types.into_iter().map(String::from).collect();
                problem.member("types", types)
            }
            Self::OtherDataschema { pinned, sent } => {
                let sent: String = sent.chars().take(LONGEST_ECHO).collect();
                problem.member("expected", pinned).member("sent", sent)
            }
            Self::OffSchema(violations) => {
                let errors: Vec<Value> = violations
                    .into_iter()
                    .map(|each| json!({ "pointer": each.pointer, "detail": each.detail }))
                    .collect();
                problem.member("errors", errors)
            }
        }
    }
}

/// What kind of problem a refused proof is. An ambiguity is the sender's own, whose signature holds.
fn kind_of(error: &SignatureError) -> Type {
    match error {
        SignatureError::AmbiguousId | SignatureError::AmbiguousField(_) => Type::MalformedEvent,
        SignatureError::Missing(_)
        | SignatureError::Malformed(_)
        | SignatureError::TooMany { .. }
        | SignatureError::MissingInBody(_)
        | SignatureError::UnreadableBody
        | SignatureError::ForeignCertificate(_)
        | SignatureError::Certificate(_)
        | SignatureError::Wrong
        | SignatureError::WrongCredentials
        | SignatureError::Stale { .. } => Type::BadSignature,
    }
}
