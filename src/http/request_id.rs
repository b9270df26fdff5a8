//! One fresh id for each request, told in the answer and carried to the desk's call.

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};

/// The header of every answer. What a sender puts there is not taken over.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The request's id, in its extensions.
#[derive(Debug, Clone)]
struct Stamp(String);

/// A middleware that gives the request an id, for [`request_id`], and names it in the answer.
pub async fn stamp(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = fresh();
    let value = HeaderValue::from_str(&id);
    request.extensions_mut().insert(Stamp(id));
    let mut response = next.call(request).await?;
    if let Ok(value) = value {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}

/// The id that [`stamp`] gave the request; a fresh one where it was not asked.
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<Stamp>().map_or_else(fresh, |stamp| stamp.0.clone())
}

/// A UUID of version 7, so that ids sort by time.
fn fresh() -> String {
    uuid::Uuid::now_v7().to_string()
}
