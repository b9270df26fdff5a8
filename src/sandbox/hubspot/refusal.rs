//! The documented error envelope: status, message, correlation id, category, and what helps.

use std::{fmt, time::Duration};

use actix_web::{HttpResponse, ResponseError, http::StatusCode, http::header::RETRY_AFTER};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::sandbox::{Exceeded, answers};

/// The portal's id, as error messages quote it.
pub(super) const PORTAL_ID: u32 = 891_936_587;

/// A call that HubSpot refuses.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    category: &'static str,
    message: String,
    more: Map<String, Value>,
}

impl Refusal {
    fn new(status: StatusCode, category: &'static str, message: impl Into<String>) -> Self {
        Self { status, category, message: message.into(), more: Map::new() }
    }

    fn with(mut self, member: &str, value: Value) -> Self {
        self.more.insert(member.to_owned(), value);
        self
    }

    /// 400, the payload is bad.
    pub(super) fn validation(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message)
    }

    /// 400, the body is not of the right shape.
    pub(super) fn malformed(expected: &str, found: &str) -> Self {
        Self::validation(format!(
            "Invalid input JSON on line 1, column 1: Cannot deserialize value of type \
             `{expected}` from {found}"
        ))
    }

    /// 400, properties that have to be set are not.
    pub(super) fn required(object: &str, missing: &[&str]) -> Self {
        let message = format!("Error creating {object}. Some required properties were not set.");
        let error = json!({"message": message, "context": {"properties": missing}});
        Self::validation(message).with("errors", json!([error]))
    }

    /// 400, another record holds the unique value. `claimed` is the id that was to get it.
    pub(super) fn value_taken(
        object: &str,
        property: &str,
        value: &str,
        claimed: u64,
        holder: u64,
    ) -> Self {
        Self::validation(format!(
            "Cannot set PropertyValueCoordinates{{portalId={PORTAL_ID}, \
             objectTypeId=ObjectTypeId{{legacyObjectType={object}}}, propertyName={property}, \
             value={value}}} on {claimed}. {holder} already has that value."
        ))
    }

    /// 400, a record to tie to does not exist.
    pub(super) fn unknown_target(object: &str, id: &str) -> Self {
        Self::validation("One or more associations are invalid").with(
            "context",
            json!({
                "INVALID_OBJECT_IDS": [format!("{object}={id} is not valid")],
                "objectId": [id],
                "objectType": [object],
            }),
        )
    }

    /// 401, no good token.
    pub(super) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "INVALID_AUTHENTICATION",
            "Authentication credentials not found. This API supports OAuth 2.0 authentication \
             and you can find more details at \
             https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        )
    }

    /// 403, the token may not do this.
    pub(super) fn missing_scopes() -> Self {
        Self::missing_scope("crm.objects.tickets.write")
    }

    /// 403, the token lacks this scope.
    pub(super) fn missing_scope(scope: &str) -> Self {
        let message = "This app hasn't been granted all required scopes to make this call. \
                       Read more about required scopes here: \
                       https://developers.hubspot.com/scopes.";
        let context = json!({"requiredGranularScopes": [scope]});
        let error = json!({"message": "One or more of the following scopes are required.",
            "context": context});
        Self::new(StatusCode::FORBIDDEN, "MISSING_SCOPES", message)
            .with("errors", json!([error]))
            .with("links", json!({"scopes": "https://developers.hubspot.com/scopes"}))
    }

    /// 404, no such record.
    pub(super) fn not_found() -> Self {
        let message = "Object not found.  objectId are usually numeric.";
        Self::new(StatusCode::NOT_FOUND, "OBJECT_NOT_FOUND", message)
    }

    /// 409, it is there already.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "CONFLICT", message)
    }

    /// 409, a property or label of this name is there already.
    pub(super) fn already_exists(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "OBJECT_ALREADY_EXISTS", message)
    }

    /// Whether it says that there is no such record.
    pub(super) fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }

    /// The refusal of one input of a batch.
    pub(super) fn within_batch(&self, trace: &str) -> Value {
        json!({
            "status": "error",
            "category": self.category,
            "message": self.message,
            "context": {"objectWriteTraceId": [trace]},
        })
    }

    /// The whole answer.
    pub(super) fn response(&self) -> HttpResponse {
        let mut body = Map::new();
        body.insert("status".to_owned(), json!("error"));
        body.insert("message".to_owned(), json!(self.message));
        body.insert("correlationId".to_owned(), json!(Uuid::now_v7().to_string()));
        body.extend(self.more.clone());
        body.insert("category".to_owned(), json!(self.category));
        HttpResponse::build(self.status).json(body)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        self.response()
    }
}

/// 429 with the name of the policy that was hit. No `Retry-After`: none is documented.
pub(super) fn throttled(exceeded: Exceeded) -> HttpResponse {
    let (policy, message) = match exceeded {
        Exceeded::Daily => ("DAILY", "You have reached your daily limit."),
        Exceeded::Window(window) if window.per <= Duration::from_secs(1) => {
            ("SECONDLY", "You have reached your secondly limit.")
        }
        Exceeded::Window(_) => {
            ("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.")
        }
    };
    HttpResponse::TooManyRequests().json(json!({
        "status": "error",
        "message": message,
        "errorType": "RATE_LIMIT",
        "correlationId": Uuid::now_v7().to_string(),
        "policyName": policy,
        "groupName": "publicapi:private-apps-api-calls-sandbox",
        "requestId": Uuid::now_v7().to_string(),
    }))
}

/// The answer to a status that a fault asks for; a proxy's page where the vendor's is not JSON.
pub(super) fn answer(status: StatusCode) -> HttpResponse {
    match status.as_u16() {
        400 => Refusal::validation("Property values were not valid: []").response(),
        401 => Refusal::unauthenticated().response(),
        403 => Refusal::missing_scopes().response(),
        404 => Refusal::not_found().response(),
        409 => Refusal::conflict("Conflict").response(),
        429 => {
            throttled(Exceeded::Window(crate::sandbox::Window::new(190, Duration::from_secs(10))))
        }
        // A portal under migration says when to come back, in seconds.
        477 => {
            let mut response =
                Refusal::new(status, "MIGRATION", "Migration in progress").response();
            response.headers_mut().insert(RETRY_AFTER, 3600.into());
            response
        }
        423 => Refusal::new(status, "LOCKED", "The resource is temporarily locked").response(),
        500 => Refusal::new(status, "INTERNAL_ERROR", "internal error").response(),
        _ => answers::html(status),
    }
}
