//! The way in, with an operators' token that is shown once, and the ways out.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
    web,
};
use minijinja::context;
use secrecy::ExposeSecret;

use super::{
    Pages,
    forms::Fields,
    refusal::Turned,
    session::{SESSION_COOKIE, Sent, is_https, is_ours, session_of},
    templates::LOGIN,
};
use crate::operators::{Office, SESSION_LASTS, api::admission::Read};

/// The form to log in with.
pub(super) async fn form(pages: web::Data<Pages>) -> HttpResponse {
    pages.open(StatusCode::OK, "login.html", context! {})
}

/// Opens a session for who shows a live token. One that the browser had is ended.
pub(super) async fn log_in(
    request: HttpRequest,
    body: web::Payload,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    is_ours(request.headers())?;
    let mut fields = Fields::read(&request, &mut body.into_inner()).await?;
    let token = fields.take("token").unwrap_or_default();
    fields.done()?;
    let Some(shown) = office.open_session(token.trim()).await? else {
        let has_tokens = !office.tokens().await?.is_empty();
        let page = context! { refused => true, has_tokens };
        return Ok(pages.open(StatusCode::UNAUTHORIZED, "login.html", page));
    };
    if let Some(session) = session_of(&request) {
        let by = office.by_session(&session.token, None);
        office.end_session(session.shown(), &by).await?;
    }
    let is_secure = is_https(request.headers());
    let cookie = cookie(shown.expose_secret(), SESSION_LASTS.as_secs(), is_secure);
    Ok(on_to("/console").insert_header((SET_COOKIE, cookie)).finish())
}

/// Ends the session.
pub(super) async fn log_out(
    sent: Sent<Read>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    sent.fields.done()?;
    let by = office.by_session(&sent.session.token, None);
    office.end_session(sent.session.shown(), &by).await?;
    Ok(gone())
}

/// Ends all sessions of the token that this one was opened with.
pub(super) async fn log_out_everywhere(
    sent: Sent<Read>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    sent.fields.done()?;
    let by = office.by_session(&sent.session.token, None);
    office.end_sessions(&sent.session.token, &by).await?;
    Ok(gone())
}

fn gone() -> HttpResponse {
    on_to(LOGIN).insert_header((SET_COOKIE, cookie("", 0, false))).finish()
}

fn on_to(path: &'static str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((LOCATION, path));
    answer
}

/// Neither scripts nor pages of others have it, and it is sent to the console alone.
fn cookie(value: &str, seconds: i64, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!(
        "{SESSION_COOKIE}={value}; Path=/console; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    )
}
