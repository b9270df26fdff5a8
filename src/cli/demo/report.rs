//! What the demo prints.

use std::{
    io,
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{Demo, samples::Sample};
use crate::{
    app::App,
    cli::{Context, acting::by, books, output, searching::gather, send::Answer},
    config::Config,
    delivery::{Delivery, State},
    ledger::{By, Ledger, Search},
    sandbox::{Sandbox, SandboxTicket},
};

/// A sample that was posted, and what the receiver said.
pub(super) struct Posted {
    pub(super) sample: Sample,
    pub(super) id: String,
    pub(super) answer: Answer,
}

impl Posted {
    pub(super) fn new(sample: Sample, id: String, answer: Answer) -> Self {
        Self { sample, id, answer }
    }

    /// The deliveries that the receipt promises.
    pub(super) fn expected(&self) -> usize {
        self.answer.body["deliveries"].as_array().map_or(0, Vec::len)
    }
}

/// Collects what has settled, and prints it as it comes or in the end.
pub(super) struct Report {
    json: bool,
    events: Vec<Value>,
    deliveries: Vec<Delivery>,
}

impl Demo {
    /// Says what is running where.
    pub(super) fn greet(&self, app: &App, sandbox: &Sandbox, data_dir: &Path) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        output::line("Deskbell demo: everything on this machine, with simulated desks.\n")?;
        if let Some(address) = app.receiver {
            output::line(format_args!("  receiver     http://{address}/hooks/{}", self.source))?;
        }
        output::line(format_args!("  metrics      http://{}/metrics", app.operators))?;
        let admin = |url: Option<String>| url.unwrap_or_default();
        output::line(format_args!("  SupportDesk  {}", admin(sandbox.supportdesk().admin_url())))?;
        output::line(format_args!("  HubSpot      {}", admin(sandbox.hubspot().admin_url())))?;
        output::line(format_args!("  Thulium      {}", admin(sandbox.thulium().admin_url())))?;
        output::line(format_args!("  KF5          {}", admin(sandbox.kf5().admin_url())))?;
        output::line(format_args!("  data         {}\n", data_dir.display()))
    }
}

/// Where the demo is, for other terminals.
pub(super) struct Place {
    pub(super) data_dir: PathBuf,
    /// Who started it.
    pub(super) by: By,
    /// What commands of another terminal begin with, to reach it.
    reached: String,
}

impl Place {
    pub(super) fn of(context: &Context, config: &Config) -> Self {
        let (here, there) = (context.settings(), &config.settings);
        let said = |name: &str, here: &Path, there: &Path| {
            if here == there { String::new() } else { format!("{name}={} ", there.display()) }
        };
        let file = said("DESKBELL_CONFIG", &here.behaviour_file, &there.behaviour_file);
        let data = said("DESKBELL_DATA_DIR", &here.data_dir, &there.data_dir);
        // As it was started: cargo has put it where no shell looks.
        let program = std::env::args().next().unwrap_or_else(|| "deskbell".to_owned());
        let (data_dir, reached) = (there.data_dir.clone(), format!("{file}{data}{program}"));
        Self { data_dir, by: by(context, None), reached }
    }

