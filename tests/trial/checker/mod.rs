//! Judges a run by its history alone. It names nothing of the product: what should have come of each
//! event it works out for itself, so that a misunderstanding cannot agree with itself.

pub(crate) mod history;
pub(crate) mod ledger;
mod verdict;

pub(crate) use verdict::Verdict;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use self::history::{Answer, BookLine, DeskLine, Line, RowLine, SentLine, TicketLine};

/// The key of an event at a desk, by the contract: half of a SHA-256 over source, id and desk, each
/// behind its length in eight bytes.
pub(crate) fn key(source: &str, id: &str, desk: &str) -> String {
    let mut hash = Sha256::new();
    for part in [source, id, desk] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(&hash.finalize()[..16])
}

/// Reads a history and judges it.
pub(crate) fn judge(text: &str) -> Verdict {
    let mut case = Case::default();
    for line in history::read(text) {
        case.take(line);
    }
    case.judge()
}

/// A history, sorted.
#[derive(Debug, Default)]
struct Case {
    desks: BTreeMap<String, DeskLine>,
    /// By source and id.
    sent: BTreeMap<(String, String), SentLine>,
    /// By desk and key.
    tickets: BTreeMap<(String, String), Vec<String>>,
    keyless: Vec<TicketLine>,
    recorded: BTreeSet<(String, String)>,
    rows: Vec<RowLine>,
    books: Vec<BookLine>,
    verdict: Verdict,
}

impl Case {
    fn take(&mut self, line: Line) {
        match line {
            Line::Desk(desk) => drop(self.desks.insert(desk.desk.clone(), desk)),
            Line::Sent(sent) => self.hear(&sent),
            Line::Fault(fault) => *self.verdict.faults.entry(fault.kind).or_default() += 1,
            Line::Ticket(TicketLine { desk, key: Some(key), id }) => {
                self.tickets.entry((desk, key)).or_default().push(id);
            }
            Line::Ticket(ticket) => self.keyless.push(ticket),
            Line::Recorded(event) => drop(self.recorded.insert((event.source, event.id))),
            Line::Row(row) => self.rows.push(row),
            Line::Book(book) => self.books.push(book),
        }
    }

    /// The best answer counts: one 202 binds, whatever came before or after.
    fn hear(&mut self, sent: &SentLine) {
        let name = (sent.source.clone(), sent.id.clone());
        let known = self.sent.entry(name).or_insert_with(|| sent.clone());
        known.answer = known.answer.max(sent.answer);
    }

    fn judge(mut self) -> Verdict {
        let rows = self.rows_by_key();
        let mut expected = BTreeSet::new();
        for sent in self.sent.values() {
            match sent.answer {
                Answer::Accepted => self.verdict.accepted += 1,
                Answer::Unknown => self.verdict.unknown += 1,
                Answer::Refused => {
                    self.verdict.refused += 1;
                    continue;
                }
            }
            for desk in &sent.desks {
                let key = key(&sent.source, &sent.id, desk);
                let what = format!("{} at {desk}", sent.id);
                let tickets = self.tickets.get(&(desk.clone(), key.clone()));
                let tickets = tickets.map_or(&[][..], Vec::as_slice);
                let rules = self.desks.get(desk);
                let delivery = Delivery {
                    what,
                    accepted: sent.answer == Answer::Accepted,
                    tickets,
                    row: rows.get(&key),
                    looks_up: rules.is_some_and(|desk| desk.looks_up),
                    may_repeat: rules.is_some_and(|desk| desk.may_repeat),
                };
                delivery.judge(&mut self.verdict);
                expected.insert((desk.clone(), key));
            }
        }
        self.verdict.tickets =
            self.tickets.values().map(Vec::len).sum::<usize>() + self.keyless.len();
        self.find_phantoms(&expected);
        self.balance();
        self.verdict
    }

    fn rows_by_key(&self) -> BTreeMap<String, RowLine> {
        let keyed = self.rows.iter().map(|row| {
            let key = row.key.clone();
            (key.unwrap_or_else(|| key_of(row)), row.clone())
        });
        keyed.collect()
    }

