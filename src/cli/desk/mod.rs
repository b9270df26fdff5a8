//! `deskbell desk <name> …`: the vendor's documented ticket calls, through a configured account.
//!
//! - One file for each vendor: its calls, and which of an answer's members people see in a table.
//! - The account's key, address, time-out and windows are those of the configuration.
//! - The windows are this process's own: a service that runs beside it does not count these calls.

mod hubspot;
mod kf5;
mod pairs;
mod sheet;
mod supportdesk;
mod thulium;

use std::ffi::OsString;

use anyhow::Context as _;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, error::ErrorKind};

use self::sheet::Sheet;
use super::{Context, Exit, WrongCall, acting::by, argument, desks as status, output};
use crate::{
    config::Config,
    desks::{BuildError, DeskConfig, DeskSettings, Vendor},
    event::DeskName,
};

/// Call a desk's ticket system, as its vendor documents it, through the configured account.
///
/// The calls differ by vendor: `deskbell desk <NAME> --help` lists those of one desk. Every call
/// takes `--json`.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Options {
    #[command(subcommand)]
    line: Named,
}

/// The desk's name and what follows it; only the desk's vendor can read that.
#[derive(Debug, Subcommand)]
enum Named {
    #[command(external_subcommand)]
    Desk(Vec<OsString>),
}

/// The calls of one vendor.
trait Calls: Subcommand {
    /// As `kind` in the configuration says it.
    const KIND: &'static str;
    /// The vendor's typed client.
    type Client;

    /// Sets the client up; nothing is sent.
    fn client(settings: &DeskSettings, vendor: &Vendor)
    -> Option<Result<Self::Client, BuildError>>;

    /// Does the call.
    async fn run(self, client: &Self::Client) -> anyhow::Result<Sheet>;
}

/// What may stand behind a desk's name.
#[derive(Debug, Parser)]
struct Line<C: Subcommand> {
    #[command(subcommand)]
    call: Call<C>,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Call<C: Subcommand> {
    /// Who speaks to the desk, and whether it takes deliveries.
    Status,
    /// Keeps deliveries from the desk until it is resumed. What is under way ends; no attempt is
    /// spent.
    Pause {
        /// Why, for those who look later.
        #[arg(long)]
        why: Option<String>,
    },
    /// Lets deliveries pass again.
    Resume {
        /// Why, for those who look later.
        #[arg(long)]
        why: Option<String>,
    },
    #[command(flatten)]
    Vendor(C),
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let Named::Desk(mut words) = self.line;
        let rest = words.split_off(1);
        let name = words.pop().unwrap_or_default();
        let name: DeskName = argument("desk", &name.to_string_lossy())?;
        let (config, _) = context.load()?;
        let desk = config.desks.get(&name).with_context(|| unknown(&name, &config))?;
        match &desk.vendor {
            Vendor::HubSpot(_) => call::<hubspot::Calls>(context, desk, rest).await,
            Vendor::Kf5(_) => call::<kf5::Calls>(context, desk, rest).await,
            Vendor::SupportDesk(_) => call::<supportdesk::Calls>(context, desk, rest).await,
            Vendor::Thulium(_) => call::<thulium::Calls>(context, desk, rest).await,
        }
    }
}

fn unknown(name: &DeskName, config: &Config) -> WrongCall {
    let known: Vec<_> = config.desks.keys().map(|known| format!("`{known}`")).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    WrongCall(format!("there is no desk `{name}` in the configuration; it has {known}"))
}

async fn call<C: Calls>(
    context: &Context,
    desk: &DeskConfig,
    rest: Vec<OsString>,
) -> anyhow::Result<Exit> {
    let name = &desk.settings.name;
    let line = match read::<C>(name, rest) {
        Ok(line) => line,
        Err(error) => return misread::<C>(name, &error),
    };
    let calls = match line.call {
        Call::Status => return status::one(context, name, line.json).await,
        Call::Pause { why } => return pause(context, name, why).await,
        Call::Resume { why } => return resume(context, name, why).await,
        Call::Vendor(calls) => calls,
    };
    let client = C::client(&desk.settings, &desk.vendor)
        .with_context(|| WrongCall(format!("desk `{name}` is not of kind {}", C::KIND)))?;
    calls.run(&client?).await?.print(line.json)?;
    Ok(Exit::Done)
}

async fn pause(context: &Context, name: &DeskName, why: Option<String>) -> anyhow::Result<Exit> {
    let is_new = context.ledger()?.pause_desk(name, &by(context, why)).await?;
    let already = if is_new { "" } else { " already" };
    output::line(format_args!("desk {name} is paused{already}"))?;
    Ok(Exit::Done)
}

async fn resume(context: &Context, name: &DeskName, why: Option<String>) -> anyhow::Result<Exit> {
    let was_paused = context.ledger()?.resume_desk(name, &by(context, why)).await?;
    let word = if was_paused { "is resumed" } else { "was not paused" };
    output::line(format_args!("desk {name} {word}"))?;
    Ok(Exit::Done)
}

fn read<C: Calls>(name: &DeskName, rest: Vec<OsString>) -> Result<Line<C>, clap::Error> {
    let command = Line::<C>::command()
        .name("desk")
        .bin_name(format!("deskbell desk {name}"))
        .about(format!("Calls of desk `{name}`, which is of kind {}", C::KIND));
    let words = std::iter::once(OsString::from("desk")).chain(rest);
    Line::from_arg_matches(&command.try_get_matches_from(words)?)
}

/// Help is no error. A call that the vendor does not have may be another vendor's.
fn misread<C: Calls>(name: &DeskName, error: &clap::Error) -> anyhow::Result<Exit> {
    error.print()?;
    if error.kind() == ErrorKind::InvalidSubcommand {
        output::aside(format_args!(
            "desk `{name}` is of kind {}; `deskbell desk {name} --help` lists its calls",
            C::KIND
        ));
    }
    Ok(if error.exit_code() == 0 { Exit::Done } else { Exit::Wrong })
}
