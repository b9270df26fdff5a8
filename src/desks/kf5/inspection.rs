//! Asks a KF5 account whether what the configuration and the rules rely on is there.
//!
//! Sources: the vendor's pages "Users", "Ticket Fields" and "Groups". Types, statuses and priorities
//! are KF5's own and cannot be changed.

use super::{Client, Group, Ids, Kf5, Kind, Settings, TicketField, User, draft};
use crate::{
    desks::{
        DeskError, Idle,
        inspecting::{self, CREDENTIALS, Told, listed, told},
    },
    inspection::{Finding, Needs, RuleNeeds},
};

impl Kf5 {
    pub(super) async fn inspected(
        &self,
        needs: &Needs,
        idle: &Idle,
    ) -> Result<Vec<Finding>, DeskError> {
        let findings = inspected(&self.client, &self.settings, needs, idle).await;
        inspecting::found(findings, &["email", "token"])
    }

    /// How the field for the delivery's key stands.
    pub(super) async fn key_standing(&self, field: &str) -> Result<Finding, DeskError> {
        Ok(key(field, &told(self.client.ticket_fields().await)?))
    }
}

async fn inspected(
    client: &Client,
    settings: &Settings,
    needs: &Needs,
    idle: &Idle,
) -> Result<Vec<Finding>, DeskError> {
    idle.wait().await;
    let mut findings = vec![agent(&told(client.me().await)?)];
    idle.wait().await;
    let fields = told(client.ticket_fields().await)?;
    findings.extend(settings.key_field.as_deref().map(|name| key(name, &fields)));
    findings.extend(mapped(settings, needs, &fields));
    findings.extend(required(settings, needs, &fields));
    if let Some(id) = &settings.group {
        idle.wait().await;
        findings.push(group(id.as_str(), &told(client.group(id).await)?));
    }
    if let Some(id) = &settings.assignee {
        idle.wait().await;
        if let Ok(ids) = Ids::try_from(vec![id.clone()]) {
            findings.push(assignee(id.as_str(), &told(client.show_users(&ids).await)?));
        }
    }
    findings.extend(problem(settings, needs));
    Ok(findings)
}

/// The agent whose key it is.
fn agent(me: &Told<User>) -> Finding {
    let finding = match me {
        Told::Answer(user) => match user.role.as_deref() {
            Some("admin") => Finding::sound(CREDENTIALS, "of an administrator"),
            Some("agent") => {
                let words = "of an agent, and only administrators may list tickets: where search \
                             does not know a ticket yet, a lost answer stays uncertain";
                Finding::sound(CREDENTIALS, words)
            }
            Some(role) => {
                let words = format!("of a user whose role is `{role}`: agents make tickets");
                Finding::fault(CREDENTIALS, words).cured_by("set `email` to an agent's address")
            }
            None => Finding::unknown(CREDENTIALS, "KF5 does not say what the agent's role is"),
        },
        Told::Barred(words) => {
            Finding::fault(CREDENTIALS, words).cured_by("set `email` to an agent's address")
        }
        Told::Absent => Finding::unknown(CREDENTIALS, "KF5 does not say whose they are"),
        Told::Refused(words) => Finding::unknown(CREDENTIALS, words),
    };
    finding.of_key("email")
}

/// The custom field for the delivery's key.
fn key(name: &str, fields: &Told<Vec<TicketField>>) -> Finding {
    let finding = match field(name, fields) {
        Err(finding) => finding,
        Ok(field) if !field.options.is_empty() => {
            Finding::fault(subject(name), "it is a list to choose from")
                .cured_by("set `key_field` to a text field")
        }
        Ok(TicketField { pattern: Some(_), .. }) => {
            let words = "its values have to match a pattern, and KF5 does not say by which rules";
            Finding::unknown(subject(name), words).cured_by("keys are 32 digits and letters a to f")
        }
        Ok(field) => Finding::sound(subject(name), title(field)),
    };
    finding.of_key("key_field")
}

/// The fields that metadata goes into; those that no rule fills are left alone.
fn mapped(settings: &Settings, needs: &Needs, fields: &Told<Vec<TicketField>>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (metadata, name) in &settings.fields {
        let given = needs.giving(metadata);
        if given.is_empty() {
            continue;
        }
        let rules = given.iter().map(|(rule, _)| *rule);
        let finding = match field(name, fields) {
            Err(finding) => finding,
            Ok(field) => {
                let values = given.iter().map(|(_, value)| value.and_then(draft::field_value));
                fitting(field, name, values)
            }
        };
        findings.push(finding.of_key("fields").of_rules(rules));
    }
    findings
}

