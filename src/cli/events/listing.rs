//! `deskbell events list`: the events that pass the filters, each with what became of it.

use clap::{Args, builder::PossibleValuesParser};

use super::{
    super::{
        Context, Exit, clock, output,
        searching::{Searching, gather, tell_what_hides},
    },
    view,
};
use crate::{
    delivery::{Delivery, State},
    ledger::{EventRecord, Search},
};

/// Which events, and how many.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// How many at most.
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    searching: Searching,
    /// In this state at a desk.
    #[arg(long, help_heading = "Filters", value_parser = PossibleValuesParser::new(State::NAMES))]
    state: Option<String>,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let state = State::NAMES.into_iter().find(|name| self.state.as_deref() == Some(name));
        let search = Search { state, ..self.searching.search(clock().now())? };
        let ledger = context.ledger()?;
        tell_what_hides(context, &search);
        let found =
            gather(self.limit, async |page| ledger.search_events(&search, &page).await).await?;
        let mut rows = Vec::with_capacity(found.len());
        for record in found {
            let event = &record.envelope.event;
            let deliveries = ledger.deliveries_of(&event.source, &event.id).await?;
            rows.push((record, deliveries));
        }
        if self.json {
            let events: Vec<_> =
                rows.iter().map(|(record, deliveries)| view(record, deliveries)).collect();
            output::json(&events)?;
        } else {
            print(&rows)?;
        }
        Ok(Exit::Done)
    }
}

fn print(rows: &[(EventRecord, Vec<Delivery>)]) -> std::io::Result<()> {
    let mut table = output::table(["received", "source", "id", "type", "deliveries"]);
    for (record, deliveries) in rows {
        let event = &record.envelope.event;
        table.add_row([
            output::instant(record.envelope.received_at),
            event.source.to_string(),
            event.id.to_string(),
            event.event_type.to_string(),
            summary(record, deliveries),
        ]);
    }
    output::line(table)
}

fn summary(record: &EventRecord, deliveries: &[Delivery]) -> String {
    if record.envelope.routes.is_empty() {
        return "unmatched".to_owned();
    }
    let states = record.envelope.routes.iter().map(|route| {
        let state = deliveries
            .iter()
            .find(|delivery| delivery.desk == route.desk)
            .map_or("queued", |delivery| delivery.state.name());
        format!("{}: {state}", route.desk)
    });
    states.collect::<Vec<_>>().join(", ")
}
