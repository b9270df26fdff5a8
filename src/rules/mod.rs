//! Rules: which desks an event goes to, and what the ticket says.
//!
//! Deciding is cheap and loses nothing: every expression is compiled once, rules of other types are
//! passed over unread, and a rule that cannot decide about an event takes it, so that the worker
//! says what is wrong and an operator can replay it. What a template may do is bounded.

mod assembly;
mod bounds;
mod comparing;
mod live;
mod markdown;
mod names;
mod needs;
mod numbers;
mod rule;
mod scope;
mod source;
mod templates;
#[cfg(test)]
mod tests;
mod verdict;

pub use live::LiveRules;
pub use rule::{AssociationRule, CustomerRule, Rule};
pub use scope::Scope;
pub use templates::{BadTemplate, Condition, Form, Templates, Text, Typed, Unrenderable};
pub use verdict::{Matching, RuleVerdict};

use std::{cell::OnceCell, fmt};

use crate::{
    event::{DeskName, Event, Redaction, Redactions, Route, RuleName, SourceName},
    ticket::TicketDraft,
};

/// All rules of the behaviour file, compiled.
#[derive(Default)]
pub struct RuleBook {
    templates: Templates,
    rules: Vec<Rule>,
    redactions: Redactions,
}

/// Why a rule makes no draft of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct RuleError {
    /// What is wrong, and where; nothing of the event is quoted.
    pub words: String,
}

impl RuleBook {
    /// A book of `rules`, whose templates `templates` has compiled, and which hides nothing.
    pub fn new(templates: Templates, rules: Vec<Rule>) -> Self {
        Self { templates, rules, redactions: Redactions::none() }
    }

    /// The same book, whose templates see nothing of what `redactions` hide.
    #[must_use]
    pub fn hiding(self, redactions: Redactions) -> Self {
        Self { redactions, ..self }
    }

    /// What templates see nothing of in events of `source`.
    pub fn hidden_of(&self, source: &SourceName) -> Redaction {
        self.redactions.hidden_of(source)
    }

    /// All rules, in the order in which they are asked.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The desks that `event` goes to: the first rule that matches decides for each desk.
    ///
    /// A rule whose `when` fails matches, and a priority that fails is MEDIUM: nothing is lost.
    pub fn route(&self, event: &Event) -> Vec<Route> {
        let scope = OnceCell::new();
        let mut routes: Vec<Route> = Vec::new();
        for rule in self.of_type(event) {
            let is_new = |desk: &&DeskName| routes.iter().all(|route| route.desk != **desk);
            let desks: Vec<&DeskName> = rule.desks.iter().filter(is_new).collect();
            if desks.is_empty() {
                continue;
            }
            let scope = scope.get_or_init(|| self.scope(event));
            if rule.holds(&self.templates, scope) == Ok(false) {
                continue;
            }
            let priority = rule.lane(&self.templates, scope);
            let of =
                |desk: &DeskName| Route { desk: desk.clone(), rule: rule.name.clone(), priority };
            routes.extend(desks.into_iter().map(of));
        }
        routes
    }

    /// What `rule` makes of `event` for `desk`; by the first rule that matches where `rule` is gone,
    /// and `None` where none does.
    pub fn draft(
        &self,
        rule: &RuleName,
        desk: &DeskName,
        event: &Event,
    ) -> Result<Option<TicketDraft>, RuleError> {
        if self.redactions.of(&event.source).is_none() {
            return Err(unknown_source(&event.source));
        }
        let scope = self.scope(event);
        let named =
            self.rules.iter().find(|known| known.name == *rule && known.desks.contains(desk));
        if let Some(rule) = named {
            rule.holds(&self.templates, &scope)?;
            return rule.draft(&self.templates, desk, &scope).map(Some);
        }
        for rule in self.of_type(event).filter(|rule| rule.desks.contains(desk)) {
            if rule.holds(&self.templates, &scope)? {
                return rule.draft(&self.templates, desk, &scope).map(Some);
            }
        }
        Ok(None)
    }

    fn scope(&self, event: &Event) -> Scope {
        Scope::of(event, &self.redactions.hidden_of(&event.source))
    }

    fn of_type<'b>(&'b self, event: &'b Event) -> impl Iterator<Item = &'b Rule> {
        self.rules.iter().filter(|rule| rule.on.contains(&event.event_type))
    }
}

/// What a source redacts is not known once it is gone: a draft might say too much.
fn unknown_source(source: &SourceName) -> RuleError {
    let words = format!(
        "the source `{source}` is not configured, so nobody knows what of it tickets may say"
    );
    RuleError { words }
}

impl fmt::Debug for RuleBook {
    /// Names alone: a template may hold what the environment said.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.rules.iter().map(|rule| &rule.name)).finish()
    }
}
