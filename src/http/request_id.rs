//! One fresh id for each request, told in the answer and carried to the desk's call.

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};

use crate::event::RequestId;

/// The header of every answer. What a sender puts there is not taken over.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A middleware that gives the request an id, found in its extensions, and names it in the answer.
pub async fn stamp(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = RequestId::fresh();
    request.extensions_mut().insert(id.clone());
    let mut response = next.call(request).await?;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(response)
}
