//! `deskbell sources`: how each source proves who it is, and when each of its secrets last did.

use clap::{Args, Subcommand};

use super::{Context, Exit, output};
use crate::{
    app::{schemes, sightings_path, source_views},
    operators::views::{RefusedView, SourceView},
    receiver::{Sighted, SightingBook},
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
        let views = source_views(&schemes(&config.sources), &sighted)?;
        if self.json {
            output::json(&views)?;
        } else {
            print(&views)?;
        }
        Ok(Exit::Done)
    }
}

fn print(sources: &[SourceView]) -> anyhow::Result<()> {
    let mut table = output::table(["source", "verify", "secret", "last verified"]);
    for source in sources {
        let (name, count) = (&source.source, source.secrets.len());
        if count == 0 {
            table.add_row([name, &source.verify, "none", ""]);
        }
        for each in &source.secrets {
            let last = each.last_verified.map_or_else(|| "never noted".to_owned(), output::instant);
            table.add_row([name, &source.verify, &format!("{} of {count}", each.secret), &last]);
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
