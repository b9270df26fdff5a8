//! `deskbell dead discard`: gives up, one by one or all that a filter chooses.

use clap::Args;
use serde_json::json;

use super::{
    super::{Context, Exit, acting::by, argument, output, replays::grouped},
    choice::Choice,
    operate,
};
use crate::{
    delivery::Transition,
    ledger::{By, Ledger, Search},
    operators::{MOST_DISCARDED, discard_all},
};

/// What is given up, and why.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The deliveries' keys; or choose by filter.
    keys: Vec<String>,
    /// All dead letters, where neither a key nor a filter is given.
    #[arg(long)]
    all: bool,
    /// Why, for those who look later.
    #[arg(long)]
    why: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    choice: Choice,
}

impl Options {
    pub(super) async fn run(self, context: &Context, ledger: &dyn Ledger) -> anyhow::Result<Exit> {
        let by = by(context, Some(self.why));
        let is_by_filter = self.all || !self.choice.is_empty();
        match (self.keys.is_empty(), is_by_filter) {
            (true, false) => {
                output::aside("say which: keys, a filter such as --desk, or --all");
                Ok(Exit::Wrong)
            }
            (false, true) => {
                output::aside("give keys or a filter, not both");
                Ok(Exit::Wrong)
            }
            (false, false) => each(ledger, &self.keys, &by).await,
            (true, true) => {
                // What dies while it goes on is nobody's wish.
                let search = self.choice.search(by.at)?;
                let until = search.until.map_or(by.at, |until| until.min(by.at));
                let search = Search { until: Some(until), ..search };
                chosen(ledger, &search, &by, self.json).await
            }
        }
    }
}

async fn each(ledger: &dyn Ledger, keys: &[String], by: &By) -> anyhow::Result<Exit> {
    let why = by.why.clone().unwrap_or_default();
    let mut exit = Exit::Done;
    for key in keys {
        let act = Transition::Discard { at: by.at, by: by.who.clone(), why: why.clone() };
        let told = operate(ledger, &argument("key", key)?, act, by).await?;
        if told != Exit::Done {
            exit = told;
        }
    }
    Ok(exit)
}

/// Goes on until nothing is left. The same again goes on where it was interrupted.
async fn chosen(
    ledger: &dyn Ledger,
    search: &Search,
    by: &By,
    as_json: bool,
) -> anyhow::Result<Exit> {
    let (mut discarded, mut refused, mut more) = (0_u64, Vec::new(), true);
    while more {
        let some = discard_all(ledger, search, MOST_DISCARDED, by).await?;
        discarded += some.discarded.len() as u64;
        refused.extend(some.refused);
        more = some.more;
        if more {
            output::aside(format_args!("{} given up so far", grouped(discarded)));
        }
    }
    if as_json {
        output::json(&json!({ "discarded": discarded, "refused": refused }))?;
    } else {
        for refused in &refused {
            output::aside(format_args!("{}: {}", refused.key, refused.why));
        }
        output::line(format_args!("{} given up", grouped(discarded)))?;
    }
    Ok(if refused.is_empty() { Exit::Done } else { Exit::No })
}
