//! `deskbell dead edit`, and replays by today's rules.

use std::{
    fs::OpenOptions,
    io::{IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};

use super::super::{Context, Exit, WrongCall, acting::by, argument, output, read_file};
use super::edits::print_changes;
use crate::{
    app,
    delivery::DeliveryKey,
    event::{DataPath, Edit, Limits, Stroke, differences, read_json},
    operators::{EditWish, Office, OfficeError, Ruling},
};

/// What is to be changed: by members, by a file, or, where neither is given, in `$EDITOR`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The delivery's key, as `list` prints it.
    key: String,
    /// Writes a value: `data.customer.email=ann@example.com`. What is no JSON is a text;
    /// `data.orderId="12345"` (with the quotes) is one, too. A JSON pointer names any member.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Takes a member away.
    #[arg(long, value_name = "PATH")]
    unset: Vec<String>,
    /// A JSON merge patch of the payload (RFC 7396).
    #[arg(long)]
    file: Option<PathBuf>,
    /// Why, for those who look later.
    #[arg(long, required_unless_present = "dry_run")]
    why: Option<String>,
    /// Puts it back to work in the same act.
    #[arg(long)]
    replay: bool,
    /// By which rules.
    #[arg(long, value_enum, requires = "replay")]
    rules: Option<Rules>,
    /// Tells what would happen, and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Which rules a replay goes by.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Rules {
    /// The rule and the lane that the delivery has.
    AsRouted,
    /// Today's: they may change both, and give other desks a delivery that have none.
    Today,
}

impl From<Rules> for Ruling {
    fn from(rules: Rules) -> Self {
        match rules {
            Rules::AsRouted => Self::AsRouted,
            Rules::Today => Self::Today,
        }
    }
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let key: DeliveryKey = argument("key", &self.key)?;
        let office = office(context)?;
        let (json, replay) = (self.json, self.replay);
        let wish = EditWish {
            edit: self.edit(context, &office, &key).await?,
            replay: replay.then(|| self.rules.map_or_else(Ruling::default, Ruling::from)),
            dry_run: self.dry_run,
        };
        match office.edit(&key, &wish, &by(context, self.why)).await {
            Ok(edited) if json => output::json(&edited)?,
            Ok(edited) => {
                let verb = if edited.dry_run { "would change" } else { "changes" };
                output::line(format_args!("{key}: edit {} {verb}", edited.number))?;
                print_changes("  ", &edited.changes)?;
                if let Some(replay) = &edited.replay {
                    let verb = if edited.dry_run { "would go" } else { "goes" };
                    let (rule, priority) = (&replay.rule, replay.priority);
                    output::line(format_args!("{verb} back to work: rule {rule}, {priority}"))?;
                    for other in &replay.others {
                        let (desk, rule) = (&other.desk, &other.rule);
                        output::line(format_args!(
                            "and to {desk}: rule {rule}, {}",
                            other.priority
                        ))?;
                    }
                } else if !edited.dry_run {
                    output::aside(format_args!(
                        "`deskbell dead replay {key}` puts it back to work"
                    ));
                }
            }
            Err(error) => return refused(&key, error),
        }
        Ok(Exit::Done)
    }

    async fn edit(
        &self,
        context: &Context,
        office: &Office,
        key: &DeliveryKey,
    ) -> anyhow::Result<Edit> {
        let mut strokes = Vec::new();
        if let Some(path) = &self.file {
            match json(&path.display().to_string(), &read_file(path)?)? {
                Value::Object(patch) => strokes.push(Stroke::Merge(patch)),
                _ => return Err(WrongCall("--file is to hold a JSON object".to_owned()).into()),
            }
        }
        for given in &self.set {
            let wrong = || WrongCall(format!("--set `{given}` is not PATH=VALUE"));
            let (path, value) = given.split_once('=').with_context(wrong)?;
            let path: DataPath = argument("--set", path)?;
            let value = read_json(value.as_bytes(), Limits::POSTED);
            let text = || Value::from(given.split_once('=').map_or("", |(_, text)| text));
            strokes.push(Stroke::Set(path, value.unwrap_or_else(|_no_json| text())));
        }
        for path in &self.unset {
            strokes.push(Stroke::Unset(argument("--unset", path)?));
        }
        if strokes.is_empty() {
            in_editor(context, office, key).await
        } else {
            Ok(strokes.into_iter().collect())
        }
    }
}

