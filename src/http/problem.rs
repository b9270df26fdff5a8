//! Problem documents (RFC 9457): one table of types, which `docs/problems.md` explains one by one.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header::HeaderName},
};
use serde_json::{Map, Value};

/// The media type of a problem document.
pub const PROBLEM_JSON: &str = "application/problem+json";

macro_rules! problem_types {
    ($($(#[$doc:meta])* $name:ident => $status:ident, $slug:literal, $title:literal;)*) => {
        /// What kind of problem; the names that callers may rely on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemType {
            $($(#[$doc])* $name,)*
        }

        impl ProblemType {
            /// All types, in the order of their status.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The document's `type`: `/problems/bad-signature`.
            pub const fn uri(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("/problems/", $slug),)*
                }
            }

            /// The last part of the `type`, by which metrics name the reason.
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$name => $slug,)*
                }
            }

            /// The document's `title`.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }

            /// The answer's status.
            pub const fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)*
                }
            }
        }
    };
}

problem_types! {
    /// The body is not JSON that every reader takes the same way.
    MalformedBody => BAD_REQUEST, "malformed-body", "The body cannot be read";
    /// The body is JSON but not an event.
    MalformedEvent => BAD_REQUEST, "malformed-event", "The body is not an event";
    /// Who posted the body is not proven.
    BadSignature => UNAUTHORIZED, "bad-signature", "The signature does not hold";
    /// Who asks is not proven.
    BadToken => UNAUTHORIZED, "bad-token", "The token does not hold";
    /// Who asks may not do that.
    MissingScope => FORBIDDEN, "missing-scope", "The token's scope does not reach";
    /// There is nothing at this path.
    NotFound => NOT_FOUND, "not-found", "There is nothing here";
    /// The path names a source that is not configured.
    UnknownSource => NOT_FOUND, "unknown-source", "The source is not known";
    /// Nothing is recorded of the event.
    UnknownEvent => NOT_FOUND, "unknown-event", "The event is not known";
    /// The path does not know this method.
    MethodNotAllowed => METHOD_NOT_ALLOWED, "method-not-allowed", "The method is not allowed here";
    /// The body did not come in time.
    SlowBody => REQUEST_TIMEOUT, "slow-body", "The body did not come in time";
    /// What is asked for stands in a way that does not allow it.
    WrongState => CONFLICT, "wrong-state", "The state does not allow it";
    /// The body is longer than is read.
    BodyTooLarge => PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large";
    /// The body's content type or form is not read.
    UnsupportedMediaType => UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type",
        "The content type is not supported";
    /// The body is compressed.
    UnsupportedEncoding => UNSUPPORTED_MEDIA_TYPE, "unsupported-encoding",
        "The content encoding is not supported";
    /// The request names a machine that this is not.
    WrongHost => MISDIRECTED_REQUEST, "wrong-host", "The host is not this machine";
    /// A parameter cannot be used.
    BadParameter => UNPROCESSABLE_ENTITY, "bad-parameter", "A parameter cannot be used";
    /// An edit makes no event that would be accepted.
    BadEdit => UNPROCESSABLE_ENTITY, "bad-edit", "The event cannot be edited so";
    /// No schema is known for the event's type.
    UnknownType => UNPROCESSABLE_ENTITY, "unknown-type", "The event type is not known";
    /// A map of the source makes no event of the body.
    Unmappable => UNPROCESSABLE_ENTITY, "unmappable", "A map of the source fails";
    /// The event's data breaks the schema of its type.
    OffSchema => UNPROCESSABLE_ENTITY, "off-schema", "The data does not satisfy its schema";
    /// The source may not post events of this type.
    TypeNotAllowed => UNPROCESSABLE_ENTITY, "type-not-allowed",
        "The source may not post this type";
    /// The event names another schema than its source is to use.
    OtherDataschema => UNPROCESSABLE_ENTITY, "other-dataschema",
        "The event is of another schema";
    /// The source posts more often than it may.
    TooFast => TOO_MANY_REQUESTS, "too-fast", "The source posts too often";
    /// The sender's address has too many connections.
    TooManyConnections => SERVICE_UNAVAILABLE, "too-many-connections",
        "The address has too many connections";
    /// The bodies that are being read fill their budget.
    Busy => SERVICE_UNAVAILABLE, "busy", "The receiver is busy";
    /// The event could not be made durable.
    NotDurable => SERVICE_UNAVAILABLE, "not-durable", "The event could not be made durable";
    /// What became of events cannot be read here.
    NoRecords => SERVICE_UNAVAILABLE, "no-records", "What became of the event cannot be read here";
    /// The ledger is not here, or does not answer.
    NoLedger => SERVICE_UNAVAILABLE, "no-ledger", "The ledger cannot be read or written now";
    /// The certificate that a signature needs could not be fetched.
    NoCertificate => SERVICE_UNAVAILABLE, "no-certificate",
        "The sender's certificate could not be fetched";
    /// The receiver takes no events now.
    NotReady => SERVICE_UNAVAILABLE, "not-ready", "The receiver is not ready";
}

