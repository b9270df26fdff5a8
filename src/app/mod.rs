//! Puts the parts together: what a command starts, and how it stops.

mod callbacks;
mod demo_data;
mod error;
mod noted_sightings;
mod notifying;
mod office;
mod records;
mod reloading;
mod running_broker;
mod sources;

pub use demo_data::{DEMO_MARK, clear_demo_data, is_demo_data};
pub use error::StartError;
pub use noted_sightings::sightings_path;
pub use office::{office_at, planner, schemes, source_views};
pub use reloading::Reloading;

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
};

use actix_web::dev::Server;

use self::{
    noted_sightings::NotedSightings,
    records::LedgerRecords,
    running_broker::{RunningBroker, Topology},
};
use crate::{
    callbacks::SenderParts,
    clock::{Clock, SystemClock},
    config::{Config, Settings},
    contracts,
    desks::{self, DeskConfig},
    event::{Redactions, SchemaBook},
    ledger::{Ledger, sqlite::SqliteLedger},
    lifecycle::{Drained, Lifecycle},
    operators,
    receiver::{self, Intake, ReceiverSettings},
    rules::LiveRules,
    sqlite::create_directory,
    telemetry,
    worker::{Post, Worker},
};

/// Which parts a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// The receiver.
    pub receive: bool,
    /// The workers.
    pub deliver: bool,
}

/// A running process.
#[derive(Debug)]
pub struct App {
    /// Where the receiver listens.
    pub receiver: Option<SocketAddr>,
    /// Where the private port is.
    pub operators: SocketAddr,
    /// The rules that all parts decide by.
    pub rules: Arc<LiveRules>,
    /// The ledger, where the workers run.
    pub ledger: Option<Arc<dyn Ledger>>,
    broker: RunningBroker,
    sightings: Option<NotedSightings>,
}

/// The built-in schemas, and those of the folder that `settings` name.
pub fn schemas(settings: &Settings) -> Result<SchemaBook, StartError> {
    match &settings.schemas {
        None => Ok(SchemaBook::builtin()),
        Some(folder) => SchemaBook::with_folder(folder).map_err(StartError::Schemas),
    }
}

/// Where the ledger that `settings` name is.
pub fn ledger_path(settings: &Settings) -> PathBuf {
    settings.ledger_file.clone().unwrap_or_else(|| settings.data_dir.join("ledger.db"))
}

/// Opens the ledger that `settings` name, and creates it where there is none; its readers see what
/// `redactions` leave of each event. Blocks on the disk.
pub fn open_ledger(
    settings: &Settings,
    redactions: Redactions,
) -> Result<Arc<dyn Ledger>, StartError> {
    let path = ledger_path(settings);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_directory(folder)
            .map_err(|source| StartError::DataDirectory { path: folder.to_owned(), source })?;
    }
    match SqliteLedger::open_showing(&path, redactions) {
        Ok(ledger) => Ok(ledger),
        Err(source) => Err(StartError::Ledger { path, source }),
    }
}