/// The office of this machine, which sees and does what the service's does.
pub(super) fn office(context: &Context) -> anyhow::Result<Office> {
    let (config, schemas) = context.load()?;
    Ok(app::office_at(config, &schemas, context.ledger()?))
}

/// Replays by today's rules, one by one.
pub(super) async fn replay_today(
    context: &Context,
    keys: Vec<DeliveryKey>,
    why: Option<String>,
) -> anyhow::Result<(Vec<DeliveryKey>, Vec<(DeliveryKey, String)>)> {
    let (office, by) = (office(context)?, by(context, why));
    let (mut replayed, mut refused) = (Vec::new(), Vec::new());
    for key in keys {
        match office.replay_by(&key, Ruling::Today, &by).await {
            Ok(_) => replayed.push(key),
            Err(error @ (OfficeError::NotAllowed(_) | OfficeError::Unknown { .. })) => {
                refused.push((key, error.to_string()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok((replayed, refused))
}

fn refused(key: &DeliveryKey, error: OfficeError) -> anyhow::Result<Exit> {
    match error {
        OfficeError::Unfit(wrong) => {
            output::aside(format_args!("{key}: nothing is written"));
            for wrong in wrong {
                output::aside(format_args!("  {} {}", wrong.pointer, wrong.detail));
            }
        }
        OfficeError::NotAllowed(_) | OfficeError::Unknown { .. } => {
            output::aside(format_args!("{key}: {error}"));
        }
        OfficeError::NoLedger | OfficeError::Ledger(_) => return Err(error.into()),
    }
    Ok(Exit::No)
}

fn json(name: &str, text: &str) -> anyhow::Result<Value> {
    let wrong = |error| WrongCall(format!("`{name}` {error}"));
    Ok(read_json(text.as_bytes(), Limits::POSTED).map_err(wrong)?)
}

/// Has the payload that counts edited as it is shown; what is redacted stays as it is.
async fn in_editor(context: &Context, office: &Office, key: &DeliveryKey) -> anyhow::Result<Edit> {
    // An empty variable says nothing, to shells as well.
    let said = |name| context.variable(name).filter(|editor| !editor.trim().is_empty());
    let editor = ["VISUAL", "EDITOR"].into_iter().find_map(said);
    let without = || WrongCall("say what: --set, --unset, --file, or have $EDITOR set".to_owned());
    let editor = editor.filter(|_| std::io::stdin().is_terminal()).with_context(without)?;
    let shown = office.edits(key).await?.data;
    let path = context.settings().data_dir.join(format!("edit-{key}.json"));
    // Who interrupts the editor ends it alone: the file is taken away all the same.
    let _deaf = (signal(SignalKind::interrupt())?, signal(SignalKind::hangup())?);
    let text = written_in(&editor, &path, &format!("{shown:#}\n"));
    drop(std::fs::remove_file(&path));
    Ok(differences(&shown, &json("what was edited", &text?)?))
}

/// What somebody makes of a text with their editor.
fn written_in(editor: &str, path: &Path, text: &str) -> anyhow::Result<String> {
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    drop(file);
    // As shells call it: the variable may hold arguments, too.
    let script = format!("{editor} \"$1\"");
    let ended = Command::new("sh").args(["-c", &script, "sh"]).arg(path).status()?;
    anyhow::ensure!(ended.success(), "the editor has failed: nothing is written");
    Ok(std::fs::read_to_string(path)?)
}
