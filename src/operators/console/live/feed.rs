//! What there is to watch, and how it looks now.

use std::{sync::Arc, time::Duration};

use actix_web::HttpRequest;
use minijinja::{Value, context, value::Serde};
use tokio::{sync::Mutex, time::Instant};

use super::super::{Pages, overview, refusal::Turned, replays};
use crate::{
    ledger::ReplayName,
    operators::{
        Office, OfficeError,
        api::{parameters::Parameters, refusal::Refusal},
        views::IssueCounts,
    },
};

/// How often it is looked.
pub(super) const EVERY: Duration = Duration::from_secs(2);

/// What was looked up is good for all who look in the same turn.
const GOOD_FOR: Duration = Duration::from_millis(1900);

/// Looking takes no more than one part in so many of the time.
const SHARE: u32 = 20;

/// What a page shows that changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    /// The overview.
    Overview,
    /// How desks stand.
    Desks,
    /// How many dead letters each issue has.
    Issues,
    /// How far replays have come.
    Replays,
    /// How far one has come.
    Replay(ReplayName),
}

impl Topic {
    /// What a request asks for.
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Turned> {
        let mut parameters = Parameters::of(request)?;
        let (of, name) = (parameters.text("of")?, parameters.text("name")?);
        parameters.done(&["of", "name"])?;
        match (of.as_deref(), name) {
            (Some("overview"), None) => Ok(Self::Overview),
            (Some("desks"), None) => Ok(Self::Desks),
            (Some("issues"), None) => Ok(Self::Issues),
            (Some("replays"), None) => Ok(Self::Replays),
            (Some("replays"), Some(name)) => replays::name(&name).map(Self::Replay),
            _ => Err(Turned::Refused(Refusal::parameter(
                "of",
                "is nothing that changes",
                "allowed are overview, desks, issues and replays, these with a `name` or not",
            ))),
        }
    }

    /// Refuses what does not exist.
    pub(super) async fn is_there(&self, office: &Office) -> Result<(), Turned> {
        if let Self::Replay(name) = self {
            office.find_replay(name).await?;
        }
        Ok(())
    }

    /// The template of its fragment, and what that shows.
    async fn page(&self, office: &Office) -> Result<(&'static str, Value), OfficeError> {
        Ok(match self {
            Self::Overview => ("overview-now.html", overview::page(office.survey().await?)),
            Self::Desks => ("desks-now.html", context! { desks => Serde(office.desks().await?) }),
            Self::Issues => {
                let issues = office.issues().await?;
                let counts = IssueCounts::of(&issues);
                ("dead-now.html", context! { issues => Serde(issues), counts => Serde(counts) })
            }
            Self::Replays => {
                let replays = office.replays(replays::MOST).await?;
                ("replays-now.html", context! { replays => Serde(replays) })
            }
            Self::Replay(name) => {
                let replay = office.find_replay(name).await?;
                ("replay-now.html", context! { replay => Serde(replay) })
            }
        })
    }
}

/// How something looks now, for all who watch it.
#[derive(Debug)]
pub(super) struct Feed {
    topic: Topic,
    last: Mutex<Option<Look>>,
}

#[derive(Debug)]
struct Look {
    html: Arc<str>,
    good_until: Instant,
}

impl Feed {
    /// Nobody has looked yet.
    pub(super) fn of(topic: Topic) -> Self {
        Self { topic, last: Mutex::default() }
    }

    /// How it looks now, or did a moment ago; `None` where it cannot be told. Who comes while somebody
    /// looks waits for that.
    pub(super) async fn now(&self, office: &Office, pages: &Pages) -> Option<Arc<str>> {
        let mut last = self.last.lock().await;
        let began = Instant::now();
        if let Some(look) = last.as_ref().filter(|look| began < look.good_until) {
            return Some(look.html.clone());
        }
        let (template, page) = self.topic.page(office).await.ok()?;
        let html: Arc<str> = pages.fragment(template, page)?.into();
        let now = Instant::now();
        let good_until = now + GOOD_FOR.max(SHARE * (now - began));
        *last = Some(Look { html: html.clone(), good_until });
        Some(html)
    }
}
