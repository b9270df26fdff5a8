//! One rule, compiled: when it matches, and what it makes of an event.

use std::time::Duration;

use serde_json::Map;

use super::{
    RuleError, Templates,
    scope::Scope,
    templates::{Condition, LONGEST_TEXT, Text, Typed, Unrenderable},
};
use crate::{
    event::{DeskName, EventType, RuleName},
    ticket::{
        Action, Association, AssociationKind, Bound, Customer, Involvement, Missing, Priority,
        Target, TicketDraft,
    },
};

/// The longest subject, in characters: what ticket lists show, and within every desk's bound.
const LONGEST_SUBJECT: usize = 255;

/// One rule of the behaviour file, its templates compiled by the [`Templates`] of the same book.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name, the only one in the book.
    pub name: RuleName,
    /// The types that it looks at.
    pub on: Vec<EventType>,
    /// What must be true of the event.
    pub when: Option<Condition>,
    /// The desks that get a ticket.
    pub desks: Vec<DeskName>,
    /// The priority's name; MEDIUM where there is none.
    pub priority: Option<Text>,
    /// The incident key.
    pub incident: Option<Text>,
    /// What it does about the incident.
    pub action: Action,
    /// How long after its resolution an incident is taken up again.
    pub reopen_within: Duration,
    /// How many tickets of it are too many.
    pub brake: Option<Bound>,
    /// The subject; a comment needs none.
    pub subject: Option<Text>,
    /// The description, Markdown.
    pub description: Text,
    /// The category.
    pub category: Option<Text>,
    /// Metadata, in the file's order.
    pub metadata: Vec<(String, Typed)>,
    /// Tags.
    pub tags: Vec<Text>,
    /// Whom the ticket is about.
    pub customer: CustomerRule,
    /// Records that the ticket is tied to.
    pub associations: Vec<AssociationRule>,
}

/// Whom a rule's tickets are about.
#[derive(Debug, Clone)]
pub struct CustomerRule {
    /// The upstream application's id of the customer.
    pub external_id: Text,
    /// Full name.
    pub name: Option<Text>,
    /// E-mail address.
    pub email: Option<Text>,
    /// Telephone number.
    pub phone: Option<Text>,
}

/// One record of one desk that a rule's tickets are tied to.
#[derive(Debug, Clone)]
pub struct AssociationRule {
    /// The desk.
    pub desk: DeskName,
    /// The record's kind in the desk's terms.
    pub object: String,
    /// The property to match, or `None` for the desk's own id.
    pub property: Option<String>,
    /// The id or the property's value.
    pub value: Text,
    /// What the tie means.
    pub kind: AssociationKind,
    /// What to do where the record does not exist, or the event does not say which one.
    pub missing: Missing,
}

impl Rule {
    /// Whether the rule's `when` is true of the event, with what its source redacts: a yes or no
    /// shows none of it, and a condition that lost its ground would lose tickets.
    pub(super) fn holds(&self, templates: &Templates, scope: &Scope) -> Result<bool, RuleError> {
        let Some(when) = &self.when else { return Ok(true) };
        templates.holds(when, scope.whole()).map_err(|cause| self.error("when", &cause))
    }

    /// The priority that the event is routed with: MEDIUM where the template gives none, so that
    /// the event still finds its way to the worker, which says what is wrong.
    pub(super) fn lane(&self, templates: &Templates, scope: &Scope) -> Priority {
        self.priority(templates, scope).unwrap_or_default()
    }

    /// Of the event with what its source redacts, for it is one of five words.
    fn priority(&self, templates: &Templates, scope: &Scope) -> Result<Priority, RuleError> {
        let whole = scope.whole();
        let Some(text) = self.optional(templates, whole, "priority", self.priority.as_ref())?
        else {
            return if self.priority.is_none() {
                Ok(Priority::default())
            } else {
                Err(self.no_priority())
            };
        };
        text.parse().map_err(|_| self.no_priority())
    }

    fn no_priority(&self) -> RuleError {
        self.error("priority", &"gives none of LOW, MEDIUM, HIGH, URGENT and CRITICAL")
    }

    /// What the rule makes of the event for `desk`.
    pub(super) fn draft(
        &self,
        templates: &Templates,
        desk: &DeskName,
        scope: &Scope,
    ) -> Result<TicketDraft, RuleError> {
        let optional = |field: &str, text: &Option<Text>| {
            self.optional(templates, scope, field, text.as_ref())
        };
        let subject = self.subject(templates, scope)?;
        let description = self.whole(templates, scope, "description", &self.description)?;
        let mut metadata = Map::new();
        for (name, typed) in &self.metadata {
            let value = templates.evaluate(typed, scope);
            let field = || format!("metadata.{name}");
            if let Some(value) = value.map_err(|cause| self.error(&field(), &cause))? {
                metadata.insert(name.clone(), value);
            }
        }
        let tags = self.tags.iter().map(|tag| self.optional(templates, scope, "tags", Some(tag)));
        Ok(TicketDraft {
            priority: self.priority(templates, scope)?,
            subject,
            description: cut(description.trim_end(), LONGEST_TEXT),
            category: optional("category", &self.category)?,
            metadata,
            tags: tags.filter_map(Result::transpose).collect::<Result<_, _>>()?,
            customer: self.customer(templates, scope)?,
            associations: self.associations(templates, desk, scope)?,
            incident: self.involvement(self.incident_key(templates, scope)?)?,
            brake: self.brake.clone(),
        })
    }

