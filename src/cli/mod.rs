//! The command line: one file for each command.
//!
//! Exit codes: 0 it is done, 1 it ran and the answer is no, 2 the call or the configuration is
//! wrong.

mod acting;
mod arguments;
mod audit;
mod backtest;
mod books;
mod brake;
mod callbacks;
mod check;
mod contract;
mod dead;
mod demo;
mod desk;
mod desks;
mod erase;
mod events;
mod given;
mod health;
mod issues;
mod online;
mod output;
mod preview;
mod replays;
mod retention;
mod run;
mod sandbox;
mod searching;
mod send;
mod setup;
mod silence;
mod sources;
mod test;
mod token;

use std::{ffi::OsString, io, path::Path, process::ExitCode, sync::Arc};

use clap::{CommandFactory, Parser, Subcommand};

use self::{
    acting::clock,
    arguments::{WrongArgument, WrongCall, argument, moment, read_file, source, span},
};
use crate::{
    app,
    causes::Causes,
    config::{Config, ConfigError, Environment, Settings},
    event::SchemaBook,
    ledger::Ledger,
    telemetry::{self, InvalidCollector, Traces},
};

/// Turns business events into support tickets, and never loses or doubles one.
///
/// Begin with `deskbell demo`: it runs everything on this machine, with simulated desks.
#[derive(Debug, Parser)]
#[command(name = "deskbell", version)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run receiver and workers in one process.
    Run,
    /// Run the receiver alone.
    Receive,
    /// Run the workers alone.
    Deliver,
    Demo(demo::Options),
    Sandbox(sandbox::Options),
    Check(check::Options),
    Setup(setup::Options),
    Send(send::Options),
    Preview(preview::Options),
    Test(test::Options),
    Backtest(backtest::Options),
    Events(events::Options),
    Dead(dead::Options),
    Erase(erase::Options),
    Retention(retention::Options),
    Issues(issues::Options),
    Replays(replays::Options),
    Books(books::Options),
    Brake(brake::Options),
    Silence(silence::Options),
    Callbacks(callbacks::Options),
    Sources(sources::Options),
    Desks(desks::Options),
    Desk(desk::Options),
    Contract(contract::Options),
    Health(health::Options),
    Token(token::Options),
    Audit(audit::Options),
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// It is done.
    Done,
    /// It ran, and the answer is no.
    No,
    /// The call or the configuration is wrong.
    Wrong,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::SUCCESS,
            Exit::No => Self::from(1),
            Exit::Wrong => Self::from(2),
        }
    }
}

/// Parses the arguments, runs the command, and turns its end into an exit code.
pub fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    let Some(command) = command_line.command else {
        // An error here means that nobody reads what is printed.
        drop(CommandLine::command().print_help());
        return ExitCode::SUCCESS;
    };
    match run_to_end(command) {
        Ok(exit) => exit.into(),
        Err(error) => {
            if has_no_reader(&error) {
                return Exit::Done.into();
            }
            output::aside(format_args!("deskbell: {}", Causes(error.as_ref())));
            let wrong = error.is::<ConfigError>()
                || error.is::<telemetry::InvalidFilter>()
                || error.is::<telemetry::InvalidCollector>()
                || error.is::<WrongArgument>()
                || error.is::<WrongCall>()
                || error.is::<app::StartError>();
            if wrong { Exit::Wrong.into() } else { Exit::No.into() }
        }
    }
}

