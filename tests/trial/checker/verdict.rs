//! What the checker found, in figures.

use std::{collections::BTreeMap, fmt};

/// How many findings of a kind are spelled out.
const SPELLED_OUT: usize = 5;

/// The figures of one run. Each finding says of which delivery it is.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Events that were answered with 202.
    pub(crate) accepted: usize,
    /// Events without an answer that binds.
    pub(crate) unknown: usize,
    /// Events that were refused for good.
    pub(crate) refused: usize,
    /// Deliveries that the accepted events ask for.
    pub(crate) deliveries: usize,
    /// Tickets that the desks have.
    pub(crate) tickets: usize,
    /// Deliveries that wait for an operator, because the desk cannot be asked.
    pub(crate) parked: usize,
    /// Dead letters, and what an operator gave up.
    pub(crate) given_up: usize,
    /// Second tickets where the desk was set to allow them.
    pub(crate) repeated: usize,
    /// Accepted, and neither a ticket nor an outcome that says why not.
    pub(crate) lost: Vec<String>,
    /// Tickets and rows of what was never sent, or refused.
    pub(crate) phantom: Vec<String>,
    /// More than one ticket for one delivery.
    pub(crate) doubled: Vec<String>,
    /// Not settled.
    pub(crate) stuck: Vec<String>,
    /// Where the accounts contradict what was seen.
    pub(crate) unbalanced: Vec<String>,
    /// What was broken, and how often.
    pub(crate) faults: BTreeMap<String, u64>,
}

impl Verdict {
    /// Whether every promise was kept.
    pub(crate) fn is_clean(&self) -> bool {
        self.findings().iter().all(|(_, found)| found.is_empty())
    }

    /// The chance per fault that one breaks a promise is below this, with 95 % confidence, where
    /// none of so many did: the rule of three. Of no fault, nothing is known.
    pub(crate) fn bound(&self) -> f64 {
        let faults: u64 = self.faults.values().sum();
        let faults = f64::from(u32::try_from(faults).unwrap_or(u32::MAX));
        (3.0 / faults).min(1.0)
    }

    fn findings(&self) -> [(&'static str, &[String]); 5] {
        [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("stuck", &self.stuck),
            ("phantom", &self.phantom),
            ("unbalanced", &self.unbalanced),
        ]
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, unknown, refused, deliveries, tickets, .. } = self;
        writeln!(
            formatter,
            "events      {accepted} accepted, {unknown} unknown, {refused} refused"
        )?;
        writeln!(formatter, "deliveries  {deliveries} asked for by what was accepted")?;
        write!(formatter, "outcomes    {tickets} tickets, {} parked, ", self.parked)?;
        writeln!(formatter, "{} given up, {} repeated as allowed", self.given_up, self.repeated)?;
        let faults: u64 = self.faults.values().sum();
        let kinds: Vec<_> =
            self.faults.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        writeln!(formatter, "faults      {faults} ({})", kinds.join(", "))?;
        for (name, found) in self.findings() {
            writeln!(formatter, "{name:<11} {}", found.len())?;
            for finding in found.iter().take(SPELLED_OUT) {
                writeln!(formatter, "            {finding}")?;
            }
        }
        if self.is_clean() {
            let bound = 100.0 * self.bound();
            writeln!(formatter, "bound       under {bound:.2} % of faults break a promise (95 %)")
        } else {
            writeln!(formatter, "bound       none: promises were broken")
        }
    }
}
