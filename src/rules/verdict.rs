//! Why each rule does or does not decide about an event.

use std::fmt;

use super::RuleBook;
use crate::event::{DeskName, Event, RuleName};

/// What one rule says about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVerdict {
    /// The rule.
    pub rule: RuleName,
    /// The desks that it sends to.
    pub desks: Vec<DeskName>,
    /// Of these, those for which it decides: it matches, and no rule before it does.
    pub decides: Vec<DeskName>,
    /// Whether it matches.
    pub matching: Matching,
}

/// Whether a rule matches an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matching {
    /// It does.
    Matched,
    /// It looks at other types.
    OtherType,
    /// Its `when` is false of the event.
    WhenFalse,
    /// Its `when` cannot be told, which counts as a match: the words say why.
    Undecided(String),
}

impl Matching {
    /// Whether the event is the rule's.
    pub fn is_match(&self) -> bool {
        match self {
            Self::Matched | Self::Undecided(_) => true,
            Self::OtherType | Self::WhenFalse => false,
        }
    }

    /// Its name for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::OtherType => "other-type",
            Self::WhenFalse => "when-false",
            Self::Undecided(_) => "undecided",
        }
    }
}

impl RuleBook {
    /// What every rule says about `event`, in the order in which they are asked.
    pub fn verdicts(&self, event: &Event) -> Vec<RuleVerdict> {
        let scope = self.scope(event);
        let mut taken: Vec<&DeskName> = Vec::new();
        let verdict = |rule: &super::Rule| {
            if !rule.on.contains(&event.event_type) {
                return Matching::OtherType;
            }
            match rule.holds(&self.templates, &scope) {
                Ok(true) => Matching::Matched,
                Ok(false) => Matching::WhenFalse,
                Err(error) => Matching::Undecided(error.words),
            }
        };
        let mut verdicts = Vec::with_capacity(self.rules.len());
        for rule in &self.rules {
            let matching = verdict(rule);
            let is_free = |desk: &&DeskName| matching.is_match() && !taken.contains(desk);
            let decides: Vec<&DeskName> = rule.desks.iter().filter(is_free).collect();
            taken.extend(&decides);
            verdicts.push(RuleVerdict {
                rule: rule.name.clone(),
                desks: rule.desks.clone(),
                decides: decides.into_iter().cloned().collect(),
                matching,
            });
        }
        verdicts
    }
}

/// Why, as the end of a sentence that begins with the rule's name.
impl fmt::Display for RuleVerdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.matching {
            Matching::OtherType => return formatter.write_str("looks at other types"),
            Matching::WhenFalse => {
                return formatter.write_str("does not match: its `when` is false");
            }
            Matching::Matched => formatter.write_str("matches")?,
            Matching::Undecided(words) => {
                write!(formatter, "counts as a match: its `when` fails: {words}")?;
            }
        }
        let left = self.desks.iter().filter(|desk| !self.decides.contains(desk));
        let left: Vec<&str> = left.map(DeskName::as_str).collect();
        if left.is_empty() {
            return Ok(());
        }
        write!(formatter, "; a rule before it decides for {}", left.join(", "))
    }
}