    fn subject(&self, templates: &Templates, scope: &Scope) -> Result<String, RuleError> {
        let subject = match &self.subject {
            Some(subject) => one_line(&self.whole(templates, scope, "subject", subject)?),
            None => String::new(),
        };
        if subject.is_empty() && self.action == Action::Open {
            return Err(self.error("subject", &"is empty"));
        }
        Ok(subject)
    }

    /// The incident's key. One without what makes it differ would put strangers on one ticket.
    fn incident_key(
        &self,
        templates: &Templates,
        scope: &Scope,
    ) -> Result<Option<String>, RuleError> {
        let of = |scope| self.optional(templates, scope, "incident", self.incident.as_ref());
        let (key, whole) = (of(scope)?, scope.whole());
        if !std::ptr::eq(whole, scope) && key != of(whole)? {
            return Err(self.error("incident", &"needs what the source redacts"));
        }
        Ok(key)
    }

    /// A ticket may stand for itself; what is added to one has to say to which.
    fn involvement(&self, key: Option<String>) -> Result<Option<Involvement>, RuleError> {
        let Self { action, reopen_within, .. } = *self;
        match key {
            Some(key) => Ok(Some(Involvement { key, action, reopen_within })),
            None if action == Action::Open => Ok(None),
            None => Err(self.error("incident", &"is empty")),
        }
    }

    fn customer(
        &self,
        templates: &Templates,
        scope: &Scope,
    ) -> Result<Option<Customer>, RuleError> {
        let optional =
            |field: &str, text: Option<&Text>| self.optional(templates, scope, field, text);
        let customer = Customer {
            external_id: optional("customer.external_id", Some(&self.customer.external_id))?,
            name: optional("customer.name", self.customer.name.as_ref())?,
            email: optional("customer.email", self.customer.email.as_ref())?,
            phone: optional("customer.phone", self.customer.phone.as_ref())?,
        };
        Ok((customer != Customer::default()).then_some(customer))
    }

    fn associations(
        &self,
        templates: &Templates,
        desk: &DeskName,
        scope: &Scope,
    ) -> Result<Vec<Association>, RuleError> {
        let mut associations = Vec::new();
        for rule in self.associations.iter().filter(|rule| rule.desk == *desk) {
            let field = match &rule.property {
                None => format!("associations: {}.id", rule.object),
                Some(property) => format!("associations: {}.match.{property}", rule.object),
            };
            let value = self.optional(templates, scope, &field, Some(&rule.value))?;
            let target = match (value, &rule.property, rule.missing) {
                (Some(id), None, _) => Target::Id(id),
                (Some(value), Some(property), _) => {
                    Target::Match { property: property.clone(), value }
                }
                (None, _, Missing::Fail) => return Err(self.error(&field, &"is empty")),
                (None, _, Missing::Skip | Missing::Create) => continue,
            };
            associations.push(Association {
                object: rule.object.clone(),
                target,
                kind: rule.kind.clone(),
                missing: rule.missing,
            });
        }
        Ok(associations)
    }

    /// A text that may be as long as it likes, for it is cut.
    fn whole(
        &self,
        templates: &Templates,
        scope: &Scope,
        field: &str,
        text: &Text,
    ) -> Result<String, RuleError> {
        templates.render(text, scope).map_err(|cause| self.error(field, &cause))
    }

    /// A short text without the white space around it; `None` where nothing is left.
    fn optional(
        &self,
        templates: &Templates,
        scope: &Scope,
        field: &str,
        text: Option<&Text>,
    ) -> Result<Option<String>, RuleError> {
        let Some(text) = text else { return Ok(None) };
        let rendered = self.whole(templates, scope, field, text)?;
        let trimmed = rendered.trim();
        if trimmed.len() > LONGEST_TEXT {
            return Err(self.error(field, &Unrenderable::too_long()));
        }
        Ok((!trimmed.is_empty()).then(|| trimmed.to_owned()))
    }

    fn error(&self, field: &str, cause: &dyn std::fmt::Display) -> RuleError {
        RuleError { words: format!("rule `{}`: `{field}` {cause}", self.name) }
    }
}

/// `text` in one line, no longer than a subject may be.
fn one_line(text: &str) -> String {
    let words = text.split(|char: char| char.is_whitespace() || char.is_control());
    let line = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    cut(&line, LONGEST_SUBJECT)
}

/// `text`, with an ellipsis for what is past `longest` characters.
fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest - 1).collect();
    format!("{}…", kept.trim_end())
}
