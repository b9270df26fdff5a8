//! What the token has to be granted.
//!
//! Sources: "Private apps" (a token's scopes), the scopes that the pages of tickets, contacts,
//! companies, deals and notes name.

use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    desks::{
        call::Call,
        hubspot::{Settings, kinds, paths},
        inspecting::{CREDENTIALS, Told, listed},
    },
    event::RuleName,
    inspection::{Finding, Needs},
    ticket::Missing,
};

/// What a private app's token is granted.
#[derive(Debug, Deserialize)]
pub(super) struct Granted {
    pub(super) scopes: Vec<String>,
}

/// One right that deliveries use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted<'n> {
    /// What it is for.
    what: String,
    /// The records that reading shows it for; `None`: it is a right to write.
    reads: Option<&'n str>,
    /// Any one of these grants it.
    any_of: Vec<String>,
    rules: Vec<&'n RuleName>,
}

/// The question for a private app's scopes. The token stands in the body, and nowhere else.
pub(super) fn question(settings: &Settings) -> Call {
    let path = "/oauth/v2/private-apps/get/access-token-info";
    let body = json!({ "tokenKey": settings.token.expose_secret() });
    Call::with_body(Method::POST, path, path.to_owned(), body)
}

/// The question for one record and none of its values: an answer shows that they may be read.
pub(super) fn first_record(settings: &Settings, object: &str) -> Call {
    let path = format!("{}?limit=1&properties=hs_object_id", paths::objects(settings, object));
    Call::get("/crm/{version}/objects/{object}", path)
}

/// What the rules make deliveries do.
pub(super) fn wanted(needs: &Needs) -> Vec<Wanted<'_>> {
    let tickets = |act: &str| {
        let scopes = vec!["tickets".to_owned(), format!("crm.objects.tickets.{act}")];
        let reads = (act == "read").then_some("tickets");
        Wanted { what: format!("{act} tickets"), reads, any_of: scopes, rules: Vec::new() }
    };
    let mut wanted = vec![tickets("write"), tickets("read")];
    for (rule, tie) in needs.associations().filter(|(_, tie)| tie.property.is_some()) {
        let object = kinds::path_name(&tie.object);
        add(&mut wanted, "read", object, rule);
        if tie.missing == Missing::Create {
            add(&mut wanted, "write", object, rule);
        }
    }
    // A comment is a note, whose page names the scopes of contacts.
    for rule in needs.commenting() {
        add(&mut wanted, "write", "contacts", rule);
    }
    wanted
}

/// Kinds whose scopes have no page at hand are left out.
fn add<'n>(wanted: &mut Vec<Wanted<'n>>, act: &str, object: &'n str, rule: &'n RuleName) {
    if !["contacts", "companies", "deals"].contains(&object) {
        return;
    }
    let what = format!("{act} {object}");
    if let Some(known) = wanted.iter_mut().find(|known| known.what == what) {
        return known.rules.push(rule);
    }
    let any_of = vec![format!("crm.objects.{object}.{act}")];
    wanted.push(Wanted {
        what,
        reads: (act == "read").then_some(object),
        any_of,
        rules: vec![rule],
    });
}

/// The kinds of record that are read.
pub(super) fn read<'n>(wanted: &[Wanted<'n>]) -> Vec<&'n str> {
    wanted.iter().filter_map(|wanted| wanted.reads).collect()
}

/// Each right by the scopes that the token has.
pub(super) fn judged(wanted: &[Wanted<'_>], granted: &[String]) -> Vec<Finding> {
    let judge = |wanted: &Wanted<'_>| {
        let has = wanted.any_of.iter().find(|scope| granted.contains(scope));
        match has {
            Some(scope) => wanted.finding(Finding::sound(wanted.subject(), format!("`{scope}`"))),
            None => wanted.lacking("the token lacks the scope"),
        }
    };
    let token = Finding::sound(CREDENTIALS, "HubSpot takes the token").of_key("token");
    [token].into_iter().chain(wanted.iter().map(judge)).collect()
}

