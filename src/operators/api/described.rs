//! What several calls have in common, as the OpenAPI document tells it.

use std::collections::BTreeMap;

use utoipa::{
    IntoParams, IntoResponses, Modify,
    openapi::{
        RefOr, Response,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::http::{ProblemType as Type, refusals};

/// Times of what is chosen.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) struct Dated {
    /// Not before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<String>,
    /// Before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<String>,
}

/// Which part of a list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) struct Listed {
    /// How many at most; 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// What of events and deliveries is chosen; all of it has to hold. Besides, `data.` and a path
/// choose by a member of the payload as it is shown: `data.orderId=12345`. What a source redacts is
/// not found.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its description is used")]
pub(super) struct Filtered {
    /// Not before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<String>,
    /// Before this instant.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<String>,
    /// Of this source.
    source: Option<String>,
    /// Of the sender's id of the event.
    event: Option<String>,
    /// Of this event type.
    r#type: Option<String>,
    /// At this desk.
    desk: Option<String>,
    /// In this state.
    state: Option<String>,
    /// Whose last failure has this reason.
    reason: Option<String>,
    /// Of this priority.
    priority: Option<String>,
    /// Of the incident of this key.
    incident: Option<String>,
    /// Of what the silence of this number suppresses, or did before it was released.
    silence: Option<i64>,
    /// With this text in the event, as it is shown, or in the failure's words.
    text: Option<String>,
}

/// Why a call of the API is refused.
pub(super) struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            Type::MalformedBody,
            Type::BadToken,
            Type::MissingScope,
            Type::NotFound,
            Type::WrongState,
            Type::BodyTooLarge,
            Type::UnsupportedMediaType,
            Type::WrongHost,
            Type::BadParameter,
            Type::BadEdit,
            Type::NoLedger,
        ])
    }
}

/// Why what needs no token is refused.
pub(in super::super) struct Stranger;

impl IntoResponses for Stranger {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[Type::WrongHost])
    }
}

/// How an operator shows who they are.
pub(in super::super) struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        let words = "A token of `deskbell token create`. Scopes: `read`, `operate`, `admin`; each \
            includes those before it.";
        let token = SecurityScheme::Http(token.description(Some(words)).build());
        document.components.get_or_insert_default().add_security_scheme("token", token);
    }
}
