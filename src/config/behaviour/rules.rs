//! `[[rules]]`: which events become tickets, and what those say.

use std::{collections::BTreeSet, fmt::Display, str::FromStr, time::Duration};

use toml::{Spanned, de::DeValue};

use super::{
    associations, brake,
    desks::{Desks, Kind},
    templates,
};
use crate::{
    config::{
        document::{Document, Said, Table},
        fault::did_you_mean,
    },
    event::{DeskName, EventType, RuleName},
    rules::{BadTemplate, CustomerRule, Form, Rule, RuleBook, Templates, Text, Typed},
    ticket::{Action, Bound, Priority},
};

const ACTIONS: [(&str, Action); 3] =
    [("open", Action::Open), ("comment", Action::Comment), ("resolve", Action::Resolve)];

/// How long after its resolution an incident is taken up again, where the rule does not say.
const REOPEN_WITHIN: Duration = Duration::from_hours(24);

/// The customer's id where the rule names none.
const EXTERNAL_ID: &str = "{{ data.customerExternalId }}";

/// What rules are read with.
pub(super) struct Rules<'r, 'd> {
    pub(super) document: &'r mut Document<'d>,
    pub(super) templates: Templates,
    pub(super) desks: &'r Desks,
    knows_type: &'r dyn Fn(&EventType) -> bool,
}

/// Reads all rules.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    root: &Table<'d>,
    desks: &Desks,
    knows_type: &dyn Fn(&EventType) -> bool,
) -> RuleBook {
    let Some(list) = document.list(root, "rules") else { return RuleBook::default() };
    let mut rules = Rules { document, templates: Templates::default(), desks, knows_type };
    let mut names = BTreeSet::new();
    let mut compiled = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let title = format!("rule {}", index + 1);
        let Some(table) = rules.document.table_of(value, "rules", title) else { continue };
        let Some(rule) = rules.rule(table, &mut names) else { continue };
        compiled.push(rule);
    }
    RuleBook::new(rules.templates, compiled)
}

