//! Who may ask: tokens first, before anything of a request is looked at.

use std::{future::Ready, marker::PhantomData};

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    body::{EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::AUTHORIZATION,
    middleware::Next,
    web,
};

use super::refusal::Refusal;
use crate::{
    ledger::{Scope, TokenRecord},
    operators::Office,
};

/// A scope, as a type: what a handler takes in its signature, it cannot forget.
pub(in super::super) trait Needed {
    /// The scope.
    const SCOPE: Scope;
}

/// Needs [`Scope::Read`].
#[derive(Debug)]
pub(in super::super) struct Read;
/// Needs [`Scope::Operate`].
#[derive(Debug)]
pub(in super::super) struct Operate;
/// Needs [`Scope::Admin`].
#[derive(Debug)]
pub(in super::super) struct Admin;

impl Needed for Read {
    const SCOPE: Scope = Scope::Read;
}
impl Needed for Operate {
    const SCOPE: Scope = Scope::Operate;
}
impl Needed for Admin {
    const SCOPE: Scope = Scope::Admin;
}

/// Somebody whose token admits to what is needed. The first argument of every handler.
#[derive(Debug)]
pub(super) struct May<N> {
    /// Who.
    pub(super) token: TokenRecord,
    needed: PhantomData<N>,
}

/// Who was admitted, in the request's extensions.
#[derive(Debug, Clone)]
struct Admitted(TokenRecord);

impl<N: Needed> FromRequest for May<N> {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitted = request.extensions().get::<Admitted>().cloned();
        std::future::ready(match admitted {
            Some(Admitted(token)) if token.scope >= N::SCOPE => {
                Ok(Self { token, needed: PhantomData })
            }
            Some(Admitted(token)) => Err(Refusal::Scope { has: token.scope, needs: N::SCOPE }),
            None => Err(Refusal::NoToken),
        })
    }
}

/// A middleware that lets pass who shows a live token, and tells every refusal.
pub(super) async fn admit<B: MessageBody + 'static>(
    office: web::Data<Office>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let response = match admitted(&office, &request).await {
        Ok(token) => {
            request.extensions_mut().insert(Admitted(token));
            next.call(request).await?.map_into_left_body()
        }
        Err(refusal) => request.error_response(refusal).map_into_right_body(),
    };
    let refusal = response.response().error().and_then(|error| error.as_error::<Refusal>());
    let answer = refusal.map(|refusal| refusal.answer(response.request()));
    Ok(match answer {
        None => response,
        Some(answer) => response.into_response(answer.map_into_right_body()),
    })
}

async fn admitted(office: &Office, request: &ServiceRequest) -> Result<TokenRecord, Refusal> {
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(text) = shown.and_then(bearer) else {
        let has_some = !office.tokens().await?.is_empty();
        return Err(if has_some { Refusal::NoToken } else { Refusal::NoTokens });
    };
    if let Some(token) = office.admitted(text).await? {
        return Ok(token);
    }
    let has_some = !office.tokens().await?.is_empty();
    Err(if has_some { Refusal::BadToken } else { Refusal::NoTokens })
}

/// What a header `Authorization` shows (RFC 6750, 2.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_one() {
        for (header, token) in [
            ("Bearer dbt_x", Some("dbt_x")),
            ("bearer  dbt_x", Some("dbt_x")),
            ("Basic dbt_x", None),
            ("dbt_x", None),
            ("", None),
        ] {
            assert_eq!(bearer(header), token, "{header}");
        }
    }
}
