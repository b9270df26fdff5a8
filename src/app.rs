//! Puts the parts together: what a command starts, and how it stops.

use std::{
    collections::HashMap,
    ffi::OsStr,
    fs, io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    broker::{
        Broker,
        embedded::{self, Embedded, EmbeddedError, JournalBounds},
        rabbitmq::{InvalidAmqpUrl, RabbitMq, RabbitMqSettings},
    },
    clock::{Clock, SystemClock},
    config::{Config, Settings},
    desks::{self, BuildError, DeskConfig},
    event::{DeskName, SchemaBook, SchemaFault, SourceName},
    ledger::{Ledger, sqlite::SqliteLedger},
    lifecycle::{Drained, Lifecycle},
    operators,
    receiver::{self, Intake, ReceiverSettings},
    signature::{InvalidSecret, Scheme, SchemeSettings},
    sqlite::{OpenError, create_directory},
    telemetry,
    worker::{Post, Worker},
};

/// How long the broker's connections may take to close when all work is done.
const CLOSING: Duration = Duration::from_secs(3);

/// How often a quiet embedded journal is pruned.
const PRUNING: Duration = Duration::from_hours(1);

/// The file that marks a data directory as the demo's.
pub const DEMO_MARK: &str = "made-by-demo";

/// Whether `directory` holds what the demo made, and nothing else.
pub fn is_demo_data(directory: &Path) -> bool {
    directory.join(DEMO_MARK).exists()
}

/// Clears what an earlier demo made in `directory`: its events are for simulated desks, and no real
/// one must ever get them. Nothing happens to a directory without the mark.
pub fn clear_demo_data(directory: &Path) -> Result<(), StartError> {
    if !is_demo_data(directory) {
        return Ok(());
    }
    // Held for as long as it takes, so that a demo which is running is not cleared away.
    let _lock = embedded::lock(directory)?;
    let clear = || -> io::Result<()> {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            if name.starts_with("broker.db") || name.starts_with("ledger.db") || name == DEMO_MARK {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    };
    clear().map_err(|source| StartError::DataDirectory { path: directory.to_owned(), source })
}

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
    /// The ledger, where the workers run.
    pub ledger: Option<Arc<dyn Ledger>>,
    broker: RunningBroker,
}

/// Why a process does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Receiver and workers are apart, and nothing carries the work between them.
    #[error(
        "receiver and workers in processes of their own need RabbitMQ between them: set \
         DESKBELL_AMQP_URL, or start both with `deskbell run`"
    )]
    Apart,
    /// The broker's URL cannot be read.
    #[error("DESKBELL_AMQP_URL")]
    AmqpUrl(#[from] InvalidAmqpUrl),
    /// The embedded store cannot be opened.
    #[error("the embedded store cannot be opened")]
    Embedded(#[from] EmbeddedError),
    /// The ledger cannot be opened.
    #[error("the ledger `{path}` cannot be opened")]
    Ledger {
        /// Its file.
        path: PathBuf,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// The data directory cannot be made.
    #[error("the data directory `{path}` cannot be made")]
    DataDirectory {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A source's secret cannot be used.
    #[error("source `{source_name}`")]
    Secret {
        /// Which source.
        source_name: SourceName,
        /// Why.
        #[source]
        source: InvalidSecret,
    },
    /// A desk's settings cannot be used.
    #[error("desk `{desk}`")]
    Desk {
        /// Which desk.
        desk: DeskName,
        /// Why.
        #[source]
        source: BuildError,
    },
    /// The schemas of the user's own cannot be used.
    #[error("the schemas cannot be used: {}", listed(.0))]
    Schemas(Vec<SchemaFault>),
}

fn listed(faults: &[SchemaFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The built-in schemas, and those of the folder that `settings` name.
pub fn schemas(settings: &Settings) -> Result<SchemaBook, StartError> {
    match &settings.schemas {
        None => Ok(SchemaBook::builtin()),
        Some(folder) => SchemaBook::with_folder(folder).map_err(StartError::Schemas),
    }
}

/// Opens the ledger that `settings` name, and creates it where there is none. Blocks on the disk.
pub fn open_ledger(settings: &Settings) -> Result<Arc<dyn Ledger>, StartError> {
    let path = settings.ledger_file.clone().unwrap_or_else(|| settings.data_dir.join("ledger.db"));
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_directory(folder)
            .map_err(|source| StartError::DataDirectory { path: folder.to_owned(), source })?;
    }
    match SqliteLedger::open(&path) {
        Ok(ledger) => Ok(ledger),
        Err(source) => Err(StartError::Ledger { path, source }),
    }
}

/// Starts what `roles` say, on `lifecycle`; to be called inside a tokio runtime. Addresses are bound first, so that a port which is taken
/// is told before anything else happens.
pub fn start(
    config: Config,
    schemas: SchemaBook,
    roles: Roles,
    lifecycle: &Lifecycle,
) -> Result<App, StartError> {
    let Config { settings, sources, desks, rules, warnings } = config;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let receiver_listener = roles.receive.then(|| bind(settings.listen)).transpose()?;
    let operators_listener = bind(settings.ops_listen)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let rules = Arc::new(rules);
    let senders = verifiers(sources)?;
    let posts = if roles.deliver { posts(desks.values())? } else { Vec::new() };
    let broker = RunningBroker::open(&settings, roles, desks.keys().cloned().collect(), &clock)?;
    let ledger = if roles.deliver { Some(open_ledger(&settings)?) } else { None };
    let private_address = local(&operators_listener, settings.ops_listen)?;
    telemetry::keep_metrics(lifecycle.tasks(), lifecycle.draining());
    serve_operators(operators_listener, settings.ops_listen, lifecycle)?;
    if let Some(ledger) = &ledger {
        let worker = Worker {
            broker: broker.broker.clone(),
            ledger: ledger.clone(),
            rules: rules.clone(),
            clock: clock.clone(),
            holder: broker.holder(),
            chance,
        };
        worker.start(posts, lifecycle.tasks(), lifecycle.draining());
    }
    let public_address = match receiver_listener {
        None => None,
        Some(listener) => {
            let address = local(&listener, settings.listen)?;
            let intake = Intake {
                sources: senders,
                schemas,
                rules,
                broker: broker.broker.clone(),
                clock,
                settings: ReceiverSettings::default(),
            };
            serve_receiver(listener, intake, settings.listen, lifecycle)?;
            Some(address)
        }
    };
    Ok(App { receiver: public_address, operators: private_address, ledger, broker })
}

impl App {
    /// Takes no new work, finishes what is in flight within a deadline, and closes the broker last.
    pub async fn stop(self, lifecycle: &Lifecycle) -> Drained {
        let drained = lifecycle.drain().await;
        self.broker.close().await;
        drained
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    receiver::bind(address).map_err(|source| StartError::Listen { address, source })
}

fn local(listener: &TcpListener, address: SocketAddr) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|source| StartError::Listen { address, source })
}

fn verifiers(
    sources: impl IntoIterator<Item = (SourceName, SchemeSettings)>,
) -> Result<HashMap<SourceName, Scheme>, StartError> {
    let scheme = |(source_name, settings)| match Scheme::new(settings) {
        Ok(scheme) => Ok((source_name, scheme)),
        Err(source) => Err(StartError::Secret { source_name, source }),
    };
    sources.into_iter().map(scheme).collect()
}

fn posts<'a>(configs: impl Iterator<Item = &'a DeskConfig>) -> Result<Vec<Post>, StartError> {
    let post = |config: &DeskConfig| match desks::build(config) {
        Ok(desk) => Ok(Post { settings: config.settings.clone(), desk }),
        Err(source) => Err(StartError::Desk { desk: config.settings.name.clone(), source }),
    };
    configs.map(post).collect()
}

fn serve_receiver(
    listener: TcpListener,
    intake: Intake,
    address: SocketAddr,
    lifecycle: &Lifecycle,
) -> Result<(), StartError> {
    let server = receiver::serve(listener, Arc::new(intake), lifecycle.draining().clone())
        .map_err(|source| StartError::Listen { address, source })?;
    lifecycle.tasks().spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "The receiver ended");
        }
    });
    Ok(())
}

