//! Giving up all dead letters of one reason at one desk: so many at once, and on from there.

use actix_web::{HttpResponse, web};
use minijinja::{context, value::Serde};

use super::{Pages, forms::Fields, refusal::Turned, session::Sent};
use crate::{
    ledger::Search,
    operators::{
        MOST_DISCARDED, Office,
        api::{admission::Operate, issues::named, parameters::Parameters},
    },
};

/// So many times [`MOST_DISCARDED`] is given up before the page tells how far it has come: a few seconds.
const TURNS: usize = 10;

/// A group, and how far it has come.
struct Group {
    desk: String,
    died_of: String,
    /// What died after the page was shown is nobody's wish.
    until: String,
    why: String,
    /// How many were given up before.
    done: u64,
}

impl Group {
    fn of(mut fields: Fields) -> Result<Self, Turned> {
        let mut take = |name| fields.take(name).ok_or(Turned::BadForm);
        let (desk, died_of, until) = (take("desk"), take("died_of"), take("until"));
        let done = take("done").map_or(Ok(0), |done| done.parse().map_err(|_| Turned::BadForm));
        let why = fields.reason()?;
        Ok(Self { desk: desk?, died_of: died_of?, until: until?, why, done: done? })
    }

    fn search(&self) -> Result<Search, Turned> {
        let chosen = [("desk", &self.desk), ("reason", &self.died_of), ("until", &self.until)];
        let chosen = chosen.map(|(name, value)| (name.to_owned(), value.clone()));
        Ok(Parameters::given(chosen.into()).search()?)
    }
}

/// Gives up what was dead when the page was shown, so many at once.
pub(super) async fn discard_group(
    sent: Sent<Operate>,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse, Turned> {
    let mut group = Group::of(sent.fields)?;
    let search = group.search()?;
    let by = office.by_session(&sent.session.token, Some(group.why.clone()));
    let (mut refused, mut more, mut turn) = (Vec::new(), true, 0);
    while more && turn < TURNS {
        let some = office.discard_all(&search, MOST_DISCARDED, &by).await?;
        group.done += some.discarded.len() as u64;
        refused.extend(some.refused);
        more = some.more;
        turn += 1;
    }
    let page = context! {
        at => "dead",
        left => left(&office, &group).await?,
        done => group.done,
        more,
        refused => Serde(refused),
        desk => group.desk,
        died_of => group.died_of,
        until => group.until,
        reason => group.why,
    };
    Ok(pages.shown(&sent.session, "discarded.html", page))
}

/// How many the issue has now.
async fn left(office: &Office, group: &Group) -> Result<u64, Turned> {
    let (desk, died_of) = named(&group.desk, &group.died_of)?;
    let issues = office.issues().await?;
    let issue = issues.iter().find(|issue| issue.desk == desk && issue.reason == died_of);
    Ok(issue.map_or(0, |issue| issue.letters))
}
