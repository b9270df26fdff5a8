//! Who visits: the session of a browser, and what its forms have to show.

use std::{fmt, future::Ready, marker::PhantomData, pin::Pin};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    body::{EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::{COOKIE, HOST, HeaderMap, ORIGIN},
    middleware::Next,
    web,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::{Pages, forms::Fields, refusal::Turned};
use crate::{
    ledger::TokenRecord,
    operators::{
        Office, OfficeError,
        api::{admission::Needed, refusal::Refusal},
    },
};

/// The cookie that holds what the ledger knows the hash of.
pub(super) const SESSION_COOKIE: &str = "deskbell-console";

/// The field of every form that shows that a page of the session had it.
pub(super) const FORM_TOKEN: &str = "form_token";

/// What a form token says under the session's key.
const FORM_PURPOSE: &[u8] = b"deskbell console form";

/// A live session.
#[derive(Clone)]
pub(super) struct Session {
    /// The token that it was opened with.
    pub(super) token: TokenRecord,
    shown: SecretString,
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Session of {}", self.token.name)
    }
}

impl Session {
    /// What the browser shows.
    pub(super) fn shown(&self) -> &str {
        self.shown.expose_secret()
    }

    /// What the forms of this session's pages show; it tells nothing of what the cookie holds.
    pub(super) fn form_token(&self) -> String {
        let mac = form_mac(self.shown()).map(|mac| mac.finalize().into_bytes());
        mac.map(|mac| URL_SAFE_NO_PAD.encode(mac)).unwrap_or_default()
    }

    fn has_given(&self, form_token: &str) -> bool {
        let given = URL_SAFE_NO_PAD.decode(form_token).unwrap_or_default();
        form_mac(self.shown()).is_some_and(|mac| mac.verify_slice(&given).is_ok())
    }
}

/// Keys of every length are taken, so there always is one.
fn form_mac(key: &str) -> Option<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    Some(mac.chain_update(FORM_PURPOSE))
}

/// A middleware that looks whose session it is, and makes a page of why somebody is turned away.
pub(super) async fn receive<B: MessageBody + 'static>(
    (office, pages): (web::Data<Office>, web::Data<Pages>),
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if let Err(error) = recognise(&office, &request).await {
        let (request, _unread) = request.into_parts();
        let page = pages.turned(&request, &Turned::from(Refusal::from(error)));
        return Ok(ServiceResponse::new(request, page).map_into_right_body());
    }
    let response = next.call(request).await?;
    let turned = response.response().error().and_then(|error| error.as_error::<Turned>());
    let page = turned.map(|turned| pages.turned(response.request(), turned));
    Ok(match page {
        None => response.map_into_left_body(),
        Some(page) => response.into_response(page).map_into_right_body(),
    })
}

async fn recognise(office: &Office, request: &ServiceRequest) -> Result<(), OfficeError> {
    let Some(shown) = cookie(request.headers()) else { return Ok(()) };
    if let Some(token) = office.session(&shown).await? {
        request.extensions_mut().insert(Session { token, shown: SecretString::from(shown) });
    }
    Ok(())
}

/// What the browser shows.
fn cookie(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(COOKIE).filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim() == SESSION_COOKIE)?;
    Some(value.trim().to_owned())
}

/// The live session of a request.
pub(super) fn session_of(request: &HttpRequest) -> Option<Session> {
    request.extensions().get::<Session>().cloned()
}

fn admitted<N: Needed>(request: &HttpRequest) -> Result<Session, Turned> {
    let session = session_of(request).ok_or(Turned::NoSession)?;
    if session.token.scope >= N::SCOPE {
        Ok(session)
    } else {
        Err(Refusal::Scope { has: session.token.scope, needs: N::SCOPE }.into())
    }
}

/// Somebody who looks at a page, and may. The first argument of every handler that shows one.
#[derive(Debug)]
pub(super) struct Visit<N> {
    /// Whose session it is.
    pub(super) session: Session,
    needed: PhantomData<N>,
}

impl<N: Needed> FromRequest for Visit<N> {
    type Error = Turned;
    type Future = Ready<Result<Self, Turned>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = admitted::<N>(request);
        std::future::ready(session.map(|session| Self { session, needed: PhantomData }))
    }
}

/// Somebody who sends a form of a page of ours, and may. The first argument of every handler that
/// acts: what is asked for is not read before it is proven.
#[derive(Debug)]
pub(super) struct Sent<N> {
    /// Whose session it is.
    pub(super) session: Session,
    /// What is in the form besides.
    pub(super) fields: Fields,
    needed: PhantomData<N>,
}

impl<N: Needed> FromRequest for Sent<N> {
    type Error = Turned;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Turned>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let proven = is_ours(request.headers()).and_then(|()| admitted::<N>(request));
        let reading = Fields::read(request, payload);
        Box::pin(async move {
            let session = proven?;
            let mut fields = reading.await?;
            let form_token = fields.take(FORM_TOKEN).unwrap_or_default();
            if session.has_given(&form_token) {
                Ok(Self { session, fields, needed: PhantomData })
            } else {
                Err(Turned::OtherForm)
            }
        })
    }
}

/// Whether a form was sent by a page of ours, as the browser tells. A browser that tells neither is
/// none that the console is for.
pub(super) fn is_ours(headers: &HeaderMap) -> Result<(), Turned> {
    if comes_from_us(headers) == Some(true) { Ok(()) } else { Err(Turned::Stranger) }
}

/// Whether a browser tells that another page asks. Where the way to us is not encrypted, it may tell
/// nothing of what is only looked at.
pub(super) fn is_of_another_page(headers: &HeaderMap) -> bool {
    comes_from_us(headers) == Some(false)
}

/// `None`: the browser does not tell.
fn comes_from_us(headers: &HeaderMap) -> Option<bool> {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (said("sec-fetch-site"), said(ORIGIN.as_str())) {
        (Some(site), _) => Some(site == "same-origin"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            Some(host.is_some() && host == said(HOST.as_str()))
        }
        (None, None) => None,
    }
}

/// Whether the browser reached the page by https.
pub(super) fn is_https(headers: &HeaderMap) -> bool {
    headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn only_a_page_of_the_same_origin_sends_forms() {
        for (pairs, ours) in [
            (&[("host", "a:1"), ("origin", "http://a:1")][..], true),
            (&[("host", "a:1"), ("origin", "https://a:1")], true),
            (&[("host", "a:1"), ("origin", "http://a:2")], false),
            (&[("host", "a:1"), ("origin", "null")], false),
            (&[("host", "a:1")], false),
            (&[("origin", "http://a:1")], false),
            (&[("host", "a:1"), ("sec-fetch-site", "same-origin")], true),
            (&[("host", "a:1"), ("sec-fetch-site", "same-site")], false),
            (&[("host", "a:1"), ("sec-fetch-site", "none")], false),
            (&[("host", "a"), ("origin", "http://a"), ("sec-fetch-site", "cross-site")], false),
        ] {
            assert_eq!(is_ours(&headers(pairs)).is_ok(), ours, "{pairs:?}");
            let is_silent = pairs == [("host", "a:1")];
            assert_eq!(is_of_another_page(&headers(pairs)), !ours && !is_silent, "{pairs:?}");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let headers = headers(&[("cookie", "a=b; deskbell-console=dbs_x; c=d")]);
        assert_eq!(cookie(&headers).unwrap(), "dbs_x");
    }
}
