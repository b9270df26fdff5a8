//! `deskbell sources`: how each source proves who it is, and when each of its secrets last did.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;

use super::{Context, Exit, output};
use crate::{
    app::sightings_path,
    event::SourceName,
    receiver::{Sighted, SightingBook},
    signature::{Scheme, SchemeSettings},
};

/// The sources: how each proves who it is, when each of its secrets last verified, and which proofs
/// were refused. Told by the receivers of this data directory, about a minute late.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    question: Option<Question>,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// All of them; what is done where nothing else is asked.
    List,
}

/// A source as programs read it.
#[derive(Debug, Serialize)]
struct SourceView {
    source: String,
    verify: &'static str,
    secrets: Vec<SecretView>,
    refused: Vec<RefusedView>,
}

#[derive(Debug, Serialize)]
struct SecretView {
    /// Its place in the configuration, from 1, as in the metrics.
    secret: usize,
    /// Absent where it was never noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_verified: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct RefusedView {
    reason: String,
    times: i64,
    last: Timestamp,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (Some(Question::List) | None) = self.question;
        let (config, _) = context.load()?;
        let path = sightings_path(&config.settings);
        let sighted = if path.exists() {
            let book = SightingBook::open(&path)?;
            let sighted = book.read().await;
            book.close().await;
            sighted?
        } else {
            output::aside(format_args!(
                "nothing is noted at `{}` yet: no receiver has run here, or DESKBELL_DATA_DIR \
                 names another place",
                path.display()
            ));
            Sighted::default()
        };
        let views: Vec<SourceView> = config
            .sources
            .iter()
            .map(|(name, source)| SourceView::new(name, &source.verify, &sighted))
            .collect::<anyhow::Result<_>>()?;
        if self.json {
            output::json(&views)?;
        } else {
            print(&views)?;
        }
        Ok(Exit::Done)
    }
}

impl SourceView {
    fn new(
        name: &SourceName,
        settings: &SchemeSettings,
        sighted: &Sighted,
    ) -> anyhow::Result<Self> {
        let name = name.as_str();
        let scheme = Scheme::new(settings.clone())?;
        let secrets = scheme.fingerprints().iter().enumerate().map(|(index, print)| SecretView {
            secret: index + 1,
            last_verified: sighted.last_verified(name, &print.to_string()),
        });
        let refused = sighted.refused(name).map(|refused| RefusedView {
            reason: refused.reason.clone(),
            times: refused.times,
            last: refused.last,
        });
        Ok(Self {
            source: name.to_owned(),
            verify: settings.word(),
            secrets: secrets.collect(),
            refused: refused.collect(),
        })
    }
}

fn print(sources: &[SourceView]) -> anyhow::Result<()> {
    let mut table = output::table(["source", "verify", "secret", "last verified"]);
    for source in sources {
        let (name, count) = (&source.source, source.secrets.len());
        if count == 0 {
            table.add_row([name, source.verify, "none", ""]);
        }
        for each in &source.secrets {
            let last = each.last_verified.map_or_else(|| "never noted".to_owned(), output::instant);
            table.add_row([name, source.verify, &format!("{} of {count}", each.secret), &last]);
        }
    }
    output::line(table)?;
    let refused: Vec<(&String, &RefusedView)> = sources
        .iter()
        .flat_map(|source| source.refused.iter().map(move |refused| (&source.source, refused)))
        .collect();
    if !refused.is_empty() {
        let mut table = output::table(["source", "refused for", "times", "last"]);
        for (source, refused) in refused {
            let (times, last) = (refused.times.to_string(), output::instant(refused.last));
            table.add_row([source, &refused.reason, &times, &last]);
        }
        output::line(format_args!("\n{table}"))?;
    }
    Ok(())
}