    /// Says what can be tried while it runs.
    pub(super) fn invite(&self, demo: &Demo, app: &App, token: &SecretString) -> io::Result<()> {
        let reached = &self.reached;
        output::line(
            "\nStill running; Ctrl-C stops it. The console, and the token that admits to it:\n",
        )?;
        output::line(format_args!("  http://{}/console", app.operators))?;
        output::line(format_args!("  {}", token.expose_secret()))?;
        output::line("\nFrom another terminal:\n")?;
        output::line(format_args!("  {reached} events list --where data.orderId=SO-1001"))?;
        output::line(format_args!("  {reached} events show demo-{}-payment", demo.run))?;
        output::line(format_args!("  {reached} dead list"))?;
        output::line(format_args!("  {reached} books"))
    }
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self { json, events: Vec::new(), deliveries: Vec::new() }
    }

    /// An event has settled.
    pub(super) fn tell(&mut self, posted: &Posted, deliveries: Vec<Delivery>) -> io::Result<()> {
        if !self.json {
            print(posted, &deliveries)?;
        }
        self.events.push(json!({
            "id": posted.id,
            "type": posted.sample.event_type,
            "shows": posted.sample.shows,
            "status": posted.answer.status,
            "answer": posted.answer.body,
            "deliveries": deliveries.iter().map(output::DeliveryView::from).collect::<Vec<_>>(),
        }));
        for delivery in deliveries {
            if self.deliveries.iter().all(|known| known.key != delivery.key) {
                self.deliveries.push(delivery);
            }
        }
        Ok(())
    }

    /// All is settled: what stands in the desks, what died, and the books.
    pub(super) async fn sum_up(self, ledger: &dyn Ledger, sandbox: &Sandbox) -> anyhow::Result<()> {
        let dead = Search { state: Some("dead"), ..Search::default() };
        let dead = gather(usize::MAX, async |page| ledger.search_deliveries(&dead, &page).await);
        let dead = dead.await?;
        let books = ledger.books().await?;
        if self.json {
            let tickets = self.tickets(sandbox);
            let dead: Vec<Value> = dead.iter().map(dead_view).collect();
            let Self { events, .. } = self;
            output::json(
                &json!({ "events": events, "tickets": tickets, "dead": dead, "books": books }),
            )?;
        } else {
            output::line("")?;
            books::print(&books)?;
        }
        Ok(())
    }

    /// The tickets that stand in the simulated desks, with the deliveries that made them.
    fn tickets(&self, sandbox: &Sandbox) -> Vec<Value> {
        let mut standing = sandbox.supportdesk().tickets();
        standing.extend(sandbox.hubspot().tickets());
        standing.extend(sandbox.thulium().tickets());
        standing.extend(sandbox.kf5().tickets());
        standing.iter().map(|ticket| self.ticket_view(ticket)).collect()
    }

    fn ticket_view(&self, ticket: &SandboxTicket) -> Value {
        let made_by = |delivery: &&Delivery| Some(delivery.key.as_str()) == ticket.key.as_deref();
        let delivery = self.deliveries.iter().find(made_by);
        json!({
            "desk": delivery.map(|delivery| &delivery.desk),
            "id": ticket.id,
            "number": ticket.number,
            "event": delivery.map(|delivery| &delivery.event.id),
            "key": ticket.key,
            "priority": delivery.map(|delivery| delivery.priority),
            "desk_priority": ticket.priority,
            "subject": ticket.subject,
            "description": ticket.description,
            "status": ticket.status,
            "customer": ticket.customer,
            "metadata": ticket.properties,
            "associations": ticket.associations,
        })
    }
}

fn dead_view(delivery: &Delivery) -> Value {
    let failure = delivery.failure();
    json!({
        "desk": delivery.desk,
        "event": delivery.event.id,
        "key": delivery.key,
        "reason": failure.map(|failure| failure.reason),
        "status": failure.and_then(|failure| failure.status),
        "code": failure.and_then(|failure| failure.code.as_deref()),
        "words": failure.map(|failure| failure.words.as_str()),
        "correlation_id": failure.and_then(|failure| failure.correlation_id.as_deref()),
    })
}

fn print(posted: &Posted, deliveries: &[Delivery]) -> io::Result<()> {
    let Posted { sample, answer, .. } = posted;
    output::line(format_args!("{} {:<17} {}", answer.status, sample.event_type, sample.shows))?;
    if answer.status != 202 {
        return output::line(format_args!("    refused: {}", answer.words()));
    }
    if deliveries.is_empty() {
        return output::line("    accepted, and no ticket: no rule matches");
    }
    for delivery in deliveries {
        let what = match &delivery.state {
            State::Ticketed { .. } => "ticket",
            State::Merged { .. } => "added to",
            State::Resolved { .. } => "resolved",
            State::Dead { .. } => "dead letter:",
            state => state.name(),
        };
        output::line(format_args!(
            "    {:<8} {:<8} {what} {}",
            delivery.desk.as_str(),
            delivery.priority,
            output::outcome(delivery)
        ))?;
    }
    Ok(())
}
