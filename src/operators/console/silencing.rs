//! Making a silence: a form that is shown again, with what is wrong at its field, until it can be kept.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use minijinja::{context, value::Serde};
use serde::Serialize;

use super::{
    Pages,
    forms::{Fields, Wrong},
    lists::instant,
    refusal::Turned,
    session::{Sent, Visit},
    silences::to_silence,
};
use crate::operators::{
    Office,
    api::{admission::Operate, silencing::Wanted},
};

/// How long a silence may be said to hold, where no end is given.
const LASTS: [(&str, &str, Duration); 7] = [
    ("30m", "half an hour", Duration::from_mins(30)),
    ("1h", "1 hour", Duration::from_hours(1)),
    ("2h", "2 hours", Duration::from_hours(2)),
    ("8h", "8 hours", Duration::from_hours(8)),
    ("1d", "a day", Duration::from_hours(24)),
    ("7d", "7 days", Duration::from_hours(7 * 24)),
    ("30d", "30 days", Duration::from_hours(30 * 24)),
];

/// What is offered first.
const USUAL: &str = "2h";

/// A silence as the form has it; what is empty is not said.
#[derive(Debug, Serialize)]
struct Draft {
    types: String,
    sources: String,
    desks: String,
    when: String,
    /// UTC.
    from: String,
    /// One of [`LASTS`].
    lasts: String,
    /// UTC; counts instead of `lasts`.
    until: String,
    reason: String,
}

impl Draft {
    fn of(fields: &mut Fields) -> Self {
        let mut take = |name| fields.take(name).unwrap_or_default();
        Self {
            types: take("types"),
            sources: take("sources"),
            desks: take("desks"),
            when: take("when"),
            from: take("from"),
            lasts: take("lasts"),
            until: take("until"),
            reason: take("reason"),
        }
    }

    /// What a call of the API would say at `now`.
    fn wanted(&self, now: Timestamp) -> Wanted {
        let from = said(&self.from).map(|text| instant(&text));
        let until = said(&self.until).map(|text| instant(&text));
        Wanted {
            reason: said(&self.reason),
            until: until.or_else(|| self.end(from.as_deref(), now)),
            from,
            sources: names(&self.sources),
            types: names(&self.types),
            desks: names(&self.desks),
            when: said(&self.when),
        }
    }

    /// When it is over by how long it holds; `None` too where its beginning cannot be read.
    fn end(&self, from: Option<&str>, now: Timestamp) -> Option<String> {
        let (_, _, lasts) = LASTS.iter().find(|(value, _, _)| *value == self.lasts)?;
        let from = from.map_or(Some(now), |text| text.parse().ok())?;
        Some(from.checked_add(*lasts).ok()?.to_string())
    }
}

fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Names with blanks or commas between them.
pub(super) fn names(text: &str) -> Vec<String> {
    let parts = text.split(|letter: char| letter == ',' || letter.is_whitespace());
    parts.filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect()
}

/// The form, filled with what a link says.
pub(super) async fn form(
    visit: Visit<Operate>,
    request: HttpRequest,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let mut fields = Fields::of_query(&request)?;
    let mut draft = Draft::of(&mut fields);
    fields.done()?;
    if draft.lasts.is_empty() {
        USUAL.clone_into(&mut draft.lasts);
    }
    Ok(pages.shown(&visit.session, "silencing.html", page(&draft, None)))
}

/// Makes a silence, or says what is wrong with it.
pub(super) async fn create(
    mut sent: Sent<Operate>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let draft = Draft::of(&mut sent.fields);
    sent.fields.done()?;
    let now = office.clock.now();
    match draft.wanted(now).read(now) {
        Ok((silence, why)) => {
            let by = office.by_session(&sent.session.token, Some(why));
            Ok(to_silence(&office.create_silence(&silence, &by).await?))
        }
        Err(refusal) => {
            let wrong = Wrong::of(refusal)?;
            Ok(pages.wrong(&sent.session, "silencing.html", page(&draft, Some(&wrong))))
        }
    }
}

fn page(draft: &Draft, wrong: Option<&Wrong>) -> minijinja::Value {
    let lasts: Vec<_> = LASTS.iter().map(|(value, words, _)| (*value, *words)).collect();
    context! { at => "silences", draft => Serde(draft), wrong => Serde(wrong), lasts }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn draft(lasts: &str, from: &str, until: &str) -> Draft {
        let text = str::to_owned;
        Draft {
            types: text("payment.*, order.stuck\n*"),
            sources: String::new(),
            desks: text(" crm "),
            when: String::new(),
            from: text(from),
            lasts: text(lasts),
            until: text(until),
            reason: text("why"),
        }
    }

    #[test]
    fn names_stand_between_blanks_and_commas() {
        let wanted = draft("2h", "", "").wanted(Timestamp::UNIX_EPOCH);
        assert_eq!(wanted.types, ["payment.*", "order.stuck", "*"]);
        assert_eq!((wanted.desks, wanted.when), (vec!["crm".to_owned()], None));
    }

    #[test]
    fn an_end_counts_instead_of_how_long_it_holds() {
        let ends = |lasts, from, until| {
            let wanted = draft(lasts, from, until).wanted(Timestamp::UNIX_EPOCH);
            wanted.until.map(|text| text.parse::<Timestamp>().unwrap().as_second())
        };
        assert_eq!(ends("2h", "", ""), Some(7200));
        assert_eq!(ends("1h", "1970-01-02T00:00", ""), Some(90_000));
        assert_eq!(ends("2h", "", "1970-01-01T00:10"), Some(600));
        assert_eq!(ends("2h", "soon", ""), None);
        assert_eq!(ends("", "", ""), None);
    }
}
