//! Pages: templates that are part of the program, and escape whatever is put into them.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY},
    },
};
use minijinja::{Environment, Error, Value, context};

use super::{
    refusal::Turned,
    session::{Session, session_of},
};
use crate::ledger::Scope;

/// What a page may do: show itself with our style, run our script, ask us, and send forms to us. Nothing that
/// is written into a page runs.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TEMPLATES: [(&str, &str); 35] = [
    ("layout.html", include_str!("pages/layout.html")),
    ("login.html", include_str!("pages/login.html")),
    ("parts.html", include_str!("pages/parts.html")),
    ("overview.html", include_str!("pages/overview.html")),
    ("overview-now.html", include_str!("pages/overview-now.html")),
    ("events.html", include_str!("pages/events.html")),
    ("event.html", include_str!("pages/event.html")),
    ("dead.html", include_str!("pages/dead.html")),
    ("doubts.html", include_str!("pages/doubts.html")),
    ("dead-now.html", include_str!("pages/dead-now.html")),
    ("letters.html", include_str!("pages/letters.html")),
    ("edit.html", include_str!("pages/edit.html")),
    ("replays.html", include_str!("pages/replays.html")),
    ("replays-now.html", include_str!("pages/replays-now.html")),
    ("replay.html", include_str!("pages/replay.html")),
    ("replay-now.html", include_str!("pages/replay-now.html")),
    ("plan.html", include_str!("pages/plan.html")),
    ("replayed.html", include_str!("pages/replayed.html")),
    ("silences.html", include_str!("pages/silences.html")),
    ("silence.html", include_str!("pages/silence.html")),
    ("silencing.html", include_str!("pages/silencing.html")),
    ("discarded.html", include_str!("pages/discarded.html")),
    ("brakes.html", include_str!("pages/brakes.html")),
    ("callbacks.html", include_str!("pages/callbacks.html")),
    ("books.html", include_str!("pages/books.html")),
    ("incidents.html", include_str!("pages/incidents.html")),
    ("sources.html", include_str!("pages/sources.html")),
    ("desks.html", include_str!("pages/desks.html")),
    ("audit.html", include_str!("pages/audit.html")),
    ("tokens.html", include_str!("pages/tokens.html")),
    ("token.html", include_str!("pages/token.html")),
    ("privacy.html", include_str!("pages/privacy.html")),
    ("erasing.html", include_str!("pages/erasing.html")),
    ("desks-now.html", include_str!("pages/desks-now.html")),
    ("turned.html", include_str!("pages/turned.html")),
];

/// The pages of the console.
#[derive(Debug)]
pub(in super::super) struct Pages(Environment<'static>);

impl Pages {
    /// Reads the templates.
    pub(in super::super) fn new() -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.add_filter("when", when);
        environment.add_filter("clock", clock);
        environment.add_filter("took", took);
        for (name, template) in TEMPLATES {
            environment.add_template(name, template)?;
        }
        Ok(Self(environment))
    }

    /// Shows a page to whose session it is.
    pub(super) fn shown(&self, session: &Session, name: &str, page: Value) -> HttpResponse {
        self.answer(StatusCode::OK, Some(session), name, page)
    }

    /// Shows a form again with what is wrong in it.
    pub(super) fn wrong(&self, session: &Session, name: &str, page: Value) -> HttpResponse {
        self.answer(StatusCode::UNPROCESSABLE_ENTITY, Some(session), name, page)
    }

    /// Shows a page to anybody.
    pub(super) fn open(&self, status: StatusCode, name: &str, page: Value) -> HttpResponse {
        self.answer(status, None, name, page)
    }

    /// Says why somebody is turned away. Who only wants to look is sent to log in.
    pub(super) fn turned(&self, request: &HttpRequest, turned: &Turned) -> HttpResponse {
        if let Turned::Refused(refusal) = turned {
            refusal.log(request);
        }
        if matches!(turned, Turned::NoSession) && request.method() == Method::GET {
            return to(LOGIN);
        }
        let status = turned.status();
        let page = context! { status => status.as_u16(), words => turned.to_string() };
        self.answer(status, session_of(request).as_ref(), "turned.html", page)
    }

    /// What changes on a page: it is the same for all who may look.
    pub(super) fn fragment(&self, name: &str, page: Value) -> Option<String> {
        self.rendered(name, context! { page => page })
    }

    fn rendered(&self, name: &str, known: Value) -> Option<String> {
        let rendered = self.0.get_template(name).and_then(|template| template.render(known));
        let told = |error: &Error| {
            tracing::error!(page = name, %error, "A page of the console was not shown");
        };
        rendered.inspect_err(told).ok()
    }

    fn answer(
        &self,
        status: StatusCode,
        session: Option<&Session>,
        name: &str,
        page: Value,
    ) -> HttpResponse {
        let frame = session.map(|session| {
            context! {
                who => session.token.name.clone(),
                scope => session.token.scope.as_str(),
                administers => session.token.scope >= Scope::Admin,
                operates => session.token.scope >= Scope::Operate,
                form_token => session.form_token(),
            }
        });
        let (status, html) = match self.rendered(name, context! { page => page, frame => frame }) {
            Some(html) => (status, html),
            None => (StatusCode::INTERNAL_SERVER_ERROR, "The page cannot be shown.".to_owned()),
        };
        // A form's origin would be `null` without a referrer of our own.
        HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((REFERRER_POLICY, "same-origin"))
            .body(html)
    }
}

/// A time for people, to the second; pages say that it is UTC.
fn when(at: &str) -> String {
    at.replacen('T', " ", 1).chars().take(19).collect()
}

/// A time in so many seconds, to the minute; with its day where that is not soon.
fn clock(at: &str, seconds: u64) -> String {
    let from = if seconds < 86_400 { 11 } else { 0 };
    when(at).chars().take(16).skip(from).collect()
}

/// How long something took, in two or three digits that matter.
fn took(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..10_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        10_000..120_000 => format!("{} s", ms / 1000),
        120_000..7_200_000 => format!("{} min", ms / 60_000),
        _ => format!("{} h {} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
    }
}

/// Where one logs in.
pub(super) const LOGIN: &str = "/console/login";

/// Sends a browser on by GET.
pub(super) fn to(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_exactly_as_people_need_them() {
        for (ms, told) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (1_960, "1.9 s"),
            (119_000, "119 s"),
            (600_000, "10 min"),
            (9_000_000, "2 h 30 min"),
        ] {
            assert_eq!(took(ms), told);
        }
        assert_eq!(clock("2026-11-23T16:40:59.5Z", 600), "16:40");
        assert_eq!(clock("2026-11-25T16:40:59Z", 100_000), "2026-11-25 16:40");
    }
}
