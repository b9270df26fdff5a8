//! Which events or deliveries, as the command line says it: with the filters that the API and the
//! console have, and page after page.

use clap::Args;
use jiff::Timestamp;

use super::{
    Context,
    arguments::{WrongArgument, WrongCall, argument, moment},
    output,
};
use crate::ledger::{FieldMatch, Found, LedgerError, Page, Search};

/// How many are asked for at a time.
const PAGE: usize = 200;

/// What is chosen by, except the state: what that may be is the command's.
// Commands flatten it last, for the heading holds for all that follows.
#[derive(Debug, Default, PartialEq, Eq, Args)]
#[command(next_help_heading = "Filters")]
pub(super) struct Searching {
    /// From then on: `2h` ago, or an instant as `2026-10-18T12:00:00Z`.
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Before then, said likewise.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Of this source.
    #[arg(long)]
    source: Option<String>,
    /// With this id of the sender's.
    #[arg(long, value_name = "ID")]
    event: Option<String>,
    /// Of this event type.
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// For this desk.
    #[arg(long)]
    desk: Option<String>,
    /// With this reason of the last failure: `unknown-customer`, `refused`, …
    #[arg(long)]
    reason: Option<String>,
    /// Of this priority: LOW, MEDIUM, HIGH, URGENT or CRITICAL.
    #[arg(long)]
    priority: Option<String>,
    /// Of the incident with this key.
    #[arg(long, value_name = "KEY")]
    incident: Option<String>,
    /// That the silence of this number suppresses, or did before it was released.
    #[arg(long, value_name = "NUMBER")]
    silence: Option<String>,
    /// With this text in the event; of dead letters, in the desk's words, too.
    #[arg(long)]
    text: Option<String>,
    /// With this in the payload: `data.orderId=12345`, `data.customer.email=ann@example.com`. May be given
    /// several times: all of them hold.
    #[arg(long = "where", value_name = "data.MEMBER=VALUE")]
    fields: Vec<String>,
}

impl Searching {
    /// Whether nothing is chosen by.
    pub(super) fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// What it chooses, in whatever state; a stretch of time counts back from `now`.
    pub(super) fn search(&self, now: Timestamp) -> anyhow::Result<Search> {
        fn read<T>(name: &str, text: Option<&String>) -> Result<Option<T>, WrongArgument>
        where
            T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
        {
            text.map(|text| argument(name, text)).transpose()
        }
        let instant = |name: &str, text: Option<&String>| {
            text.map(|text| moment(name, text, now)).transpose()
        };
        Ok(Search {
            since: instant("--since", self.since.as_ref())?,
            until: instant("--until", self.until.as_ref())?,
            source: read("--source", self.source.as_ref())?,
            event: read("--event", self.event.as_ref())?,
            event_type: read("--type", self.event_type.as_ref())?,
            desk: read("--desk", self.desk.as_ref())?,
            state: None,
            reason: read("--reason", self.reason.as_ref())?,
            priority: read("--priority", self.priority.as_ref())?,
            incident: said("--incident", self.incident.as_ref())?,
            silence: read("--silence", self.silence.as_ref())?,
            text: said("--text", self.text.as_ref())?,
            fields: self.fields.iter().map(|text| field(text)).collect::<Result<_, _>>()?,
        })
    }
}

/// A text that says something. An empty one would choose everything, as a variable does that a shell does
/// not know.
fn said(name: &str, text: Option<&String>) -> Result<Option<String>, WrongCall> {
    match text {
        Some(text) if text.is_empty() => {
            Err(WrongCall(format!("{name} is empty: allowed is a text, or no {name}")))
        }
        _ => Ok(text.cloned()),
    }
}

/// A member of the payload with its value.
fn field(text: &str) -> Result<FieldMatch, WrongCall> {
    let allowed = "allowed is as `data.customer.email=ann@example.com`";
    let Some((name, value)) = text.split_once('=') else {
        return Err(WrongCall(format!("--where `{text}` has no `=`: {allowed}")));
    };
    FieldMatch::new(name, value)
        .map_err(|wrong| WrongCall(format!("--where `{text}`: `{name}` {wrong}; {allowed}")))
}

/// Tells why nothing is found in payloads, where that is for want of the behaviour file.
pub(super) fn tell_what_hides(context: &Context, search: &Search) {
    let file = context.settings().behaviour_file;
    if search.is_of_payload() && !file.exists() {
        output::aside(format_args!(
            "`{}` is not there, which says what of payloads may be read: nothing is found in \
             them. DESKBELL_CONFIG names another",
            file.display()
        ));
    }
}

/// Goes from page to page until `limit` are found or nothing is left.
pub(super) async fn gather<T>(
    limit: usize,
    mut find: impl AsyncFnMut(Page) -> Result<Found<T>, LedgerError>,
) -> Result<Vec<T>, LedgerError> {
    let (mut items, mut after) = (Vec::new(), None);
    while items.len() < limit {
        let found = find(Page { after, most: PAGE.min(limit - items.len()) }).await?;
        items.extend(found.items);
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    Ok(items)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::ledger::Cursor;

    #[tokio::test]
    async fn a_page_that_ends_early_is_gone_on_behind() {
        let pages = [&[1, 2][..], &[], &[3], &[]];
        for (limit, expected) in [(9, &[1, 2, 3][..]), (3, &[1, 2, 3]), (2, &[1, 2]), (0, &[])] {
            let mut asked = 0_usize;
            let found = gather(limit, async |page| {
                assert_eq!(page.after.is_some(), asked > 0);
                let items = pages[asked].to_vec();
                asked += 1;
                let next = Cursor { at: 0, number: 0, name: String::new() };
                Ok(Found { items, next: (asked < pages.len()).then_some(next), walked: 1 })
            });
            assert_eq!(found.await.unwrap(), expected);
        }
    }
}