/// The finding where HubSpot does not tell the token's scopes.
pub(super) fn untold() -> Finding {
    let words =
        "HubSpot tells the scopes of private apps alone; what may be written shows when it is";
    let cure = "compare the key's scopes with those that docs/desks.md names";
    Finding::unknown("scopes", words).of_key("token").cured_by(cure)
}

/// The right to read `object`, by the answer to the question for a record.
pub(super) fn readable(
    object: &str,
    answer: &Told<Value>,
    wanted: &[Wanted<'_>],
) -> Option<Finding> {
    let wanted = wanted.iter().find(|wanted| wanted.reads == Some(object))?;
    Some(match answer {
        Told::Answer(_) => wanted.finding(Finding::sound(wanted.subject(), "they may be read")),
        Told::Barred(words) => wanted.lacking(words),
        Told::Absent => wanted.lacking("HubSpot has no such records"),
        Told::Refused(words) => wanted.finding(Finding::unknown(wanted.subject(), words)),
    })
}

impl Wanted<'_> {
    fn subject(&self) -> String {
        format!("scope to {}", self.what)
    }

    fn lacking(&self, words: &str) -> Finding {
        let cure = match self.any_of.as_slice() {
            [scope] => format!("grant it `{scope}`"),
            several => format!("grant it one of {}", listed(several)),
        };
        self.finding(Finding::fault(self.subject(), words).cured_by(cure))
    }

    fn finding(&self, finding: Finding) -> Finding {
        finding.of_key("token").of_rules(self.rules.iter().copied())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::{
        inspection::{AssociationNeed, PriorityNeed, RuleNeeds, Soundness},
        ticket::{Action, AssociationKind},
    };

    fn needs() -> Needs {
        let tie = |object: &str, missing| AssociationNeed {
            object: object.to_owned(),
            property: Some("email".to_owned()),
            kind: AssociationKind::Default,
            missing,
        };
        let rule = RuleNeeds {
            rule: "r".parse().unwrap(),
            action: Action::Open,
            has_incident: true,
            priority: PriorityNeed::default(),
            metadata: Vec::new(),
            tags: Vec::new(),
            associations: vec![tie("contact", Missing::Create), tie("company", Missing::Skip)],
        };
        Needs { rules: vec![rule] }
    }

    fn faults(granted: &[&str]) -> Vec<String> {
        let granted: Vec<_> = granted.iter().map(|scope| (*scope).to_owned()).collect();
        let needs = needs();
        let findings = judged(&wanted(&needs), &granted);
        let faults = findings.into_iter().filter(|it| it.verdict == Soundness::Fault);
        faults.map(|it| it.subject).collect()
    }

    #[test]
    fn a_scope_that_a_rule_uses_and_the_token_lacks_is_a_fault() {
        let all = ["crm.objects.contacts.read", "crm.objects.contacts.write"];
        let companies = "crm.objects.companies.read";
        assert!(faults(&[all[0], all[1], companies, "tickets"]).is_empty());
        assert_eq!(faults(&[all[0], companies, "tickets"]), ["scope to write contacts"]);
        let granular = "crm.objects.tickets.write";
        let lacking = faults(&[all[0], all[1], companies, granular]);
        assert_eq!(lacking, ["scope to read tickets"]);
    }

    #[test]
    fn what_may_be_read_shows_where_scopes_are_not_told() {
        let needs = needs();
        let wanted = wanted(&needs);
        assert_eq!(read(&wanted), ["tickets", "contacts", "companies"]);
        let barred = Told::Barred("required scopes: crm.objects.contacts.read".to_owned());
        let finding = readable("contacts", &barred, &wanted).unwrap();
        assert_eq!(finding.verdict, Soundness::Fault);
        assert!(finding.words.contains("crm.objects.contacts.read"));
    }
}
