//! `deskbell events`: where is this event?

mod listing;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Context, Exit, dead::edits::print_edits, output};
use crate::{
    delivery::Delivery,
    event::{EventId, Route, SourceName},
    ledger::{EventRecord, Ledger},
    operators::views::VerdictView,
    rules::{Matching, RuleBook, RuleVerdict},
};

/// Where is this event: its receipt, its routes, every attempt, its tickets.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// The events that pass the filters, by when they were received, the latest first. What the filters say
    /// of deliveries has to hold of one of the event's.
    List(Box<listing::Options>),
    /// One event with everything that happened to it.
    Show {
        /// The sender's id of the event.
        id: String,
        /// The source, where two sources use one id.
        #[arg(long)]
        source: Option<String>,
        /// Also say what each rule makes of it, as the configuration here has them.
        #[arg(long)]
        why: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self.act {
            Act::List(options) => options.run(context).await,
            Act::Show { id, source, why, json } => {
                let ledger = context.ledger()?;
                let id: EventId = super::argument("id", &id)?;
                let source = source
                    .map(|name| super::argument::<SourceName>("--source", &name))
                    .transpose()?;
                let rules = if why { Some(context.load()?.0.rules) } else { None };
                show(&*ledger, (&id, source.as_ref()), rules.as_ref(), json).await
            }
        }
    }
}

async fn show(
    ledger: &dyn Ledger,
    (id, source): (&EventId, Option<&SourceName>),
    rules: Option<&RuleBook>,
    json: bool,
) -> anyhow::Result<Exit> {
    let mut records = ledger.events_with_id(id).await?;
    records.retain(|record| source.is_none_or(|source| source == &record.envelope.event.source));
    match records.as_slice() {
        [] => {
            output::aside(format_args!("no event with the id `{id}` has been accepted"));
            Ok(Exit::No)
        }
        [record] => {
            let event = &record.envelope.event;
            let deliveries = ledger.deliveries_of(&event.source, &event.id).await?;
            let verdicts = rules.map(|rules| rules.verdicts(event));
            if json {
                let mut document = full_view(ledger, record, &deliveries).await?;
                if let Some(verdicts) = verdicts {
                    let views: Vec<_> = verdicts.iter().map(VerdictView::of).collect();
                    document["rules"] = serde_json::to_value(views)?;
                }
                output::json(&document)?;
            } else {
                print(ledger, record, &deliveries).await?;
                verdicts.map_or(Ok(()), |verdicts| print_verdicts(&verdicts))?;
            }
            Ok(Exit::Done)
        }
        several => {
            let sources: Vec<&str> =
                several.iter().map(|record| record.envelope.event.source.as_str()).collect();
            output::aside(format_args!(
                "several sources use the id `{id}`: choose with --source {}",
                sources.join("|")
            ));
            Ok(Exit::Wrong)
        }
    }
}

async fn print(
    ledger: &dyn Ledger,
    record: &EventRecord,
    deliveries: &[Delivery],
) -> anyhow::Result<()> {
    let envelope = &record.envelope;
    let event = &envelope.event;
    output::line(format_args!("event     {} from {}", event.id, event.source))?;
    output::line(format_args!("type      {}", event.event_type))?;
    output::line(format_args!(
        "received  {}  request {}",
        envelope.received_at, envelope.request_id
    ))?;
    if record.conflicts > 0 {
        output::line(format_args!(
            "conflict  {} more with this id and another body: the first one stands",
            record.conflicts
        ))?;
    }
    if envelope.routes.is_empty() {
        output::line("routes    none: no rule matched")?;
    }
    for route in &envelope.routes {
        output::line("")?;
        let Route { desk, rule, priority } = route;
        output::line(format_args!("{desk}: rule {rule}, {priority}"))?;
        let Some(delivery) = deliveries.iter().find(|delivery| &delivery.desk == desk) else {
            output::line("  queued: no worker has taken it up yet")?;
            continue;
        };
        output::line(format_args!("  {}  {}", delivery.state.name(), output::outcome(delivery)))?;
        if let Some(course) = delivery.course() {
            output::line(format_args!("  {}", output::course(course)))?;
        }
        let mut table = output::table(["  #", "began", "lasted", "ended", "why"]);
        for attempt in ledger.attempts(&delivery.key).await? {
            let mut row = output::attempt_row(&attempt);
            row[0].insert_str(0, "  ");
            table.add_row(row);
        }
        output::line(table)?;
        if delivery.rule != *rule {
            let (rule, priority) = (&delivery.rule, delivery.priority);
            output::line(format_args!("  replayed by rule {rule}, {priority}"))?;
        }
        print_edits("  ", &ledger.edits(&delivery.key).await?)?;
    }
    Ok(())
}

/// Why each rule does or does not decide; those of other types are counted alone.
fn print_verdicts(verdicts: &[RuleVerdict]) -> std::io::Result<()> {
    let (others, of_type): (Vec<_>, Vec<_>) =
        verdicts.iter().partition(|verdict| verdict.matching == Matching::OtherType);
    output::line("\nthe rules, as they stand now:")?;
    for verdict in of_type {
        output::line(format_args!("  {} {verdict}", verdict.rule))?;
    }
    output::line(format_args!("  rules that look at other types: {}", others.len()))
}

fn view(record: &EventRecord, deliveries: &[Delivery]) -> serde_json::Value {
    let envelope = &record.envelope;
    json!({
        "id": envelope.event.id,
        "source": envelope.event.source,
        "type": envelope.event.event_type,
        "received_at": envelope.received_at.to_string(),
        "request_id": envelope.request_id,
        "conflicts": record.conflicts,
        "routes": envelope.routes,
        "deliveries": deliveries.iter().map(output::DeliveryView::from).collect::<Vec<_>>(),
    })
}

async fn full_view(
    ledger: &dyn Ledger,
    record: &EventRecord,
    deliveries: &[Delivery],
) -> anyhow::Result<serde_json::Value> {
    let mut document = view(record, deliveries);
    document["event"] = output::cloudevent(&record.envelope.event);
    for (index, delivery) in deliveries.iter().enumerate() {
        let attempts = ledger.attempts(&delivery.key).await?;
        let edits = ledger.edits(&delivery.key).await?;
        document["deliveries"][index]["edits"] = serde_json::to_value(edits)?;
        document["deliveries"][index]["history"] = serde_json::to_value(attempts)?;
        document["deliveries"][index]["steps"] = serde_json::to_value(&delivery.steps)?;
    }
    Ok(document)
}