/// Whether standard output was closed by its reader, as `head` does: it has what it wanted.
fn has_no_reader(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn run_to_end(command: Command) -> anyhow::Result<Exit> {
    // One TLS provider for all; an error says that there is one already.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let context = Context::read();
    let settings = context.settings();
    let traces = command.traces(&context)?;
    telemetry::start(command.log_filter(&settings), settings.log_format, traces.as_ref())?;
    telemetry::tell_of_panics();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let exit = runtime.block_on(command.run(&context));
    runtime.shutdown_background();
    if let Some(traces) = traces {
        traces.end();
    }
    exit
}

impl Command {
    /// The demo's own lines are what is to be seen, unless somebody asks for more.
    fn log_filter<'a>(&self, settings: &'a Settings) -> &'a str {
        match self {
            Self::Demo(_) if settings.log == "info" => "error",
            _ => &settings.log,
        }
    }

    /// Where the traces of a service go; those of other commands go nowhere.
    fn traces(&self, context: &Context) -> Result<Option<Traces>, InvalidCollector> {
        match self {
            Self::Run | Self::Receive | Self::Deliver => {
                Traces::from_environment(|name| context.variable(name))
            }
            _ => Ok(None),
        }
    }

    async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self {
            Self::Run => run::run(context, run::BOTH).await,
            Self::Receive => run::run(context, run::RECEIVER).await,
            Self::Deliver => run::run(context, run::WORKERS).await,
            Self::Demo(options) => options.run(context).await,
            Self::Sandbox(options) => options.run().await,
            Self::Check(options) => options.run(context).await,
            Self::Setup(options) => options.run(context).await,
            Self::Send(options) => options.run(context).await,
            Self::Preview(options) => options.run(context),
            Self::Test(options) => options.run(context),
            Self::Backtest(options) => options.run(context).await,
            Self::Events(options) => options.run(context).await,
            Self::Erase(options) => options.run(context).await,
            Self::Retention(options) => options.run(context).await,
            Self::Dead(options) => options.run(context).await,
            Self::Issues(options) => options.run(context).await,
            Self::Replays(options) => options.run(context).await,
            Self::Books(options) => options.run(context).await,
            Self::Brake(options) => options.run(context).await,
            Self::Silence(options) => options.run(context).await,
            Self::Callbacks(options) => options.run(context).await,
            Self::Sources(options) => options.run(context).await,
            Self::Desks(options) => options.run(context).await,
            Self::Desk(options) => options.run(context).await,
            Self::Contract(options) => options.run(context),
            Self::Health(options) => options.run(context).await,
            Self::Token(options) => options.run(context).await,
            Self::Audit(options) => options.run(context).await,
        }
    }
}

/// What every command is given: the environment, read once.
struct Context {
    variables: Vec<(OsString, OsString)>,
}

impl Context {
    fn read() -> Self {
        Self { variables: std::env::vars_os().collect() }
    }

    /// The environment's part of the configuration.
    fn environment(&self) -> Environment {
        Environment::read(self.variables.iter().cloned())
    }

    /// Where and who; the defaults of what is faulty.
    fn settings(&self) -> Settings {
        self.environment().settings().clone()
    }

    /// One variable of the environment, whatever its name.
    fn variable(&self, name: &str) -> Option<String> {
        let (_, value) = self.variables.iter().find(|(variable, _)| variable == name)?;
        value.to_str().map(str::to_owned)
    }

    /// The whole configuration, with the schemas that it is checked against.
    fn load(&self) -> anyhow::Result<(Config, SchemaBook)> {
        let environment = self.environment();
        let schemas = app::schemas(environment.settings())?;
        let config = environment.load(&schemas)?;
        Ok((config, schemas))
    }

    /// The same with another behaviour file.
    fn load_instead(&self, file: &Path) -> anyhow::Result<(Config, SchemaBook)> {
        let is_of_file =
            |name: &OsString| name == "DESKBELL_CONFIG" || name == "DESKBELL_CONFIG_FILE";
        let mut variables = self.variables.clone();
        variables.retain(|(name, _)| !is_of_file(name));
        variables.push(("DESKBELL_CONFIG".into(), file.into()));
        Self { variables }.load()
    }

    /// Reads the whole configuration again whenever it is asked, against the schemas of now.
    fn loader(
        &self,
        settings: &Settings,
    ) -> anyhow::Result<Box<dyn Fn() -> Result<Config, ConfigError> + Send + Sync>> {
        let (variables, schemas) = (self.variables.clone(), app::schemas(settings)?);
        Ok(Box::new(move || Environment::read(variables.iter().cloned()).load(&schemas)))
    }

    /// Opens the ledger that the service of this environment writes.
    fn ledger(&self) -> anyhow::Result<Arc<dyn Ledger>> {
        let settings = self.settings();
        let path = app::ledger_path(&settings);
        anyhow::ensure!(
            path.exists(),
            "there is no ledger at `{}`: no service has run here, or DESKBELL_DATA_DIR names \
             another place",
            path.display()
        );
        self.ledger_or_new()
    }

    /// The same, and makes it where there is none.
    fn ledger_or_new(&self) -> anyhow::Result<Arc<dyn Ledger>> {
        Ok(app::open_ledger(&self.settings(), self.environment().redactions())?)
    }
}
