//! One thing that was looked at, and all of them together.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::RuleName;

/// Whether what a desk's configuration or a rule relies on is there.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Soundness {
    /// A delivery that uses it would fail.
    Fault,
    /// The vendor documents no way to ask, the key may not ask, or it depends on the event.
    Unknown,
    /// It is there, and as it has to be.
    Sound,
}

impl Soundness {
    /// All of them, the worst first.
    pub const ALL: [Self; 3] = [Self::Fault, Self::Unknown, Self::Sound];

    /// `fault`, `unknown` or `sound`: as JSON and metrics say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Unknown => "unknown",
            Self::Sound => "sound",
        }
    }
}

/// One thing that was looked for at a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Finding {
    /// What was looked for: ``stage `9` ``. The same from one inspection to the next.
    pub subject: String,
    /// Whether it is there.
    pub verdict: Soundness,
    /// Who relies on it: `stage`, a key of the desk's table, or ``rule `payment-failed` ``.
    pub used_by: Vec<String>,
    /// What the desk says of it.
    pub words: String,
    /// What mends it, or what to look at where nothing can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
}

impl Finding {
    /// A finding that nobody relies on yet.
    pub fn new(verdict: Soundness, subject: impl Into<String>, words: impl Into<String>) -> Self {
        let (subject, words) = (subject.into(), words.into());
        Self { subject, verdict, used_by: Vec::new(), words, cure: None }
    }

    /// It is as it has to be.
    pub fn sound(subject: impl Into<String>, words: impl Into<String>) -> Self {
        Self::new(Soundness::Sound, subject, words)
    }

    /// A delivery that uses it would fail.
    pub fn fault(subject: impl Into<String>, words: impl Into<String>) -> Self {
        Self::new(Soundness::Fault, subject, words)
    }

    /// Nothing can be told of it.
    pub fn unknown(subject: impl Into<String>, words: impl Into<String>) -> Self {
        Self::new(Soundness::Unknown, subject, words)
    }

    /// The key of the desk's table that says it.
    pub fn of_key(mut self, key: &str) -> Self {
        self.used_by.push(key.to_owned());
        self
    }

    /// The rules that use it.
    pub fn of_rules<'r>(mut self, rules: impl IntoIterator<Item = &'r RuleName>) -> Self {
        for rule in rules {
            let user = format!("rule `{rule}`");
            if !self.used_by.contains(&user) {
                self.used_by.push(user);
            }
        }
        self
    }

    /// What mends it.
    pub fn cured_by(self, cure: impl Into<String>) -> Self {
        Self { cure: Some(cure.into()), ..self }
    }

    /// What the desk says and what mends it, in one line.
    pub fn told(&self) -> String {
        match &self.cure {
            Some(cure) => format!("{}; {cure}", self.words),
            None => self.words.clone(),
        }
    }
}

/// Everything that was found at one desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Inspection {
    /// When it was over.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// In the order in which it was asked.
    pub findings: Vec<Finding>,
}

/// What changed from one inspection to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'f> {
    /// A fault that was not there, or was not known.
    Appeared(&'f Finding),
    /// What was a fault is sound.
    Mended(&'f Finding),
}

impl Inspection {
    /// How many findings say so.
    pub fn count(&self, verdict: Soundness) -> usize {
        self.findings.iter().filter(|finding| finding.verdict == verdict).count()
    }

    /// What to tell after `before`; all faults where there was none. What was not looked at this time
    /// is not mended by that.
    pub fn changes_since(&self, before: Option<&Self>) -> Vec<Change<'_>> {
        let was_fault = |finding: &Finding| {
            let before = before.map_or(&[][..], |before| &before.findings);
            before
                .iter()
                .any(|old| old.subject == finding.subject && old.verdict == Soundness::Fault)
        };
        let change = |finding| match (finding, was_fault(finding)) {
            (Finding { verdict: Soundness::Fault, .. }, false) => Some(Change::Appeared(finding)),
            (Finding { verdict: Soundness::Sound, .. }, true) => Some(Change::Mended(finding)),
            _ => None,
        };
        self.findings.iter().filter_map(change).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inspection(findings: &[Finding]) -> Inspection {
        Inspection { at: Timestamp::UNIX_EPOCH, findings: findings.to_vec() }
    }

    #[test]
    fn a_fault_is_told_once_and_so_is_its_end() {
        let stage = Finding::fault("stage `9`", "there is none");
        let mended = Finding::sound("stage `9`", "Nine");
        let first = inspection(&[stage.clone(), Finding::unknown("mailbox", "no call")]);
        assert_eq!(first.changes_since(None), [Change::Appeared(&stage)]);
        assert_eq!(first.changes_since(Some(&first)), []);
        let second = inspection(std::slice::from_ref(&mended));
        assert_eq!(second.changes_since(Some(&first)), [Change::Mended(&mended)]);
        assert_eq!(second.changes_since(Some(&second)), []);
        assert_eq!(second.changes_since(None), []);
    }

    #[test]
    fn what_was_not_looked_at_is_not_mended() {
        let stage = Finding::fault("stage `9`", "there is none");
        let token = Finding::fault("token", "not accepted");
        let (first, second) = (inspection(&[stage]), inspection(std::slice::from_ref(&token)));
        assert_eq!(second.changes_since(Some(&first)), [Change::Appeared(&token)]);
    }

    #[test]
    fn a_rule_is_named_once_however_often_it_uses_a_thing() {
        let rule: RuleName = "payment-failed".parse().unwrap_or_else(|_| unreachable!());
        let finding = Finding::sound("contacts", "there").of_key("token").of_rules([&rule, &rule]);
        assert_eq!(finding.used_by, ["token", "rule `payment-failed`"]);
    }
}