    /// Tickets and rows of what nobody sent, or what was refused.
    fn find_phantoms(&mut self, expected: &BTreeSet<(String, String)>) {
        let phantom = &mut self.verdict.phantom;
        for ticket in &self.keyless {
            phantom.push(format!("ticket {} at {} has no key", ticket.id, ticket.desk));
        }
        for (place, ids) in self.tickets.iter().filter(|(place, _)| !expected.contains(place)) {
            phantom.push(format!("tickets {ids:?} at {} are of no event that was sent", place.0));
        }
        for row in &self.rows {
            let own = key_of(row);
            if row.key.as_ref().is_some_and(|key| *key != own)
                || !expected.contains(&(row.desk.clone(), own))
            {
                phantom.push(format!("the ledger's row of {} at {}", row.id, row.desk));
            }
        }
    }

    /// The product's books against the ledger's rows, and those against what was accepted.
    fn balance(&mut self) {
        let unbalanced = &mut self.verdict.unbalanced;
        for (name, sent) in &self.sent {
            if sent.answer == Answer::Accepted && !self.recorded.contains(name) {
                unbalanced.push(format!("{} is accepted and not in the books", sent.id));
            }
        }
        let mut counted: BTreeMap<(&str, &str), BTreeMap<String, u64>> = BTreeMap::new();
        for row in &self.rows {
            let states = counted.entry((&row.source, &row.desk)).or_default();
            *states.entry(row.state.clone()).or_default() += 1;
        }
        for book in &self.books {
            let states = counted.remove(&(&book.source, &book.desk)).unwrap_or_default();
            let sum: u64 = book.states.values().sum();
            if states != book.states || sum != book.accepted {
                let BookLine { source, desk, accepted, states: told } = book;
                unbalanced.push(format!(
                    "{source} at {desk}: {accepted} accepted, books {told:?}, rows {states:?}"
                ));
            }
        }
        for ((source, desk), states) in counted {
            unbalanced.push(format!("{source} at {desk} is not in the books: {states:?}"));
        }
    }
}

fn key_of(row: &RowLine) -> String {
    key(&row.source, &row.id, &row.desk)
}

/// One event for one desk, with all that was seen of it.
struct Delivery<'a> {
    what: String,
    accepted: bool,
    tickets: &'a [String],
    row: Option<&'a RowLine>,
    looks_up: bool,
    may_repeat: bool,
}

impl Delivery<'_> {
    fn judge(self, verdict: &mut Verdict) {
        let Self { what, accepted, tickets, row, looks_up, may_repeat } = self;
        match tickets.len() {
            0 | 1 => {}
            many if may_repeat => verdict.repeated += many - 1,
            _ => verdict.doubled.push(format!("{what}: tickets {tickets:?}")),
        }
        verdict.deliveries += usize::from(accepted);
        let state = row.map(|row| row.state.as_str());
        match (state, tickets) {
            (None, []) if accepted => verdict.lost.push(format!("{what}: no ticket and no row")),
            // What is merged or resolved was told at another delivery's ticket.
            (None | Some("merged" | "resolved"), []) => {}
            (None, _) => verdict.stuck.push(format!("{what}: a ticket and no row")),
            (Some("ticketed"), []) => {
                verdict.lost.push(format!("{what}: the desk has no such ticket"));
            }
            (Some("ticketed"), _) => {
                let named = row.and_then(|row| row.ticket.as_ref());
                if named.is_none_or(|named| !tickets.contains(named)) {
                    verdict.unbalanced.push(format!("{what}: {named:?} is not among {tickets:?}"));
                }
            }
            (Some("uncertain"), _) if looks_up => {
                verdict.stuck.push(format!("{what}: in doubt, though the desk could be asked"));
            }
            (Some("uncertain"), _) => verdict.parked += 1,
            (Some("dead" | "discarded"), []) => verdict.given_up += 1,
            (Some(state @ ("dead" | "discarded")), _) => {
                verdict.unbalanced.push(format!("{what}: {state}, and the desk has its ticket"));
            }
            (Some(state), _) => verdict.stuck.push(format!("{what}: {state}")),
        }
    }
}
