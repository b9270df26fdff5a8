//! `deskbell dead`: dead letters and doubts, and what an operator can do about them.

use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

use super::{Context, Exit, argument, clock, output};
use crate::{
    clock::Clock,
    delivery::{Delivery, DeliveryKey, InvalidTransition, State, Transition},
    ledger::{Filter, Ledger, LedgerError},
    ticket::TicketRef,
};

/// Dead letters: list, show, replay, discard. Doubts too: `--state uncertain`.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// The dead letters that pass the filters, the latest first.
    List {
        #[command(flatten)]
        choice: Choice,
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One dead letter with its event and every attempt.
    Show {
        /// The delivery's key, as `list` prints it.
        key: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Puts dead letters back to work. What is done stays done.
    Replay {
        /// The deliveries' keys; or choose by filter.
        keys: Vec<String>,
        #[command(flatten)]
        choice: Choice,
        /// All dead letters, where neither a key nor a filter is given.
        #[arg(long)]
        all: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Gives one dead letter or doubt up.
    Discard {
        /// The delivery's key.
        key: String,
        /// Why, for those who look later.
        #[arg(long)]
        why: String,
    },
    /// Settles a doubt: says whether the ticket exists at the desk.
    #[command(group = ArgGroup::new("seen").required(true).args(["ticket", "absent"]))]
    Settle {
        /// The delivery's key.
        key: String,
        /// The desk has it: this is the ticket's id.
        #[arg(long)]
        ticket: Option<String>,
        /// The desk does not have it: try again.
        #[arg(long)]
        absent: bool,
    },
}

/// Which dead letters.
#[derive(Debug, Args)]
struct Choice {
    /// Of this desk.
    #[arg(long)]
    desk: Option<String>,
    /// Of this source.
    #[arg(long)]
    source: Option<String>,
    /// Of this event type.
    #[arg(long = "type")]
    event_type: Option<String>,
    /// For this reason: `unknown-customer`, `refused`, …
    #[arg(long)]
    reason: Option<String>,
    /// Changed within this time: `2h`, `30m`.
    #[arg(long)]
    since: Option<String>,
    /// With this text in the event or in the desk's words.
    #[arg(long)]
    text: Option<String>,
    /// In this state instead of `dead`.
    #[arg(long, value_parser = ["dead", "uncertain"], default_value = "dead")]
    state: String,
}

impl Choice {
    fn is_empty(&self) -> bool {
        let Self { desk, source, event_type, reason, since, text, state: _ } = self;
        [desk, source, event_type, reason, since, text].iter().all(|choice| choice.is_none())
    }

    fn filter(&self, clock: &dyn Clock, most: Option<usize>) -> anyhow::Result<Filter> {
        fn parse<T>(name: &str, text: Option<&String>) -> anyhow::Result<Option<T>>
        where
            T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
        {
            Ok(text.map(|text| argument(name, text)).transpose()?)
        }
        let since = match &self.since {
            None => None,
            Some(text) => Some(clock.now() - span("--since", text)?),
        };
        Ok(Filter {
            state: Some(self.state.clone()),
            desk: parse("--desk", self.desk.as_ref())?,
            source: parse("--source", self.source.as_ref())?,
            event_type: parse("--type", self.event_type.as_ref())?,
            reason: parse("--reason", self.reason.as_ref())?,
            since,
            text: self.text.clone(),
            most,
        })
    }
}

fn span(name: &str, text: &str) -> anyhow::Result<Duration> {
    let span: jiff::SignedDuration = argument(name, text)?;
    Ok(Duration::try_from(span)?)
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let ledger = context.ledger()?;
        let clock = clock();
        match self.act {
            Act::List { choice, limit, json } => {
                let filter = choice.filter(&*clock, Some(limit))?;
                list(&ledger.deliveries(&filter).await?, json)
            }
            Act::Show { key, json } => show(&*ledger, &argument("key", &key)?, json).await,
            Act::Replay { keys, choice, all, json } => {
                if !keys.is_empty() && (all || !choice.is_empty()) {
                    output::aside("give keys or a filter, not both");
                    return Ok(Exit::Wrong);
                }
                let keys = if keys.is_empty() {
                    if choice.is_empty() && !all {
                        output::aside("say which: keys, a filter such as --desk, or --all");
                        return Ok(Exit::Wrong);
                    }
                    let filter = choice.filter(&*clock, None)?;
                    ledger.deliveries(&filter).await?.into_iter().map(|dead| dead.key).collect()
                } else {
                    keys.iter().map(|key| argument("key", key)).collect::<Result<Vec<_>, _>>()?
                };
                replay(&*ledger, &*clock, keys, json).await
            }
            Act::Discard { key, why } => {
                let act = Transition::Discard { at: clock.now(), by: operator(context), why };
                operate(&*ledger, &argument("key", &key)?, act).await
            }
            Act::Settle { key, ticket, absent: _ } => {
                let at = clock.now();
                let act = match ticket {
                    Some(id) => {
                        Transition::Exists { at, ticket: TicketRef { id, number: None, url: None } }
                    }
                    None => Transition::Absent { at },
                };
                operate(&*ledger, &argument("key", &key)?, act).await
            }
        }
    }
}

/// Who acts on the command line: the account's name, for those who look later.
pub(super) fn operator(context: &Context) -> String {
    context.variable("USER").unwrap_or_else(|| "command line".to_owned())
}

fn list(dead: &[Delivery], json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(&dead.iter().map(output::DeliveryView::from).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let mut table = output::table(["key", "since", "desk", "event", "type", "why"]);
    for delivery in dead {
        table.add_row([
            delivery.key.to_string(),
            output::instant(delivery.updated_at),
            delivery.desk.to_string(),
            delivery.event.id.to_string(),
            delivery.event.event_type.to_string(),
            output::outcome(delivery),
        ]);
    }
    output::line(table)?;
    Ok(Exit::Done)
}

async fn show(ledger: &dyn Ledger, key: &DeliveryKey, json: bool) -> anyhow::Result<Exit> {
    let Some(delivery) = ledger.delivery(key).await? else {
        output::aside(format_args!("there is no delivery {key}"));
        return Ok(Exit::No);
    };
    let event = ledger.event(&delivery.event.source, &delivery.event.id).await?;
    let event = event.map(|record| output::cloudevent(&record.envelope.event));
    let attempts = ledger.attempts(key).await?;
    if json {
        let delivery = output::DeliveryView::from(&delivery);
        output::json(&json!({ "delivery": delivery, "history": attempts, "event": event }))?;
        return Ok(Exit::Done);
    }
    output::line(format_args!("{key}  {}", delivery.state.name()))?;
    output::line(format_args!(
        "event {} ({}) from {}, desk {}, rule {}, {}",
        delivery.event.id,
        delivery.event.event_type,
        delivery.event.source,
        delivery.desk,
        delivery.rule,
        delivery.priority
    ))?;
    output::line(output::outcome(&delivery))?;
    output::line("")?;
    let mut table = output::table(["#", "began", "lasted", "ended", "why"]);
    for attempt in &attempts {
        table.add_row(output::attempt_row(attempt));
    }
    output::line(table)?;
    if let Some(event) = event {
        output::line("")?;
        output::json(&event)?;
    }
    Ok(Exit::Done)
}

async fn replay(
    ledger: &dyn Ledger,
    clock: &dyn Clock,
    keys: Vec<DeliveryKey>,
    json: bool,
) -> anyhow::Result<Exit> {
    let mut replayed = Vec::new();
    let mut refused = Vec::new();
    for key in keys {
        match ledger.operate(&key, Transition::Replay { at: clock.now() }).await {
            Ok(_) => replayed.push(key),
            Err(
                error @ (LedgerError::NotAllowed(InvalidTransition::WrongState { .. })
                | LedgerError::UnknownDelivery(_)),
            ) => refused.push((key, crate::causes::Causes(&error).to_string())),
            Err(error) => return Err(error.into()),
        }
    }
    if json {
        output::json(&json!({
            "replayed": replayed,
            "refused": refused.iter().map(|(key, why)| json!({ "key": key, "why": why }))
                .collect::<Vec<_>>(),
        }))?;
    } else {
        for (key, why) in &refused {
            output::aside(format_args!("{key}: {why}"));
        }
        output::line(format_args!(
            "{} put back to work; the running service takes them up within a second",
            replayed.len()
        ))?;
    }
    Ok(if refused.is_empty() { Exit::Done } else { Exit::No })
}

async fn operate(ledger: &dyn Ledger, key: &DeliveryKey, act: Transition) -> anyhow::Result<Exit> {
    match ledger.operate(key, act).await {
        Ok(delivery) => {
            let told = match &delivery.state {
                State::Ticketed { ticket, .. } => format!("ticketed as {}", ticket.id),
                state => state.name().to_owned(),
            };
            output::line(format_args!("{key}: {told}"))?;
            Ok(Exit::Done)
        }
        Err(error @ (LedgerError::NotAllowed(_) | LedgerError::UnknownDelivery(_))) => {
            output::aside(format_args!("{key}: {}", crate::causes::Causes(&error)));
            Ok(Exit::No)
        }
        Err(error) => Err(error.into()),
    }
}
