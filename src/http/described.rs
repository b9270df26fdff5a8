//! Problem documents as an OpenAPI document describes them.

use std::collections::BTreeMap;

use actix_web::http::header::{
    ACCEPT, ACCEPT_ENCODING, ALLOW, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE,
};
use serde_json::json;
use utoipa::{
    ToSchema,
    openapi::{
        Content, Header, Object, Ref, RefOr, Response, ResponseBuilder, header::HeaderBuilder,
        schema::Type,
    },
};

use super::{PROBLEM_JSON, ProblemType};

/// What every refusal says (RFC 9457).
#[derive(Debug, ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "only its schema is used; a document is made member by member")]
pub struct ProblemDocument {
    /// Stable, and explained in `docs/problems.md`.
    #[schema(example = "/problems/off-schema")]
    r#type: String,
    /// Goes with the type.
    title: String,
    /// The status of the answer.
    status: u16,
    /// What was wrong this time, for people.
    detail: Option<String>,
    /// Names the request.
    instance: String,
    /// The same as the header `X-Request-Id`.
    request_id: String,
    /// Where the event breaks its schema; only of `off-schema` and `bad-edit`.
    errors: Option<Vec<ViolationDocument>>,
    /// The event types that are known, or that the source may post; only of `unknown-type` and
    /// `type-not-allowed`.
    types: Option<Vec<String>>,
    /// The `dataschema` that is wanted; only of `other-dataschema`.
    expected: Option<String>,
    /// The `dataschema` that came; only of `other-dataschema`.
    sent: Option<String>,
    /// The most bytes that are read; only of `body-too-large`.
    limit: Option<u32>,
    /// The most events that are read in one request; only of `body-too-large`.
    events: Option<usize>,
    /// Which item it is about, from 0; only where the request holds several.
    item: Option<usize>,
    /// The scope that is needed; only of `missing-scope`.
    scope: Option<String>,
    /// Which parameter, or which member of the body; only of `bad-parameter`.
    parameter: Option<String>,
    /// What is allowed there; only of `bad-parameter`.
    allowed: Option<String>,
}

/// One place where the event breaks its schema.
#[derive(Debug, ToSchema)]
#[schema(as = Violation)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct ViolationDocument {
    /// A JSON pointer into the event.
    pointer: String,
    /// What is wanted there.
    detail: String,
}

/// The answers of these types, by status.
pub fn refusals(types: &[ProblemType]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<ProblemType>> = BTreeMap::new();
    for kind in types {
        by_status.entry(kind.status().as_u16()).or_default().push(*kind);
    }
    let response = |kinds: Vec<ProblemType>| {
        let lines: Vec<String> =
            kinds.iter().map(|kind| format!("`{}`: {}", kind.slug(), kind.title())).collect();
        let mut content = Content::new(Some(Ref::from_schema_name("Problem")));
        if let [kind] = kinds[..] {
            content.example = Some(json!({ "type": kind.uri(), "title": kind.title() }));
        }
        let described = ResponseBuilder::new().description(lines.join("\n\n"));
        let headers = kinds.iter().filter_map(|kind| header_of(*kind));
        headers.fold(described.content(PROBLEM_JSON, content), |described, (name, header)| {
            described.header(name.as_str(), header)
        })
    };
    by_status
        .into_iter()
        .map(|(status, kinds)| (status.to_string(), RefOr::T(response(kinds).build())))
        .collect()
}

/// The header that refusals of this kind have besides.
fn header_of(kind: ProblemType) -> Option<(HeaderName, Header)> {
    let header = |name, kind: Type, words: &str| {
        let header = HeaderBuilder::new().schema(Some(Object::with_type(kind)));
        Some((name, header.description(Some(words)).build()))
    };
    let said = |name, words| header(name, Type::String, words);
    match kind {
        ProblemType::BadSignature | ProblemType::BadToken | ProblemType::MissingScope => {
            said(WWW_AUTHENTICATE, "What is wanted for a proof.")
        }
        ProblemType::MethodNotAllowed => said(ALLOW, "The methods of the path."),
        ProblemType::UnsupportedMediaType => said(ACCEPT, "The content types that are read."),
        ProblemType::UnsupportedEncoding => said(ACCEPT_ENCODING, "`identity`."),
        ProblemType::TooFast
        | ProblemType::UnknownEvent
        | ProblemType::TooManyConnections
        | ProblemType::Busy
        | ProblemType::NotDurable
        | ProblemType::NoRecords
        | ProblemType::NoCertificate => {
            header(RETRY_AFTER, Type::Integer, "Seconds after which it may be otherwise.")
        }
        ProblemType::MalformedBody
        | ProblemType::MalformedEvent
        | ProblemType::NotFound
        | ProblemType::UnknownSource
        | ProblemType::SlowBody
        | ProblemType::BodyTooLarge
        | ProblemType::UnknownType
        | ProblemType::Unmappable
        | ProblemType::OffSchema
        | ProblemType::TypeNotAllowed
        | ProblemType::OtherDataschema
        | ProblemType::WrongState
        | ProblemType::WrongHost
        | ProblemType::BadParameter
        | ProblemType::BadEdit
        | ProblemType::NoLedger
        | ProblemType::NotReady => None,
    }
}
