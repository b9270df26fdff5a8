//! Asks a Thulium system whether what the configuration and the rules rely on is there.
//!
//! The pages of its lists are not public, and none tells of mailboxes or lists custom fields: those
//! are read off the newest tickets, which tell their fields also where they are empty.

use std::collections::BTreeSet;

use super::{
    Account, Settings, Thulium,
    filter::{CustomerFilter, TicketFilter},
    records::{Entry, Page, Ticket},
};
use crate::{
    desks::{
        DeskError, Idle,
        inspecting::{self, CREDENTIALS, Told, listed, told},
    },
    inspection::{Finding, Needs, Soundness},
};

/// How many tickets are looked at for the fields that they tell.
const TICKETS: u32 = 10;

/// An identifier that no customer has.
const NOBODY: &str = "deskbell-inspection";

impl Thulium {
    pub(super) async fn inspected(
        &self,
        needs: &Needs,
        idle: &Idle,
    ) -> Result<Vec<Finding>, DeskError> {
        let Self { account, settings, .. } = self;
        inspecting::found(inspected(account, settings, needs, idle).await, &["user", "password"])
    }

    /// How the custom field for the delivery's key stands.
    pub(super) async fn key_standing(&self, field: &str) -> Result<Finding, DeskError> {
        Ok(field_finding(field, "key_field", &newest(&self.account).await?))
    }
}

async fn inspected(
    account: &Account,
    settings: &Settings,
    needs: &Needs,
    idle: &Idle,
) -> Result<Vec<Finding>, DeskError> {
    idle.wait().await;
    let tickets = newest(account).await?;
    let mut findings = vec![
        match &tickets {
            Told::Answer(_) => Finding::sound(CREDENTIALS, "Thulium takes them"),
            Told::Barred(words) => Finding::fault(CREDENTIALS, words)
                .cured_by("give the API user the right to use tickets"),
            Told::Absent => Finding::unknown(CREDENTIALS, "Thulium has no tickets to ask for"),
            Told::Refused(words) => Finding::unknown(CREDENTIALS, words),
        }
        .of_key("user"),
    ];
    findings.extend(lists(account, settings, idle).await?);
    findings.extend(fields(settings, needs, &tickets));
    idle.wait().await;
    let filter = CustomerFilter {
        identifier: Some(NOBODY.to_owned()),
        limit: Some(1),
        ..CustomerFilter::default()
    };
    findings.push(customers(needs, &told(account.customers_page(&filter).await)?.map(drop)));
    let words = "Thulium documents no call that lists mailboxes";
    findings.push(Finding::unknown("mailbox", words).of_key("mailbox"));
    Ok(findings)
}

async fn newest(account: &Account) -> Result<Told<Page<Ticket>>, DeskError> {
    told(account.tickets_page(&newest_filter()).await)
}

/// The newest tickets with their custom fields.
pub(super) fn newest_filter() -> TicketFilter {
    TicketFilter {
        limit: Some(TICKETS),
        include_custom_fields: true,
        order: vec!["-create_date".to_owned()],
        ..TicketFilter::default()
    }
}

/// Statuses, the queue and the category, as far as the configuration names them.
async fn lists(
    account: &Account,
    settings: &Settings,
    idle: &Idle,
) -> Result<Vec<Finding>, DeskError> {
    let Settings { status, resolved_status, queue, category, .. } = settings;
    let mut findings = Vec::new();
    if status.is_some() || resolved_status.is_some() {
        idle.wait().await;
        let statuses = told(account.statuses().await)?;
        findings.extend(entry("status", status.as_deref(), &statuses));
        findings.extend(entry("resolved_status", resolved_status.as_deref(), &statuses));
    }
    if queue.is_some() {
        idle.wait().await;
        findings.extend(entry("queue", queue.as_deref(), &told(account.queues().await)?));
    }
    if category.is_some() {
        idle.wait().await;
        findings.extend(entry("category", category.as_deref(), &told(account.categories().await)?));
    }
    Ok(findings)
}

/// The entry of a list that `key` of the desk's table names.
fn entry(key: &str, id: Option<&str>, list: &Told<Vec<Entry>>) -> Option<Finding> {
    let id = id?;
    let subject = format!("{} `{id}`", key.replace('_', " "));
    let finding = match list {
        Told::Answer(list) if list.is_empty() => {
            Finding::unknown(subject, "Thulium's list is empty, or cannot be read")
        }
        Told::Answer(list) => find(list, id).map_or_else(
            || lacking(&subject, key, list),
            |entry| Finding::sound(&subject, entry.name.clone()),
        ),
        Told::Absent => Finding::unknown(subject, "Thulium has no such list"),
        Told::Barred(words) => Finding::unknown(subject, words)
            .cured_by("give the API user the right to read the list"),
        Told::Refused(words) => Finding::unknown(subject, words),
    };
    Some(finding.of_key(key))
}