/// Whether a list offers the values; `None`: one that depends on the event.
fn fitting(
    field: &TicketField,
    name: &str,
    values: impl Iterator<Item = Option<String>>,
) -> Finding {
    if field.options.is_empty() {
        return Finding::sound(subject(name), title(field));
    }
    let takes = format!("it takes only {}", listed(&field.options));
    let values: Vec<_> = values.collect();
    if values.iter().flatten().any(|value| !field.options.contains(value)) {
        let words = format!("{takes}, and a rule gives something else");
        return Finding::fault(subject(name), words).cured_by("give what it takes");
    }
    if values.iter().any(Option::is_none) {
        let words = format!("{takes}; what the rule gives depends on the event");
        return Finding::unknown(subject(name), words);
    }
    Finding::sound(subject(name), takes)
}

/// Fields without which KF5 makes no ticket.
fn required(settings: &Settings, needs: &Needs, fields: &Told<Vec<TicketField>>) -> Vec<Finding> {
    let Told::Answer(fields) = fields else { return Vec::new() };
    let required = fields.iter().filter(|field| field.required == Some(true));
    let custom = required.filter_map(|field| {
        let name = field.name.as_deref().filter(|name| name.starts_with("field_"))?;
        (settings.key_field.as_deref() != Some(name)).then_some((name, field))
    });
    custom.map(|(name, field)| one_required(settings, needs, name, field)).collect()
}

fn one_required(settings: &Settings, needs: &Needs, name: &str, field: &TicketField) -> Finding {
    let gives = |rule: &&RuleNeeds| {
        rule.metadata
            .iter()
            .any(|given| settings.fields.get(&given.name).is_some_and(|to| to == name))
    };
    let (filling, lacking): (Vec<_>, Vec<_>) = needs.opening().partition(gives);
    let what = format!("required {}", subject(name));
    let named =
        |rules: &[&RuleNeeds]| rules.iter().map(|rule| rule.rule.clone()).collect::<Vec<_>>();
    if lacking.is_empty() {
        let words =
            format!("{}: every rule fills it, where the event says what with", title(field));
        return Finding::sound(what, words).of_rules(&named(&filling));
    }
    let words = format!("KF5 makes no ticket without {}, and these rules give none", title(field));
    let cure = "give metadata that `fields` puts there, or require it no more";
    Finding::fault(what, words).of_rules(&named(&lacking)).cured_by(cure)
}

fn group(id: &str, group: &Told<Group>) -> Finding {
    let subject = format!("group `{id}`");
    let finding = match group {
        Told::Answer(group) => {
            Finding::sound(subject, group.name.clone().unwrap_or_else(|| "it is there".to_owned()))
        }
        Told::Absent => Finding::fault(subject, "KF5 has no such group")
            .cured_by("set `group` to the id of one that it has"),
        Told::Barred(words) | Told::Refused(words) => Finding::unknown(subject, words),
    };
    finding.of_key("group")
}

fn assignee(id: &str, users: &Told<Vec<User>>) -> Finding {
    let subject = format!("assignee `{id}`");
    let cure = "set `assignee` to the id of an agent";
    let finding = match users {
        Told::Answer(users) => match users.iter().find(|user| user.id.as_str() == id) {
            Some(User { role: Some(role), .. }) if role == "end_user" => {
                Finding::fault(subject, "the user is no agent").cured_by(cure)
            }
            Some(_) => Finding::sound(subject, "an agent"),
            None => Finding::fault(subject, "KF5 has no such user").cured_by(cure),
        },
        Told::Absent => Finding::fault(subject, "KF5 has no such user").cured_by(cure),
        Told::Barred(words) | Told::Refused(words) => Finding::unknown(subject, words),
    };
    finding.of_key("assignee")
}

/// Only an incident has a problem.
fn problem(settings: &Settings, needs: &Needs) -> Option<Finding> {
    let rules: Vec<_> = needs.associations().map(|(rule, _)| rule).collect();
    if rules.is_empty() || settings.kind == Some(Kind::Incident) {
        return None;
    }
    let words = "only an incident has a problem";
    let finding = Finding::fault("association to a problem", words).of_key("type");
    Some(finding.of_rules(rules).cured_by("set the desk's `type` to \"incident\""))
}

fn field<'f>(name: &str, fields: &'f Told<Vec<TicketField>>) -> Result<&'f TicketField, Finding> {
    match fields {
        Told::Answer(fields) => {
            let named = |field: &&TicketField| field.name.as_deref() == Some(name);
            fields.iter().find(named).ok_or_else(|| {
                let known = listed(fields.iter().filter_map(|field| field.name.as_deref()));
                Finding::fault(subject(name), format!("KF5 has no such field: it has {known}"))
                    .cured_by(
                        "create it, or name another; `deskbell desk <desk> fields` lists them",
                    )
            })
        }
        Told::Absent => Err(Finding::unknown(subject(name), "KF5 does not list its fields")),
        Told::Barred(words) | Told::Refused(words) => {
            Err(Finding::unknown(subject(name), words.clone()))
        }
    }
}

fn subject(name: &str) -> String {
    format!("field `{name}`")
}

fn title(field: &TicketField) -> String {
    field.title.clone().unwrap_or_else(|| "it is there".to_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