/// One problem, on its way to its document.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    kind: ProblemType,
    detail: Option<String>,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, String)>,
    closes: bool,
}

impl Problem {
    /// A problem of this type.
    pub fn of(kind: ProblemType) -> Self {
        Self { kind, detail: None, members: Map::new(), headers: Vec::new(), closes: false }
    }

    /// Says what was wrong this time.
    pub fn detail(mut self, words: impl Into<String>) -> Self {
        self.detail = Some(words.into());
        self
    }

    /// Adds an extension member.
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a header to the answer.
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Ends the connection with the answer.
    pub fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    /// What kind of problem it is.
    pub fn kind(&self) -> ProblemType {
        self.kind
    }

    /// The answer; `instance` and `request_id` name the request.
    pub fn answer(self, request_id: &str) -> HttpResponse {
        let mut document = Map::new();
        document.insert("type".to_owned(), self.kind.uri().into());
        document.insert("title".to_owned(), self.kind.title().into());
        document.insert("status".to_owned(), self.kind.status().as_u16().into());
        if let Some(detail) = self.detail {
            document.insert("detail".to_owned(), detail.into());
        }
        document.insert("instance".to_owned(), format!("urn:uuid:{request_id}").into());
        document.insert("request_id".to_owned(), request_id.into());
        document.extend(self.members);
        let mut response = HttpResponse::build(self.kind.status());
        response.content_type(PROBLEM_JSON);
        for header in self.headers {
            response.insert_header(header);
        }
        if self.closes {
            response.force_close();
        }
        response.body(Value::Object(document).to_string())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use actix_web::{body::to_bytes, http::header};

    use super::*;

    #[test]
    fn the_page_of_problems_explains_every_type_and_no_other() {
        let page = include_str!("../../docs/problems.md");
        let told: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## `")).collect();
        let expected: Vec<String> = ProblemType::ALL
            .iter()
            .map(|kind| format!("{}`: {} {}", kind.slug(), kind.status().as_u16(), kind.title()))
            .collect();
        assert_eq!(told, expected);
    }

    #[actix_web::test]
    async fn a_problem_document_is_as_rfc_9457_wants_it() {
        let answer = Problem::of(ProblemType::OffSchema)
            .detail("one thing")
            .member("errors", vec!["x"])
            .header(header::RETRY_AFTER, "5")
            .answer("id");
        assert_eq!(answer.status().as_u16(), 422);
        assert_eq!(answer.headers().get(header::CONTENT_TYPE).unwrap(), PROBLEM_JSON);
        assert_eq!(answer.headers().get(header::RETRY_AFTER).unwrap(), "5");
        let body = to_bytes(answer.into_body()).await.unwrap();
        assert_eq!(
            std::str::from_utf8(&body).unwrap(),
            concat!(
                r#"{"type":"/problems/off-schema","title":"The data does not satisfy its schema","#,
                r#""status":422,"detail":"one thing","instance":"urn:uuid:id","request_id":"id","#,
                r#""errors":["x"]}"#
            )
        );
    }
}
