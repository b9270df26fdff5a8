//! `deskbell demo`: the whole of Deskbell on one machine, with simulated desks.

mod report;
mod samples;
mod setting;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use clap::Args;
use jiff::SignedDuration;
use secrecy::SecretString;

use self::{
    report::{Place, Posted, Report},
    samples::{Sample, Treatment},
};
use super::{
    Context, Exit, clock,
    run::BOTH,
    send::{Answer, Post},
};
use crate::{
    app::{self, App},
    config::{Config, SourceConfig},
    delivery::Delivery,
    event::{EventId, SourceName},
    ledger::{By, Ledger, NewToken, Scope},
    lifecycle::Lifecycle,
    operators,
    sandbox::{self, Sandbox, SandboxSettings},
    signature::SchemeSettings,
};

/// How often the ledger is asked what has settled.
const LOOK: Duration = Duration::from_millis(50);

/// How long the samples may take: far more than the desks' pacing needs.
const PATIENCE: Duration = Duration::from_mins(3);

/// How long the demo's token admits to its console: longer than anybody looks at a demo.
const ADMITTED: SignedDuration = SignedDuration::from_hours(12);

/// Run everything on this machine with simulated desks: posts signed sample events, shows the
/// tickets that they make, and keeps running.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Stop once every sample event is settled.
    #[arg(long)]
    exit: bool,
    /// Print events, tickets, dead letters and books as JSON once all is settled.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let lifecycle = Lifecycle::default();
        let desks = SandboxSettings {
            // Nobody watches a demo wait for a search index.
            search_lag: Duration::ZERO,
            ..SandboxSettings::on_loopback(clock())
        };
        let sandbox = sandbox::start(desks, lifecycle.draining().child_token())?;
        let (config, schemas) = setting::configuration(context, &sandbox)?;
        let demo = Demo::of(&config, self.json)?;
        let place = Place::of(context, &config);
        let app = app::start(config, schemas, BOTH, &lifecycle).await?;
        let shown = tokio::select! {
            shown = demo.show(&app, &sandbox, &place, self.exit) => shown,
            () = lifecycle.until_asked_to_stop() => Ok(Exit::Done),
        };
        app.stop(&lifecycle).await;
        shown
    }
}

/// Makes a token for all that the console can do.
async fn admit(ledger: &dyn Ledger, by: &By) -> anyhow::Result<SecretString> {
    let (text, hash) = operators::mint()?;
    let expires_at = Some(clock().now().checked_add(ADMITTED)?);
    let token = NewToken { name: "demo".parse()?, hash, scope: Scope::Admin, expires_at };
    // The demo's data is its own, and made anew.
    ledger.create_token(&token, by).await?.context("somebody else named a token `demo`")?;
    Ok(text)
}

/// One run of the demo.
struct Demo {
    source: SourceName,
    scheme: SchemeSettings,
    run: String,
    json: bool,
}

impl Demo {
    fn of(config: &Config, json: bool) -> anyhow::Result<Self> {
        let signed = |(_, source): &(&SourceName, &SourceConfig)| {
            matches!(source.verify, SchemeSettings::StandardWebhooks { .. })
        };
        let (name, source) = config
            .sources
            .iter()
            .find(signed)
            .context("the demo needs a source with verify = \"standard-webhooks\"")?;
        // Ids of their own for every run, for the same id is the same event.
        let run = uuid::Uuid::now_v7().simple().to_string();
        let run = run[20..].to_owned();
        Ok(Self { source: name.clone(), scheme: source.verify.clone(), run, json })
    }

    /// All that there is to see; comes to an end when it is over, or else nothing has settled.
    async fn show(
        &self,
        app: &App,
        sandbox: &Sandbox,
        place: &Place,
        exit: bool,
    ) -> anyhow::Result<Exit> {
        self.greet(app, sandbox, &place.data_dir)?;
        let settled = self.play(app, sandbox).await?;
        if settled == Exit::Done && !exit {
            if !self.json {
                let ledger = app.ledger.as_deref().context("the workers are not running")?;
                place.invite(self, app, &admit(ledger, &place.by).await?)?;
            }
            std::future::pending::<()>().await;
        }
        Ok(settled)
    }

    /// Posts the samples, tells each as it settles, and sums up.
    async fn play(&self, app: &App, sandbox: &Sandbox) -> anyhow::Result<Exit> {
        let address = app.receiver.context("the receiver is not running")?;
        let url = format!("http://{address}/hooks/{}", self.source);
        let ledger = app.ledger.clone().context("the workers are not running")?;
        let mut waiting = Vec::new();
        let mut report = Report::new(self.json);
        for sample in samples::samples() {
            let id = format!("demo-{}-{}", self.run, sample.slug);
            let answer = self.post(&url, &id, &sample).await?;
            waiting.push(Posted::new(sample, id, answer));
        }
        let settling = self.settle(ledger.clone(), waiting, &mut report);
        let whole = tokio::time::timeout(PATIENCE, settling).await;
        let done = matches!(whole, Ok(Ok(())));
        if let Ok(result) = whole {
            result?;
        }
        report.sum_up(&*ledger, sandbox).await?;
        Ok(if done { Exit::Done } else { Exit::No })
    }

    async fn post(&self, url: &str, id: &str, sample: &Sample) -> anyhow::Result<Answer> {
        let event_type = sample.event_type.parse()?;
        let mut post = Post::signed(&self.scheme, id, &event_type, &sample.data)?;
        if sample.treatment == Treatment::Tampered {
            let changed = String::from_utf8(post.body.to_vec())?.replace("1299.90", "0.01");
            post.body = changed.into();
        }
        post.send(url).await
    }

    /// Tells each event as soon as nothing more happens to it by itself.
    async fn settle(
        &self,
        ledger: Arc<dyn Ledger>,
        mut waiting: Vec<Posted>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        loop {
            let mut unsettled = Vec::new();
            for posted in waiting {
                match self.settled(&*ledger, &posted).await? {
                    Some(deliveries) => report.tell(&posted, deliveries)?,
                    None => unsettled.push(posted),
                }
            }
            if unsettled.is_empty() {
                return Ok(());
            }
            waiting = unsettled;
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The deliveries of an event that is settled; also of one that was refused, which has none.
    async fn settled(
        &self,
        ledger: &dyn Ledger,
        posted: &Posted,
    ) -> anyhow::Result<Option<Vec<Delivery>>> {
        if posted.answer.status != 202 {
            return Ok(Some(Vec::new()));
        }
        let id: EventId = posted.id.parse()?;
        // The journal's copy is what an event without deliveries is found by.
        if ledger.event(&self.source, &id).await?.is_none() {
            return Ok(None);
        }
        let deliveries = ledger.deliveries_of(&self.source, &id).await?;
        let settled = deliveries.len() == posted.expected()
            && deliveries.iter().all(|delivery| delivery.state.is_settled());
        Ok(settled.then_some(deliveries))
    }
}
