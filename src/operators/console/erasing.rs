//! Persons' data: for how long it is kept, and erasing a customer, which is planned before it is done.

use actix_web::{HttpResponse, web};
use minijinja::{Value, context, value::Serde};
use serde::Serialize;

use super::{
    Pages,
    forms::{Fields, Wrong},
    refusal::Turned,
    session::{Sent, Session, Visit},
    silencing::names,
};
use crate::{
    ledger::{Act, AuditSearch, Page, Retention},
    operators::{
        Office, RetentionReport,
        api::{admission::Admin, erasing::Whom},
    },
};

/// How many of the latest erasures the page has.
const MOST_ERASURES: usize = 20;

/// Of so many thousands of old events the page says which are due: a moment's work.
const THOUSANDS: usize = 5;

/// Whom to erase, as the forms have it.
#[derive(Debug, Default, Serialize)]
struct Draft {
    customer: String,
    /// Names of members, with blanks or commas between them; empty: the configured ones.
    paths: String,
    /// `yes`, or empty.
    even_open: String,
    reason: String,
}

impl Draft {
    fn of(fields: &mut Fields) -> Result<Self, Turned> {
        let mut take = |name| fields.take(name).unwrap_or_default();
        let draft = Self {
            customer: take("customer").trim().to_owned(),
            paths: take("paths"),
            even_open: take("even_open"),
            reason: take("reason"),
        };
        is_ticked(&draft.even_open)?;
        Ok(draft)
    }

    /// What a call of the API would say.
    fn whom(&self, dry_run: bool) -> Whom {
        Whom {
            customer: self.customer.clone(),
            paths: names(&self.paths),
            even_open: !self.even_open.is_empty(),
            dry_run,
            reason: Some(self.reason.clone()).filter(|why| !why.is_empty()),
        }
    }
}

fn is_ticked(value: &str) -> Result<bool, Turned> {
    match value {
        "" => Ok(false),
        "yes" => Ok(true),
        _ => Err(Turned::BadForm),
    }
}

/// What is kept of one end of deliveries.
#[derive(Debug, Serialize)]
struct Kept {
    end: &'static str,
    /// `None`: for ever.
    seconds: Option<u64>,
    /// How many deliveries are due now; `None` where there are none.
    due: Option<u64>,
}

impl Kept {
    fn all(RetentionReport { seconds, over }: &RetentionReport) -> Vec<Self> {
        let due = |end| over.deliveries.get(end).copied().unwrap_or_default();
        let kept = |end| Self {
            end,
            seconds: seconds.get(end).copied(),
            due: (end != Retention::UNMATCHED).then(|| due(end)),
        };
        Retention::ENDS.into_iter().map(kept).collect()
    }
}

/// How long what events say is kept, the form of an erasure, and the erasures so far.
pub(super) async fn privacy(
    visit: Visit<Admin>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let page = page(&office, &Draft::default(), None).await?;
    Ok(pages.shown(&visit.session, "privacy.html", page))
}

/// Tells what erasing a customer would do.
pub(super) async fn plan(
    mut sent: Sent<Admin>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let draft = Draft::of(&mut sent.fields)?;
    sent.fields.done()?;
    planned(&office, &pages, &sent.session, &draft, None).await
}

/// Erases a customer, and tells what that did; or what is wanting.
pub(super) async fn erase(
    mut sent: Sent<Admin>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let is_sure = is_ticked(&sent.fields.take("sure").unwrap_or_default())?;
    let draft = Draft::of(&mut sent.fields)?;
    sent.fields.done()?;
    let wrong = match draft.whom(false).read(&office.privacy.customer_paths) {
        Ok((wish, why)) if is_sure => {
            let by = office.by_session(&sent.session.token, why);
            let report = office.erase(&wish, &by).await?;
            let is_whole = report.is_whole();
            let page = context! { at => "admin", report => Serde(report), is_whole };
            return Ok(pages.shown(&sent.session, "erasing.html", page));
        }
        Ok(_) => Wrong::at("sure", "is not ticked".to_owned()),
        Err(refusal) => Wrong::of(refusal)?,
    };
    planned(&office, &pages, &sent.session, &draft, Some(wrong)).await
}

/// The plan, with what is wanting of the form below it; a customer that cannot be looked for has none.
async fn planned(
    office: &Office,
    pages: &Pages,
    session: &Session,
    draft: &Draft,
    wrong: Option<Wrong>,
) -> Result<HttpResponse, Turned> {
    let without_reason = Whom { reason: None, ..draft.whom(true) };
    let wish = match without_reason.read(&office.privacy.customer_paths) {
        Ok((wish, _)) => wish,
        Err(refusal) => {
            let page = page(office, draft, Some(&Wrong::of(refusal)?)).await?;
            return Ok(pages.wrong(session, "privacy.html", page));
        }
    };
    let report = office.erase(&wish, &office.by_session(&session.token, None)).await?;
    let is_wrong = wrong.is_some();
    let (report, draft, wrong) = (Serde(report), Serde(draft), Serde(wrong));
    let page = context! { at => "admin", report, draft, wrong };
    Ok(if is_wrong {
        pages.wrong(session, "erasing.html", page)
    } else {
        pages.shown(session, "erasing.html", page)
    })
}

async fn page(office: &Office, draft: &Draft, wrong: Option<&Wrong>) -> Result<Value, Turned> {
    let (report, is_all) = office.retention_within(THOUSANDS).await?;
    let search = AuditSearch { act: Some(Act::Erase), ..AuditSearch::default() };
    let erasures = office.audit(&search, &Page { after: None, most: MOST_ERASURES }).await?;
    Ok(context! {
        at => "admin",
        kept => Serde(Kept::all(&report)),
        due => report.over.events,
        is_all,
        looked_at => THOUSANDS * 1000,
        paths => office.privacy.customer_paths.clone(),
        erasures => Serde(erasures.items),
        more => erasures.next.is_some(),
        act => Act::Erase.as_str(),
        draft => Serde(draft),
        wrong => Serde(wrong),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::ledger::Expired;

    #[test]
    fn every_end_is_told_with_its_time_and_what_is_due() {
        let mut report =
            RetentionReport { seconds: [("dead", 60)].into(), over: Expired::default() };
        report.over.deliveries.insert("dead".to_owned(), 7);
        let kept = Kept::all(&report);
        assert_eq!(kept.len(), Retention::ENDS.len());
        let of = |end| kept.iter().find(|kept| kept.end == end).unwrap();
        assert_eq!((of("dead").seconds, of("dead").due), (Some(60), Some(7)));
        assert_eq!((of("ticketed").seconds, of("ticketed").due), (None, Some(0)));
        assert_eq!(of("unmatched").due, None);
    }

    #[test]
    fn a_form_says_what_a_call_of_the_api_says() {
        let text = str::to_owned;
        let draft = Draft {
            customer: text("user 42"),
            paths: text("data.a, data.b"),
            even_open: text("yes"),
            reason: String::new(),
        };
        let whom = draft.whom(true);
        assert_eq!((&*whom.customer, whom.even_open, whom.dry_run), ("user 42", true, true));
        assert_eq!((whom.paths, whom.reason), (vec![text("data.a"), text("data.b")], None));
        assert!(is_ticked("no").is_err());
    }
}
