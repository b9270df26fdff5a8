//! Problem documents as an OpenAPI document describes them.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::{
    ToSchema,
    openapi::{Content, Ref, RefOr, Response, ResponseBuilder},
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
    /// Where the event breaks its schema; only of `off-schema`.
    errors: Option<Vec<ViolationDocument>>,
    /// The event types that are known; only of `unknown-type`.
    types: Option<Vec<String>>,
    /// The most bytes that are read; only of `body-too-large`.
    limit: Option<u32>,
    /// The most events that are read in one request; only of `body-too-large`.
    events: Option<usize>,
    /// Which item it is about, from 0; only where the request holds several.
    item: Option<usize>,
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
        ResponseBuilder::new().description(lines.join("\n\n")).content(PROBLEM_JSON, content)
    };
    by_status
        .into_iter()
        .map(|(status, kinds)| (status.to_string(), RefOr::T(response(kinds).build())))
        .collect()
}
