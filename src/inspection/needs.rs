//! What the rules use of one desk, as far as that can be known without an event.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    event::RuleName,
    ticket::{Action, AssociationKind, Missing, Priority},
};

/// What the rules use of one desk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Needs {
    /// Those that send to it, in the order in which they are asked.
    pub rules: Vec<RuleNeeds>,
}

/// What one rule uses of a desk.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleNeeds {
    /// Its name.
    pub rule: RuleName,
    /// What it does about its incident.
    pub action: Action,
    /// Whether it names an incident: its tickets get comments.
    pub has_incident: bool,
    /// The priorities of its tickets.
    pub priority: PriorityNeed,
    /// What its tickets hold beside their text.
    pub metadata: Vec<MetadataNeed>,
    /// The tags that are the same for every event.
    pub tags: Vec<String>,
    /// What its tickets are tied to.
    pub associations: Vec<AssociationNeed>,
}

/// The priorities that a rule may give.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PriorityNeed {
    /// Those that it names.
    pub named: BTreeSet<Priority>,
    /// Whether it is a template, which may give others, too.
    pub is_open: bool,
}

/// One value that a rule gives.
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataNeed {
    /// Its name.
    pub name: String,
    /// The value; `None` where it depends on the event.
    pub value: Option<Value>,
}

/// One kind of record that a rule ties tickets to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationNeed {
    /// The kind, in the desk's terms.
    pub object: String,
    /// The property that finds it; `None` where it is named by its id.
    pub property: Option<String>,
    /// What the tie means.
    pub kind: AssociationKind,
    /// What is done where there is no such record.
    pub missing: Missing,
}

impl Needs {
    /// Rules whose events may become a ticket of their own.
    pub fn opening(&self) -> impl Iterator<Item = &RuleNeeds> {
        self.rules.iter().filter(|rule| rule.action == Action::Open)
    }

    /// Rules after whose events a ticket may get a comment.
    pub fn commenting(&self) -> Vec<&RuleName> {
        self.rules.iter().filter(|rule| rule.has_incident).map(|rule| &rule.rule).collect()
    }

    /// Rules that resolve tickets.
    pub fn resolving(&self) -> Vec<&RuleName> {
        let resolve = |rule: &&RuleNeeds| rule.action == Action::Resolve;
        self.rules.iter().filter(resolve).map(|rule| &rule.rule).collect()
    }

    /// The priorities that rules name, with those rules.
    pub fn named_priorities(&self) -> BTreeMap<Priority, Vec<&RuleName>> {
        let mut named = BTreeMap::<_, Vec<_>>::new();
        for rule in self.opening() {
            for priority in &rule.priority.named {
                named.entry(*priority).or_default().push(&rule.rule);
            }
        }
        named
    }

    /// Rules whose priority is a template, and may be any.
    pub fn open_priorities(&self) -> Vec<&RuleName> {
        self.opening().filter(|rule| rule.priority.is_open).map(|rule| &rule.rule).collect()
    }

    /// Rules that give a value of this name, with the value where it is always the same.
    pub fn giving(&self, name: &str) -> Vec<(&RuleName, Option<&Value>)> {
        let of = |rule: &'_ RuleNeeds| rule.metadata.iter().position(|given| given.name == name);
        let giving = self.opening().filter_map(|rule| Some((rule, of(rule)?)));
        giving.map(|(rule, at)| (&rule.rule, rule.metadata[at].value.as_ref())).collect()
    }

    /// All ties, with the rules that have them.
    pub fn associations(&self) -> impl Iterator<Item = (&RuleName, &AssociationNeed)> {
        self.opening().flat_map(|rule| {
            rule.associations.iter().map(move |association| (&rule.rule, association))
        })
    }
}
