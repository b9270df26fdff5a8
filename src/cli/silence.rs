//! `deskbell silence`: deliveries that operators want no tickets of for a while.

mod telling;

use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use self::telling::{list, shown, unknown, view};
use super::{Context, Exit, WrongCall, acting::by, argument, output, span};
use crate::{
    delivery::{DeliveryKey, NewSilence, SilenceChoice, SilenceId},
    ledger::{By, Ledger, Page, Search},
    operators::check_when,
};

/// How many deliveries `show` prints.
const MOST_SHOWN: usize = 50;

/// Silences: keep events from becoming tickets for a while, and let them have their tickets later.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Makes a silence. What it is about gets no ticket while it holds, unless that has begun.
    Create(Wanted),
    /// Silences, the last made first, with how much each suppresses.
    List {
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One silence, and the last deliveries that it suppresses, or did.
    Show {
        /// Its number.
        id: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Ends a silence before its time. What it suppressed stays suppressed until it is released.
    End {
        /// Its number.
        id: String,
        /// Why, for those who look later.
        #[arg(long)]
        why: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lets what a silence has suppressed have its tickets: all of it, or these deliveries.
    Release {
        /// Its number.
        id: String,
        /// The deliveries' keys.
        keys: Vec<String>,
        /// Why, for those who look later.
        #[arg(long)]
        why: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// The silence that is to be made.
#[derive(Debug, Args)]
struct Wanted {
    /// Of this event type: `payment.failed`, `payment.*`, `*`. May be given several times.
    #[arg(long = "type")]
    types: Vec<String>,
    /// Of this source. May be given several times.
    #[arg(long = "source")]
    sources: Vec<String>,
    /// For this desk. May be given several times.
    #[arg(long = "desk")]
    desks: Vec<String>,
    /// Of which this expression is true, written as rules have it. What a source redacts is not there.
    #[arg(long)]
    when: Option<String>,
    /// When it begins, RFC 3339; now where nothing is said.
    #[arg(long)]
    from: Option<String>,
    /// How long it holds: `2h`, `30m`. At most 30 days.
    #[arg(long = "for", required_unless_present = "until", conflicts_with = "until")]
    lasts: Option<String>,
    /// When it is over, RFC 3339.
    #[arg(long)]
    until: Option<String>,
    /// Why, for those who look later.
    #[arg(long)]
    why: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self.act {
            Act::Create(wanted) => {
                let by = by(context, Some(wanted.why.clone()));
                let (silence, json) = (wanted.read(by.at)?, wanted.json);
                // A silence may be made before the first worker runs.
                let made = context.ledger_or_new()?.create_silence(&silence, &by).await?;
                shown(Some(made), json)
            }
            Act::List { limit, json } => {
                list(&context.ledger()?.silences(None, limit).await?, json)
            }
            Act::Show { id, json } => show(&*context.ledger()?, argument("id", &id)?, json).await,
            Act::End { id, why, json } => {
                let (id, by) = (argument("id", &id)?, by(context, why));
                shown(context.ledger()?.end_silence(id, &by).await?, json)
            }
            Act::Release { id, keys, why, json } => {
                let (id, by) = (argument("id", &id)?, by(context, Some(why)));
                let keys = keys.iter().map(|key| argument("key", key));
                let keys = keys.collect::<Result<Vec<DeliveryKey>, _>>()?;
                release(&*context.ledger()?, id, &keys, &by, json).await
            }
        }
    }
}

impl Wanted {
    fn read(&self, now: Timestamp) -> anyhow::Result<NewSilence> {
        fn all<T>(name: &str, texts: &[String]) -> anyhow::Result<Vec<T>>
        where
            T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
        {
            Ok(texts.iter().map(|text| argument(name, text)).collect::<Result<_, _>>()?)
        }
        let from = self.from.as_ref().map(|text| argument("--from", text)).transpose()?;
        let from = from.unwrap_or(now);
        let until = match (&self.until, &self.lasts) {
            (Some(text), _) => argument("--until", text)?,
            (None, Some(text)) => from
                .checked_add(span("--for", text)?)
                .map_err(|_too_far| WrongCall(format!("--for `{text}` is too long")))?,
            (None, None) => from + Duration::ZERO,
        };
        if let Some(when) = &self.when {
            let unread = || WrongCall(format!("--when `{when}`"));
            check_when(when).with_context(unread)?;
        }
        let choice = SilenceChoice {
            sources: all("--source", &self.sources)?,
            types: all("--type", &self.types)?,
            desks: all("--desk", &self.desks)?,
            when: self.when.clone(),
        };
        let silence = NewSilence { from, until, choice };
        silence.check(now).map_err(|why| WrongCall(format!("no silence is made: {why}")))?;
        Ok(silence)
    }
}

async fn show(ledger: &dyn Ledger, id: SilenceId, json: bool) -> anyhow::Result<Exit> {
    let Some(silence) = ledger.silence(id).await? else { return Ok(unknown()) };
    let search = Search { silence: Some(id), ..Search::default() };
    let page = Page { after: None, most: MOST_SHOWN };
    let deliveries = ledger.search_deliveries(&search, &page).await?.items;
    if json {
        let deliveries: Vec<_> = deliveries.iter().map(output::DeliveryView::from).collect();
        output::json(&json!({ "silence": view(&silence), "deliveries": deliveries }))?;
        return Ok(Exit::Done);
    }
    shown(Some(silence), false)?;
    let mut table = output::table(["key", "event", "source", "type", "desk", "state", "changed"]);
    for delivery in &deliveries {
        table.add_row([
            delivery.key.to_string(),
            delivery.event.id.to_string(),
            delivery.event.source.to_string(),
            delivery.event.event_type.to_string(),
            delivery.desk.to_string(),
            delivery.state.name().to_owned(),
            output::instant(delivery.updated_at),
        ]);
    }
    output::line(table)?;
    Ok(Exit::Done)
}

async fn release(
    ledger: &dyn Ledger,
    id: SilenceId,
    keys: &[DeliveryKey],
    by: &By,
    json: bool,
) -> anyhow::Result<Exit> {
    if keys.is_empty() {
        return shown(ledger.release_silence(id, by).await?, json);
    }
    let mut exit = Exit::Done;
    for key in keys {
        let known = ledger.delivery(key).await?.and_then(|delivery| delivery.silence());
        if known != Some(id) {
            output::aside(format_args!("delivery {key} is none that silence {id} suppresses"));
            exit = Exit::No;
        } else if let Err(error) = ledger.release_delivery(key, by).await {
            output::aside(format_args!("delivery {key}: {}", crate::causes::Causes(&error)));
            exit = Exit::No;
        }
    }
    shown(ledger.silence(id).await?, json)?;
    Ok(exit)
}
