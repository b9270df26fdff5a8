//! `deskbell desks`: who speaks to each desk, and whether it takes deliveries.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::{Context, Exit, online, output};
use crate::{
    delivery::Reason,
    event::DeskName,
    inspection::Inspection,
    ledger::{Books, DeskPause, DeskRecord},
    standing::Standing,
};

/// The desks: who speaks to each, the state of its breaker, and what waits for it. `open`: nothing
/// passes until the given time; `probing`: one delivery has gone ahead.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A desk as programs read it.
#[derive(Debug, Serialize)]
struct DeskView {
    desk: String,
    /// The worker that speaks to it, or did until its lease lapsed.
    holder: Option<String>,
    lease_until: Timestamp,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    /// Deliveries that have no ticket yet and need no operator.
    waiting: u64,
    /// When the worker last said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<Timestamp>,
    /// The operator's pause, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<DeskPause>,
    /// What was found at its account last, where it is shown alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    inspection: Option<Inspection>,
}

impl DeskView {
    fn new(record: DeskRecord, books: &Books) -> Self {
        let DeskRecord { desk, holder, until, standing, .. } = record;
        let breaker = standing.as_ref().and_then(|standing| standing.breaker);
        let lines = books.lines.iter().filter(|line| line.desk == desk.as_str());
        Self {
            waiting: lines.map(|line| line.queued + line.attempting + line.retrying).sum(),
            desk: desk.to_string(),
            holder,
            lease_until: until,
            state: standing.as_ref().map_or("closed", Standing::state),
            reason: breaker.map(|breaker| breaker.reason),
            since: breaker.map(|breaker| breaker.since),
            until: breaker.map(|breaker| breaker.until),
            as_of: standing.map(|standing| standing.at),
            paused: None,
            inspection: None,
        }
    }
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let desks = views(context).await?;
        if self.json {
            output::json(&desks)?;
        } else {
            print(&desks)?;
        }
        Ok(Exit::Done)
    }
}

/// `deskbell desk <name> status`: the one line of `deskbell desks`, and what was found at the
/// account. The answer is no where no
/// worker has ever spoken to the desk.
pub(super) async fn one(context: &Context, name: &DeskName, json: bool) -> anyhow::Result<Exit> {
    let mut desks = views(context).await?;
    desks.retain(|view| view.desk == name.as_str());
    let Some(desk) = desks.first_mut() else {
        output::aside(format_args!("no worker has spoken to desk `{name}` yet"));
        return Ok(Exit::No);
    };
    let inspection = context.ledger()?.inspection(name).await?;
    if json {
        desk.inspection = inspection;
        output::json(desk)?;
        return Ok(Exit::Done);
    }
    print(&desks)?;
    match inspection {
        None => output::line("\nthe account has not been inspected yet")?,
        Some(Inspection { at, findings }) => {
            let counted = online::counted(&findings);
            output::line(format_args!("\ninspected at {}: {counted}", seconds(at)))?;
            online::table(&findings)?;
        }
    }
    Ok(Exit::Done)
}

async fn views(context: &Context) -> anyhow::Result<Vec<DeskView>> {
    let ledger = context.ledger()?;
    let (desks, books) = (ledger.desks().await?, ledger.books().await?);
    let mut pauses = ledger.pauses().await?;
    let mut views: Vec<_> = desks.into_iter().map(|desk| DeskView::new(desk, &books)).collect();
    for view in &mut views {
        let of = pauses.iter().position(|pause| pause.desk.as_str() == view.desk);
        view.paused = of.map(|of| pauses.swap_remove(of));
    }
    Ok(views)
}

fn print(desks: &[DeskView]) -> std::io::Result<()> {
    let mut table = output::table([
        "desk",
        "breaker",
        "paused",
        "reason",
        "since",
        "until",
        "waiting",
        "holder",
        "lease until",
    ]);
    let time = |time: Option<Timestamp>| time.map_or_else(String::new, seconds);
    for desk in desks {
        table.add_row([
            desk.desk.clone(),
            desk.state.to_owned(),
            desk.paused.as_ref().map_or_else(String::new, |pause| format!("by {}", pause.who)),
            desk.reason.map_or_else(String::new, |reason| reason.to_string()),
            time(desk.since),
            time(desk.until),
            desk.waiting.to_string(),
            desk.holder.clone().unwrap_or_default(),
            seconds(desk.lease_until),
        ]);
    }
    output::line(table)
}

/// To the second.
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
