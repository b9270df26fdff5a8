//! Tokens: who may, made and revoked. A token itself is shown once, to who made it.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use minijinja::{Value, context, value::Serde};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::{
    Pages,
    forms::{Fields, Wrong},
    lists::{behind, page_of},
    refusal::Turned,
    session::{Sent, Visit},
    templates::to,
};
use crate::{
    ledger::{Found, Page, Scope, TokenRecord},
    operators::{
        Office, OfficeError,
        api::{
            admin::{TOKENS, Wanted},
            admission::Admin,
        },
    },
};

/// After which time a token may be said to end by itself; the last one never does.
const LASTS: [(&str, &str, Option<Duration>); 6] = [
    ("12h", "12 hours", Some(Duration::from_hours(12))),
    ("7d", "7 days", Some(Duration::from_hours(7 * 24))),
    ("30d", "30 days", Some(Duration::from_hours(30 * 24))),
    ("90d", "90 days", Some(Duration::from_hours(90 * 24))),
    ("365d", "a year", Some(Duration::from_hours(365 * 24))),
    ("never", "never", None),
];

/// A token as the form has it.
#[derive(Debug, Serialize)]
struct Draft {
    name: String,
    scope: String,
    /// One of [`LASTS`].
    lasts: String,
}

impl Draft {
    /// What is offered first.
    fn usual() -> Self {
        let text = str::to_owned;
        Self { name: String::new(), scope: text("read"), lasts: text("90d") }
    }

    fn of(fields: &mut Fields) -> Self {
        let mut take = |name| fields.take(name).unwrap_or_default();
        Self { name: take("name"), scope: take("scope"), lasts: take("lasts") }
    }

    /// What a call of the API would say at `now`; `None` where it is not said when the token ends.
    fn wanted(&self, now: Timestamp) -> Option<Wanted> {
        let (_, _, lasts) = LASTS.iter().find(|(value, _, _)| *value == self.lasts)?;
        let ends = lasts.map(|lasts| now.checked_add(lasts).unwrap_or(Timestamp::MAX));
        Some(Wanted {
            name: self.name.trim().to_owned(),
            scope: self.scope.clone(),
            expires_at: ends.map(|at| at.to_string()),
        })
    }
}

/// A token, and whether it still admits.
#[derive(Debug, Serialize)]
struct Shown {
    token: TokenRecord,
    state: &'static str,
}

impl Shown {
    fn of(token: TokenRecord, now: Timestamp) -> Self {
        let state = match (token.revoked_at, token.is_live(now)) {
            (Some(_), _) => "revoked",
            (None, false) => "expired",
            (None, true) => "live",
        };
        Self { token, state }
    }
}

/// The tokens, the newest first, and the form that makes one.
pub(super) async fn tokens(
    visit: Visit<Admin>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let asked = page_of(&request, TOKENS)?;
    let page = page(&office, &asked, &Draft::usual(), None).await?;
    Ok(pages.shown(&visit.session, "tokens.html", page))
}

/// Makes a token and shows it, this once; or says what is wrong with it.
pub(super) async fn create(
    mut sent: Sent<Admin>,
    request: HttpRequest,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let draft = Draft::of(&mut sent.fields);
    sent.fields.done()?;
    let by = office.by_session(&sent.session.token, None);
    let wanted = draft.wanted(by.at).ok_or(Turned::BadForm)?;
    let wrong = match wanted.read() {
        Ok((name, scope, ends)) => match office.create_token(name, scope, ends, &by).await {
            Ok((token, record)) => {
                let token = token.expose_secret().to_owned();
                let page = context! { at => "admin", token, record => Serde(record) };
                return Ok(pages.shown(&sent.session, "token.html", page));
            }
            Err(OfficeError::NotAllowed(words)) => Wrong::at("name", words),
            Err(error) => return Err(error.into()),
        },
        Err(refusal) => Wrong::of(refusal)?,
    };
    let page = page(&office, &page_of(&request, TOKENS)?, &draft, Some(&wrong)).await?;
    Ok(pages.wrong(&sent.session, "tokens.html", page))
}

/// Ends a token at once. One that is ended already stays so.
pub(super) async fn revoke(
    sent: Sent<Admin>,
    path: web::Path<String>,
    office: web::Data<Office>,
) -> Result<HttpResponse, Turned> {
    let why = sent.fields.maybe_reason()?;
    let id: i64 = path.parse().map_err(|_| OfficeError::unknown("token", path.as_str()))?;
    office.revoke_token(id, &office.by_session(&sent.session.token, why)).await?;
    Ok(to("/console/tokens"))
}

async fn page(
    office: &Office,
    asked: &Page,
    draft: &Draft,
    wrong: Option<&Wrong>,
) -> Result<Value, Turned> {
    let Found { items, next, walked: _ } = office.tokens_of(asked).await?;
    let now = office.clock.now();
    let shown: Vec<Shown> = items.into_iter().map(|token| Shown::of(token, now)).collect();
    Ok(context! {
        at => "admin",
        tokens => Serde(shown),
        next => Serde(behind(&[].into(), next.as_ref(), TOKENS)),
        scopes => Scope::ALL.map(Scope::as_str).to_vec(),
        lasts => LASTS.iter().map(|(value, words, _)| (*value, *words)).collect::<Vec<_>>(),
        draft => Serde(draft),
        wrong => Serde(wrong),
    })
}