impl<'d> Rules<'_, 'd> {
    fn rule(&mut self, mut table: Table<'d>, names: &mut BTreeSet<RuleName>) -> Option<Rule> {
        let name = self.rule_name(&mut table, names);
        let table = &table;
        let action = self.action(table);
        let on = self.listed(table, "on", "name the event types, as on = \"payment.failed\"");
        let on = self.types(&on);
        let desks = self.listed(table, "desks", "name the desks that get a ticket");
        let desks = self.desk_names(&desks);
        let when = self.document.text(table, "when");
        let when = when.and_then(|text| {
            let compiled = self.templates.condition(&text.value);
            self.compiled(compiled, &text, "when")
        });
        let subject = self.subject(table, action);
        let cure = "say what happened, in Markdown";
        let description = self.document.required_text(table, "description", cure);
        let description =
            description.and_then(|text| self.template(&text, "description", Form::Markdown));
        let priority = self.priority(table);
        let incident = self.text(table, "incident");
        let reopen_within = self.document.duration(table, "reopen_within").unwrap_or(REOPEN_WITHIN);
        let brake = brake::read(self.document, table, action);
        let category = self.text(table, "category");
        let metadata = self.metadata(table);
        let tags = self.tags(table);
        let customer = self.customer(table);
        let associations = associations::read(self, table, &desks);
        self.document.finish(table);
        let name = name?;
        Some(Rule {
            brake: brake.map(|(over, within)| Bound { rule: name.to_string(), over, within }),
            name,
            on,
            when,
            desks,
            priority,
            incident,
            action,
            reopen_within,
            subject,
            description: description?,
            category,
            metadata,
            tags,
            customer: customer?,
            associations,
        })
    }

    /// The rule's name, which from now on is the table's title.
    fn rule_name(
        &mut self,
        table: &mut Table<'d>,
        names: &mut BTreeSet<RuleName>,
    ) -> Option<RuleName> {
        let cure = "give it a name of its own: deliveries remember it";
        let text = self.document.required_text(table, "name", cure)?;
        let name: RuleName = self.document.name(&text, "name")?;
        let written = self.document.as_written(&text);
        if !names.insert(name.clone()) {
            let what = format!("another rule is called `{written}`");
            self.document.fault(text.at.start, what, cure);
        }
        table.title = format!("rule `{written}`");
        Some(name)
    }

    fn action(&mut self, table: &Table<'d>) -> Action {
        let action = self.document.choice(table, "action", &ACTIONS).unwrap_or(Action::Open);
        if action != Action::Open && table.get("incident").is_none() {
            self.document.missing(table, "incident", "say which incident's ticket it is about");
        }
        action
    }

    /// The subject, which only a ticket needs.
    fn subject(&mut self, table: &Table<'d>, action: Action) -> Option<Text> {
        if action != Action::Open {
            return self.text(table, "subject");
        }
        let text =
            self.document.required_text(table, "subject", "say in one line what happened")?;
        self.template(&text, "subject", Form::Plain)
    }

    fn listed(&mut self, table: &Table<'d>, key: &'static str, cure: &str) -> Vec<Said<String>> {
        let texts = self.document.texts(table, key);
        match (&texts, table.get(key)) {
            (_, None) => self.document.missing(table, key, cure),
            (Some(texts), Some(value)) if texts.is_empty() => {
                self.document.fault(value.span().start, format!("`{key}` is empty"), cure);
            }
            (_, Some(_)) => {}
        }
        texts.unwrap_or_default()
    }

    fn types(&mut self, texts: &[Said<String>]) -> Vec<EventType> {
        let mut types = Vec::new();
        for text in texts {
            let Some(event_type) = self.document.name::<EventType>(text, "on") else { continue };
            if !(self.knows_type)(&event_type) {
                let written = self.document.as_written(text);
                let what = format!("no schema knows the event type `{written}`");
                let cure = format!("add {written}.json to the folder that DESKBELL_SCHEMAS names");
                self.document.fault(text.at.start, what, cure);
            }
            types.push(event_type);
        }
        types
    }

    fn desk_names(&mut self, texts: &[Said<String>]) -> Vec<DeskName> {
        let mut names = Vec::new();
        for text in texts {
            let Some(name) = self.desk(text, "desks") else { continue };
            if names.contains(&name) {
                let what = format!("`{}` is named twice", self.document.as_written(text));
                self.document.fault(text.at.start, what, "an event gives a desk one ticket");
            }
            names.push(name);
        }
        names
    }

    /// The desk that `text` names.
    pub(super) fn desk(&mut self, text: &Said<String>, key: &str) -> Option<DeskName> {
        let name: DeskName = self.document.name(text, key)?;
        if !self.desks.contains_key(&name) {
            let known: Vec<&str> = self.desks.keys().map(DeskName::as_str).collect();
            let written = self.document.as_written(text);
            let cure = match did_you_mean(name.as_str(), &known) {
                cure if known.is_empty() => format!("add [desks.{written}] ({cure})"),
                cure => cure,
            };
            self.document.fault(text.at.start, format!("no desk is called `{written}`"), cure);
        }
        Some(name)
    }

    /// Whether the desk is of a kind that has no associations.
    pub(super) fn has_no_associations(&self, desk: &DeskName) -> bool {
        matches!(self.desks.get(desk), Some((Some(Kind::SupportDesk), _)))
    }

    fn priority(&mut self, table: &Table<'d>) -> Option<Text> {
        let said = self.document.text(table, "priority")?;
        let template = self.template(&said, "priority", Form::Plain)?;
        if let Some(Err(error)) = template.literal().map(Priority::from_str) {
            let words = Priority::URGENT_FIRST.map(Priority::as_str);
            let cure = did_you_mean(&said.value, &words);
            self.document.fault(said.at.start, format!("`priority` {error}"), cure);
        }
        Some(template)
    }

    fn tags(&mut self, table: &Table<'d>) -> Vec<Text> {
        let texts = self.document.texts(table, "tags").unwrap_or_default();
        texts.iter().filter_map(|text| self.template(text, "tags", Form::Plain)).collect()
    }

    fn metadata(&mut self, table: &Table<'d>) -> Vec<(String, Typed)> {
        let title = format!("`metadata` of {}", table.title);
        let Some(metadata) = self.document.table(table, "metadata", title) else {
            return Vec::new();
        };
        let members = metadata.members().into_iter().filter_map(|(key, value)| {
            let name = key.get_ref().to_string();
            self.metadata_value(value, &name).map(|typed| (name, typed))
        });
        members.collect()
    }

    fn metadata_value(&mut self, value: &Spanned<DeValue<'_>>, name: &str) -> Option<Typed> {
        templates::typed(self.document, &mut self.templates, value, name)
    }

    fn customer(&mut self, table: &Table<'d>) -> Option<CustomerRule> {
        let title = format!("`customer` of {}", table.title);
        let customer = self.document.table(table, "customer", title);
        let mut of = |key| customer.as_ref().and_then(|customer| self.text(customer, key));
        let (named, name, email, phone) = (of("external_id"), of("name"), of("email"), of("phone"));
        if let Some(customer) = &customer {
            self.document.finish(customer);
        }
        let external_id = named.or_else(|| self.templates.text(EXTERNAL_ID, Form::Plain).ok())?;
        Some(CustomerRule { external_id, name, email, phone })
    }

    /// The plain template of `key`.
    pub(super) fn text(&mut self, table: &Table<'d>, key: &'static str) -> Option<Text> {
        let text = self.document.text(table, key)?;
        self.template(&text, key, Form::Plain)
    }

    /// The template that `text` is.
    pub(super) fn template(&mut self, text: &Said<String>, key: &str, form: Form) -> Option<Text> {
        let compiled = self.templates.text(&text.value, form);
        self.compiled(compiled, text, key)
    }

    fn compiled<T>(
        &mut self,
        compiled: Result<T, BadTemplate>,
        text: &Said<String>,
        key: impl Display,
    ) -> Option<T> {
        templates::compiled(self.document, compiled, text, key)
    }
}
