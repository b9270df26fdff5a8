//! The public port in an OpenAPI document. What may be posted depends on the schemas, and is added
//! by who knows them.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        RefOr, Response,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{health, hooks, status};
use crate::http::{ProblemDocument, ProblemType as Type, ViolationDocument, refusals};

/// The public port.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Deskbell: the receiver",
        description = "Takes signed business events. A 202 means that the event is durable. \
            Every answer carries `X-Request-Id`. What breaks HTTP itself is answered with an empty \
            body before any of this: 400, 408 or 431.",
    ),
    paths(hooks::receive, hooks::handshake, status::tell, health::live, health::ready),
    components(schemas(ProblemDocument, ViolationDocument)),
    modifiers(&Signature),
)]
pub struct Described;

/// How a source signs.
struct Signature;

impl Modify for Signature {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let words = "The signature over the very bytes of the body, by the scheme that the source is \
            configured with. Shown is Standard Webhooks, which also wants the headers `webhook-id` \
            and `webhook-timestamp`.";
        let key = ApiKey::Header(ApiKeyValue::with_description("webhook-signature", words));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("signature", SecurityScheme::ApiKey(key));
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        let token = token.description(Some("One of the source's `status_tokens`."));
        components.add_security_scheme("token", SecurityScheme::Http(token.build()));
    }
}

/// Why a post is refused.
pub(super) struct PostRefused;

impl IntoResponses for PostRefused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let not_here = [
            Type::NotFound,
            Type::MethodNotAllowed,
            Type::NotReady,
            Type::BadToken,
            Type::UnknownEvent,
            Type::NoRecords,
            Type::MissingScope,
            Type::WrongState,
            Type::WrongHost,
            Type::BadParameter,
            Type::NoLedger,
        ];
        let types: Vec<Type> =
            Type::ALL.iter().copied().filter(|kind| !not_here.contains(kind)).collect();
        refusals(&types)
    }
}

/// Why a sender is not told what became of an event.
pub(super) struct StatusRefused;

impl IntoResponses for StatusRefused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            Type::BadToken,
            Type::NotFound,
            Type::UnknownSource,
            Type::UnknownEvent,
            Type::TooManyConnections,
            Type::NoRecords,
        ])
    }
}

/// Why a handshake is refused.
pub(super) struct HandshakeRefused;

impl IntoResponses for HandshakeRefused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[Type::UnknownSource, Type::TooManyConnections])
    }
}

/// Why a receiver that lives does not say so.
pub(super) struct Crowded;

impl IntoResponses for Crowded {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[Type::TooManyConnections])
    }
}

/// Why a receiver is not ready.
pub(super) struct NotReady;

impl IntoResponses for NotReady {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[Type::NotReady, Type::TooManyConnections])
    }
}