/// Starts what `parts` say, on `lifecycle`; to be called inside a tokio runtime. Addresses are bound
/// first, so that a port which is taken is told before anything else happens.
pub async fn start(
    config: Config,
    schemas: SchemaBook,
    parts: Roles,
    lifecycle: &Lifecycle,
) -> Result<App, StartError> {
    let (redactions, callbacks) = (config.redactions(), config.callbacks());
    tell(&config.warnings);
    let Config { settings, sources, desks, rules, preflight, notify, privacy, .. } = config;
    let public = parts.receive.then(|| Port::bind(settings.listen)).transpose()?;
    let operators = Port::bind(settings.ops_listen)?;
    let proofs = office::schemes(&sources);
    let sources = sources::sources(sources)?;
    let certificates = sources::certificates(parts, &sources)?;
    let posts = if parts.deliver { posts(desks.values())? } else { Vec::new() };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let rules = Arc::new(LiveRules::from(rules));
    let ledger = parts.deliver.then(|| open_ledger(&settings, redactions.clone())).transpose()?;
    let records = LedgerRecords::of(ledger_path(&settings), ledger.clone(), redactions);
    let topology = Topology::of(desks.keys(), &notify);
    let planner = planner(rules.clone(), schemas.clone(), &desks);
    let office =
        office::office(&settings, proofs, &desks, planner, privacy.clone(), (&records, &clock));
    let broker = RunningBroker::open(&settings, parts, &topology, &clock)?;
    let (tasks, draining) = (lifecycle.tasks(), lifecycle.draining());
    let reference = contracts::reference(&schemas);
    telemetry::keep_metrics(tasks, draining);
    let operators = operators.serve(lifecycle, |listener| {
        operators::serve(listener, telemetry::metrics(), reference, office, draining.clone())
    })?;
    if let Some(ledger) = ledger.clone() {
        let sending = SenderParts { ledger: ledger.clone(), clock: clock.clone(), chance };
        callbacks::start(&callbacks, &sending, lifecycle).await?;
        notifying::start(&notify, topology.desks, &broker.broker, &sending, lifecycle).await?;
        let (broker, holder) = (broker.broker.clone(), broker.holder());
        let (rules, clock, retention) = (rules.clone(), clock.clone(), privacy.retention);
        Worker { broker, ledger, rules, clock, holder, preflight, retention, chance }
            .start(posts, tasks, draining);
    }
    let sightings = parts.receive.then(|| NotedSightings::begin(&settings, lifecycle)).flatten();
    let receiver = match public {
        None => None,
        Some(port) => {
            let (broker, settings) = (broker.broker.clone(), ReceiverSettings::default());
            let seen = sightings.as_ref().map(|noted| noted.sightings.clone()).unwrap_or_default();
            let intake = Arc::new(Intake {
                sources,
                schemas,
                rules: rules.clone(),
                broker,
                certificates,
                sightings: seen,
                records: Some(records),
                clock,
                settings,
            });
            Some(
                port.serve(lifecycle, |listener| {
                    receiver::serve(listener, intake, draining.clone())
                })?,
            )
        }
    };
    Ok(App { receiver, operators, rules, ledger, broker, sightings })
}

impl App {
    /// Takes no new work, finishes what is in flight within a deadline, and closes the broker last.
    pub async fn stop(self, lifecycle: &Lifecycle) -> Drained {
        let drained = lifecycle.drain().await;
        if let Some(sightings) = self.sightings {
            sightings.end().await;
        }
        self.broker.close().await;
        drained
    }
}

/// Tells what is odd about the configuration.
fn tell(warnings: &[String]) {
    for warning in warnings {
        tracing::warn!("{warning}");
    }
}

/// An address that is ours, before anybody serves it.
struct Port {
    listener: TcpListener,
    address: SocketAddr,
}

impl Port {
    fn bind(address: SocketAddr) -> Result<Self, StartError> {
        let bound = receiver::bind(address).and_then(|listener| {
            let address = listener.local_addr()?;
            Ok(Self { listener, address })
        });
        bound.map_err(|source| StartError::Listen { address, source })
    }

    /// Serves the address on `lifecycle`'s tasks; gives it.
    fn serve(
        self,
        lifecycle: &Lifecycle,
        server: impl FnOnce(TcpListener) -> io::Result<Server>,
    ) -> Result<SocketAddr, StartError> {
        let Self { listener, address } = self;
        let server = server(listener).map_err(|source| StartError::Listen { address, source })?;
        lifecycle.tasks().spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%address, %error, "A port is no longer served");
            }
        });
        Ok(address)
    }
}

fn posts<'a>(configs: impl Iterator<Item = &'a DeskConfig>) -> Result<Vec<Post>, StartError> {
    let post = |config: &DeskConfig| match desks::build(config) {
        Ok(desk) => Ok(Post { settings: config.settings.clone(), desk }),
        Err(source) => Err(StartError::Desk { desk: config.settings.name.clone(), source }),
    };
    configs.map(post).collect()
}

/// A number, uniform in [0, 1): from the system, or one half where it gives none.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |drawn| f64::from(drawn) / (f64::from(u32::MAX) + 1.0))
}