fn serve_operators(
    listener: TcpListener,
    address: SocketAddr,
    lifecycle: &Lifecycle,
) -> Result<(), StartError> {
    let server = operators::serve(listener, telemetry::metrics(), lifecycle.draining().clone())
        .map_err(|source| StartError::Listen { address, source })?;
    lifecycle.tasks().spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "The private port ended");
        }
    });
    Ok(())
}

/// The broker and what keeps it running. It outlives the work: acknowledgements go through it
/// until the last delivery is through.
#[derive(Debug)]
struct RunningBroker {
    broker: Arc<dyn Broker>,
    embedded: Option<Arc<Embedded>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl RunningBroker {
    fn open(
        settings: &Settings,
        roles: Roles,
        desks: Vec<DeskName>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        if let Some(url) = &settings.amqp_url {
            let settings =
                RabbitMqSettings { url: url.clone(), namespace: "deskbell".to_owned(), desks };
            let broker = RabbitMq::connect(&settings, clock.clone(), &tasks, &stop)?;
            return Ok(Self { broker, embedded: None, stop, tasks });
        }
        if !(roles.receive && roles.deliver) {
            return Err(StartError::Apart);
        }
        let embedded = Embedded::open(&settings.data_dir, clock.clone(), JournalBounds::default())?;
        tasks.spawn(prune(embedded.clone(), stop.clone()));
        Ok(Self { broker: embedded.clone(), embedded: Some(embedded), stop, tasks })
    }

    /// Names the workers of this process in the ledger. The embedded store admits one process, so
    /// that its successor is the same holder and need not wait for a lease to run out.
    fn holder(&self) -> String {
        match self.embedded {
            Some(_) => "embedded".to_owned(),
            None => format!("{}:{}", std::process::id(), uuid::Uuid::now_v7()),
        }
    }

    async fn close(self) {
        self.stop.cancel();
        self.tasks.close();
        let closing = async {
            self.tasks.wait().await;
            if let Some(embedded) = &self.embedded {
                embedded.close().await;
            }
        };
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::warn!("The broker was not closed in time; what is in it is safe");
        }
    }
}

/// Lets a quiet journal forget in time.
async fn prune(embedded: Arc<Embedded>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PRUNING) => {}
        }
        if let Err(error) = embedded.prune().await {
            tracing::warn!(error = %crate::causes::Causes(&error), "The journal was not pruned");
        }
    }
}

/// A number, uniform in [0, 1): from the system, or one half where it gives none.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |drawn| f64::from(drawn) / (f64::from(u32::MAX) + 1.0))
}
