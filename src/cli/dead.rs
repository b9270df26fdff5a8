//! `deskbell dead`: dead letters and doubts, and what an operator can do about them.

mod choice;
mod discard;
mod edit;
pub(super) mod edits;
mod plan;

use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

use self::{choice::Choice, edits::print_edits, plan::Bulk};
use super::{
    Context, Exit,
    acting::{by, by_at},
    argument, clock, output,
    searching::{gather, tell_what_hides},
};
use crate::{
    delivery::{Delivery, DeliveryKey, InvalidTransition, State, Transition},
    ledger::{By, Ledger, LedgerError},
    ticket::TicketRef,
};

/// Dead letters: list, show, edit, replay, discard. Doubts too: `--state uncertain`.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// The dead letters that pass the filters, by when they last changed, the latest first.
    List {
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        choice: Choice,
    },
    /// One dead letter with its event and every attempt.
    Show {
        /// The delivery's key, as `list` prints it.
        key: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Edits the event of one dead letter, for its desk alone. The event as it was posted is kept.
    Edit(edit::Options),
    /// Puts dead letters back to work. What is done stays done. Single keys go at once; what a filter
    /// chooses goes as a run that yields to live events: `--plan` tells beforehand what it would do.
    Replay {
        /// The deliveries' keys; or choose by filter.
        keys: Vec<String>,
        /// All dead letters, where neither a key nor a filter is given.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        bulk: Bulk,
        /// By which rules; today's for single keys alone.
        #[arg(long, value_enum, default_value = "as-routed")]
        rules: edit::Rules,
        /// Why, for those who look later.
        #[arg(long)]
        why: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        choice: Choice,
    },
    /// Gives dead letters up: single ones, doubts among them, or all that a filter chooses.
    Discard(discard::Options),
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
        /// Why, for those who look later.
        #[arg(long)]
        why: Option<String>,
    },
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let ledger = context.ledger()?;
        let clock = clock();
        match self.act {
            Act::List { choice, limit, json } => {
                let search = choice.listed(clock.now())?;
                tell_what_hides(context, &search);
                let dead =
                    gather(limit, async |page| ledger.search_deliveries(&search, &page).await);
                list(&dead.await?, json)
            }
            Act::Show { key, json } => show(&*ledger, &argument("key", &key)?, json).await,
            Act::Edit(options) => options.run(context).await,
            Act::Replay { keys, choice, all, bulk, rules, why, json } => {
                if keys.is_empty() {
                    if choice.is_empty() && !all {
                        output::aside("say which: keys, a filter such as --desk, or --all");
                        return Ok(Exit::Wrong);
                    }
                    if matches!(rules, edit::Rules::Today) {
                        output::aside("--rules today is for single keys: say which");
                        return Ok(Exit::Wrong);
                    }
                    return bulk.run(context, &*ledger, &choice, (why, json)).await;
                }
                if all || !choice.is_empty() || bulk.is_given() {
                    output::aside("give keys or a filter, not both");
                    return Ok(Exit::Wrong);
                }
                let keys = keys.iter().map(|key| argument("key", key)).collect::<Result<_, _>>()?;
                let (replayed, refused) = match rules {
                    edit::Rules::AsRouted => replay(&*ledger, keys, &by(context, why)).await?,
                    edit::Rules::Today => edit::replay_today(context, keys, why).await?,
                };
                tell_replayed(&replayed, &refused, json)
            }
            Act::Discard(options) => options.run(context, &*ledger).await,
            Act::Settle { key, ticket, absent: _, why } => {
                let at = clock.now();
                let act = match ticket {
                    Some(id) => {
                        Transition::Exists { at, ticket: TicketRef { id, number: None, url: None } }
                    }
                    None => Transition::Absent { at },
                };
                operate(&*ledger, &argument("key", &key)?, act, &by_at(context, why, at)).await
            }
        }
    }
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
    let (attempts, edits) = (ledger.attempts(key).await?, ledger.edits(key).await?);
    if json {
        let delivery = output::DeliveryView::from(&delivery);
        output::json(&json!({
            "delivery": delivery, "history": attempts, "event": event, "edits": edits,
        }))?;
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
    print_edits("", &edits)?;
    Ok(Exit::Done)
}

async fn replay(
    ledger: &dyn Ledger,
    keys: Vec<DeliveryKey>,
    by: &By,
) -> anyhow::Result<(Vec<DeliveryKey>, Vec<(DeliveryKey, String)>)> {
    let mut replayed = Vec::new();
    let mut refused = Vec::new();
    for key in keys {
        match ledger.operate(&key, Transition::Replay { at: by.at }, by).await {
            Ok(_) => replayed.push(key),
            Err(
                error @ (LedgerError::NotAllowed(
                    InvalidTransition::WrongState { .. } | InvalidTransition::Erased(_),
                )
                | LedgerError::UnknownDelivery(_)),
            ) => refused.push((key, crate::causes::Causes(&error).to_string())),
            Err(error) => return Err(error.into()),
        }
    }
    Ok((replayed, refused))
}

fn tell_replayed(
    replayed: &[DeliveryKey],
    refused: &[(DeliveryKey, String)],
    json: bool,
) -> anyhow::Result<Exit> {
    if json {
        output::json(&json!({
            "replayed": replayed,
            "refused": refused.iter().map(|(key, why)| json!({ "key": key, "why": why }))
                .collect::<Vec<_>>(),
        }))?;
    } else {
        for (key, why) in refused {
            output::aside(format_args!("{key}: {why}"));
        }
        output::line(format_args!(
            "{} put back to work; the running service takes them up within a second",
            replayed.len()
        ))?;
    }
    Ok(if refused.is_empty() { Exit::Done } else { Exit::No })
}

async fn operate(
    ledger: &dyn Ledger,
    key: &DeliveryKey,
    act: Transition,
    by: &By,
) -> anyhow::Result<Exit> {
    match ledger.operate(key, act, by).await {
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
