//! `deskbell setup <desk>`: makes what a desk's account needs, or says what a person has to do.

use anyhow::Context as _;
use clap::Args;
use serde_json::json;

use super::{Context, Exit, WrongCall, check::named, output, preview};
use crate::desks::{self, Ready};

/// Create what a desk's account needs: at HubSpot the unique ticket property that keeps a lost answer
/// from becoming a second ticket. Doing it again changes nothing.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The desk, as `[desks.<NAME>]` calls it.
    #[arg(value_name = "DESK")]
    desk: String,
    /// Print the requests, and send none.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (config, _) = context.load()?;
        let name = named(&config, &self.desk)?;
        let config = &config.desks[&name];
        let desk = desks::build(config).with_context(|| WrongCall(format!("desk `{name}`")))?;
        if self.dry_run {
            let requests = desk.set_up_preview();
            if self.json {
                output::json(&json!({ "desk": name, "requests": requests }))?;
            } else if requests.is_empty() {
                output::line(format_args!("{name}: nothing to ask for"))?;
            }
            if !self.json {
                requests.iter().try_for_each(preview::print_request)?;
            }
            return Ok(Exit::Done);
        }
        let set_up = desk.set_up().await?;
        if self.json {
            output::json(&json!({ "desk": name, "setup": set_up }))?;
        } else {
            for (number, words) in set_up.words.iter().enumerate() {
                let indent = if number == 0 { format!("{name}: ") } else { "  ".to_owned() };
                output::line(format_args!("{indent}{words}"))?;
            }
            set_up.by_hand.iter().try_for_each(preview::print_request)?;
        }
        Ok(match set_up.ready {
            Ready::There | Ready::Made => Exit::Done,
            Ready::ByHand | Ready::Unknown => Exit::No,
        })
    }
}
