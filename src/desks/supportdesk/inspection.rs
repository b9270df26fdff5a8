//! Asks a SupportDesk account whether it takes the key. The pages document no other question.

use super::{Account, SupportDesk, answers, requests};
use crate::{
    desks::{
        DeskError, Idle,
        inspecting::{self, CREDENTIALS, Told, listed, told},
    },
    inspection::{Finding, Needs},
};

/// The kind of a server's key (page "Authentication").
const AGENT: &str = "agent";

impl SupportDesk {
    pub(super) async fn inspected(
        &self,
        needs: &Needs,
        idle: &Idle,
    ) -> Result<Vec<Finding>, DeskError> {
        idle.wait().await;
        let answer = self.client.send("inspection", &requests::whoami()).await;
        let asked = answer.and_then(|reply| answers::read::<Account>(&reply));
        let findings = told(asked).map(|account| {
            [credentials(&account)].into_iter().chain(tags(needs)).collect::<Vec<_>>()
        });
        inspecting::found(findings, &["api_key"])
    }
}

fn credentials(account: &Told<Account>) -> Finding {
    let finding = match account {
        Told::Answer(account) => match account.key_type.as_deref() {
            None | Some(AGENT) => {
                let name = account.name.as_deref().or(account.slug.as_deref());
                Finding::sound(CREDENTIALS, format!("of `{}`", name.unwrap_or("an application")))
            }
            Some(other) => {
                let words = format!("a key of kind `{other}`, which opens no tickets");
                Finding::fault(CREDENTIALS, words).cured_by("give a server key, sk_live_…")
            }
        },
        Told::Barred(words) => Finding::fault(CREDENTIALS, words)
            .cured_by("give a server key, sk_live_…, of a plan that has the API"),
        Told::Absent => Finding::unknown(CREDENTIALS, "SupportDesk does not say whose key it is"),
        Told::Refused(words) => Finding::unknown(CREDENTIALS, words),
    };
    finding.of_key("api_key")
}

/// Tags go by their ids, which nobody can ask for.
fn tags(needs: &Needs) -> Option<Finding> {
    let of = |tags: &[String]| requests::tag_ids(tags);
    let rules = needs.opening().filter(|rule| !of(&rule.tags).is_empty());
    let rules: Vec<_> = rules.collect();
    let ids: Vec<_> = rules.iter().flat_map(|rule| of(&rule.tags)).collect();
    let words = format!("SupportDesk documents no call that lists tags: {}", listed(&ids));
    let finding = Finding::unknown("tags", words).of_rules(rules.iter().map(|rule| &rule.rule));
    (!ids.is_empty()).then_some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspection::Soundness;

    fn account(key_type: &str) -> Told<Account> {
        let name = Some("Shop".to_owned());
        Told::Answer(Account {
            app_id: None,
            slug: None,
            name,
            key_type: Some(key_type.to_owned()),
        })
    }

    #[test]
    fn only_a_servers_key_opens_tickets() {
        assert_eq!(credentials(&account("agent")).verdict, Soundness::Sound);
        assert_eq!(credentials(&account("widget")).verdict, Soundness::Fault);
        let barred = Told::Barred("AUTH_API_KEY_FORBIDDEN".to_owned());
        assert_eq!(credentials(&barred).verdict, Soundness::Fault);
    }
}