fn lacking(subject: &str, key: &str, list: &[Entry]) -> Finding {
    let known: Vec<_> = list.iter().map(|entry| format!("`{}` {}", entry.id, entry.name)).collect();
    let words = format!("Thulium has no such: it has {}", known.join(", "));
    Finding::fault(subject, words).cured_by(format!("set `{key}` to one of these ids"))
}

fn find<'e>(list: &'e [Entry], id: &str) -> Option<&'e Entry> {
    list.iter().find_map(|entry| if entry.id == id { Some(entry) } else { find(&entry.parts, id) })
}

/// The custom fields that the configuration names, and that rules fill.
fn fields(settings: &Settings, needs: &Needs, tickets: &Told<Page<Ticket>>) -> Vec<Finding> {
    let Settings { key_field, priority_field, custom_fields, .. } = settings;
    let mut findings: Vec<_> = [("key_field", key_field), ("priority_field", priority_field)]
        .into_iter()
        .filter_map(|(key, field)| Some(field_finding(field.as_deref()?, key, tickets)))
        .collect();
    for (metadata, field) in custom_fields {
        let given = needs.giving(metadata);
        if !given.is_empty() {
            let finding = field_finding(field, "custom_fields", tickets);
            findings.push(finding.of_rules(given.into_iter().map(|(rule, _)| rule)));
        }
    }
    findings
}

fn field_finding(field: &str, key: &str, tickets: &Told<Page<Ticket>>) -> Finding {
    let subject = format!("custom field `{field}`");
    let told: BTreeSet<_> = match tickets {
        Told::Answer(page) => {
            page.result.iter().flat_map(|ticket| ticket.custom_fields.keys()).collect()
        }
        Told::Absent | Told::Barred(_) | Told::Refused(_) => BTreeSet::new(),
    };
    let finding = if told.is_empty() {
        let words = "no ticket tells of custom fields yet, and Thulium documents no other way";
        Finding::unknown(subject, words)
    } else if told.iter().any(|known| *known == field) {
        Finding::sound(subject, "tickets tell of it")
    } else {
        let words = format!("the newest tickets tell of {} and not of it", listed(told));
        Finding::fault(subject, words).cured_by("add it to the custom fields of tickets")
    };
    finding.of_key(key)
}

/// A ticket has a customer wherever its event tells one.
fn customers(needs: &Needs, answer: &Told<()>) -> Finding {
    let subject = "right to read customers";
    let finding = match answer {
        Told::Answer(()) => Finding::sound(subject, "they may be read"),
        Told::Barred(words) => {
            Finding::fault(subject, words).cured_by("give the API user the right to use customers")
        }
        Told::Absent => {
            Finding { verdict: Soundness::Unknown, ..Finding::sound(subject, "no list") }
        }
        Told::Refused(words) => Finding::unknown(subject, words),
    };
    finding.of_key("user").of_rules(needs.opening().map(|rule| &rule.rule))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    fn statuses() -> Told<Vec<Entry>> {
        let part = Entry { id: "5".to_owned(), name: "Solved".to_owned(), parts: Vec::new() };
        let entry = Entry { id: "4".to_owned(), name: "Closed".to_owned(), parts: vec![part] };
        Told::Answer(vec![entry])
    }

    #[test]
    fn an_id_that_a_list_lacks_is_a_fault_that_names_the_others() {
        let judge = |id| entry("resolved_status", Some(id), &statuses()).unwrap();
        assert_eq!(judge("4").verdict, Soundness::Sound);
        assert_eq!(judge("5").verdict, Soundness::Sound);
        let gone = judge("9");
        assert_eq!((gone.verdict, &*gone.subject), (Soundness::Fault, "resolved status `9`"));
        assert_eq!(gone.words, "Thulium has no such: it has `4` Closed");
        let empty = entry("queue", Some("4"), &Told::Answer(Vec::new())).unwrap();
        assert_eq!(empty.verdict, Soundness::Unknown);
        assert_eq!(entry("queue", None, &statuses()), None);
    }

    #[test]
    fn a_custom_field_is_known_by_the_tickets_that_tell_of_it() {
        let page = |fields: serde_json::Value| {
            let ticket = json!({ "ticket_id": 1, "custom_fields": fields });
            let ticket: Ticket = serde_json::from_value(ticket).unwrap();
            Told::Answer(Page { count: None, result: vec![ticket] })
        };
        let judge =
            |tickets: &Told<Page<Ticket>>| field_finding("key", "key_field", tickets).verdict;
        assert_eq!(judge(&page(json!({ "key": null }))), Soundness::Sound);
        assert_eq!(judge(&page(json!({ "ID": null }))), Soundness::Fault);
        assert_eq!(judge(&page(json!([]))), Soundness::Unknown);
    }
}
