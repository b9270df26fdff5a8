//! What holds for every answer of the private port.
//!
//! On loopback, a page that a browser on this machine shows must not reach the port under a name of
//! its own (DNS rebinding): only names that mean this machine are answered.

use std::net::IpAddr;

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use super::api::refusal::Refusal;

/// Where the port listens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) is_loopback: bool,
}

/// Every answer has these, unless it says otherwise itself.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

/// A middleware that refuses strange names and adds the headers.
pub(super) async fn keep<B: MessageBody + 'static>(
    place: web::Data<Place>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let stranger = named(&request).filter(|host| place.is_loopback && !is_this_machine(host));
    let mut response = match stranger {
        None => next.call(request).await?.map_into_left_body(),
        Some(host) => {
            let (request, _unread) = request.into_parts();
            let response = Refusal::Host(host).answer(&request);
            ServiceResponse::new(request, response).map_into_right_body()
        }
    };
    add(response.headers_mut());
    Ok(response)
}

fn add(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

/// The host that the request names, without its port. No browser leaves it out.
fn named(request: &ServiceRequest) -> Option<String> {
    let host = match request.headers().get(header::HOST) {
        Some(value) => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        None => request.uri().authority()?.as_str().to_owned(),
    };
    let end = host.rfind(':').filter(|colon| !host[*colon..].contains(']'));
    Some(host[..end.unwrap_or(host.len())].to_owned())
}

fn is_this_machine(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = address.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_its_own() {
        for (host, is_own) in [
            ("localhost", true),
            ("LocalHost.", true),
            ("ops.localhost", true),
            ("127.0.0.1", true),
            ("127.8.8.8", true),
            ("[::1]", true),
            ("", false),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("10.0.0.1", false),
            ("[::2]", false),
        ] {
            assert_eq!(is_this_machine(host), is_own, "{host}");
        }
    }
}
