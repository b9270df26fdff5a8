//! Creates the unique ticket property that holds the delivery's key.

use reqwest::Method;
use serde_json::json;

use super::{
    HubSpot, Settings,
    api::{self, Property, PropertyGroup, Results},
    inspection,
    paths::resource,
    requests,
};
use crate::{
    delivery::Step,
    desks::{
        DeskError, Preview, Ready, SetUp,
        call::Call,
        inspecting::{Told, told},
    },
    inspection::Soundness,
};

/// The group of HubSpot's own ticket properties, by analogy with those of other kinds of record;
/// the account is asked for its groups first.
const GROUP: &str = "ticketinformation";

/// What people see of it.
const LABEL: &str = "Deskbell key";

impl HubSpot {
    /// Makes the property where it is missing.
    pub(super) async fn made_ready(&self) -> Result<SetUp, DeskError> {
        let Some(name) = &self.settings.key_property else {
            let words = "`key_property` is empty: a lost answer cannot be looked up";
            return Ok(SetUp::new(Ready::There, words));
        };
        if let Some(standing) = self.standing(name).await? {
            return Ok(standing);
        }
        let group = self.group().await?;
        let call = create(&self.settings, name, &group);
        let made = self.client.account().send("setup", &call).await?;
        // Somebody else was faster, or a property of that name is in the archive.
        if made.status == 409 {
            let stands = self.standing(name).await?;
            let words = format!("HubSpot says that `{name}` exists, and does not show it");
            let archived = SetUp::new(Ready::ByHand, words)
                .and("Restore it, or name another property in `key_property`.");
            return Ok(stands.unwrap_or(archived));
        }
        Ok(match told(api::read::<Property>(&made))? {
            Told::Answer(property) if property.has_unique_value => {
                let words = format!("made the ticket property `{name}`, of unique values");
                SetUp::new(Ready::Made, words)
            }
            Told::Answer(_) => {
                let words = format!("HubSpot made the property `{name}` without unique values");
                SetUp::new(Ready::ByHand, words)
                    .and("Name another in `key_property`, and create it by hand.")
            }
            Told::Absent => self.by_hand(name, "HubSpot has no such call", call),
            Told::Barred(words) | Told::Refused(words) => self.by_hand(name, &words, call),
        })
    }

    /// How the property stands; `None` where there is none.
    async fn standing(&self, name: &str) -> Result<Option<SetUp>, DeskError> {
        let call = requests::property_of(&self.settings, "tickets", name);
        let reply = self.client.account().send("setup", &call).await?;
        let property = told(api::read::<Property>(&reply))?;
        if property == Told::Absent {
            return Ok(None);
        }
        let finding = inspection::key(name, &property);
        let there = format!("the ticket property `{name}` is there");
        Ok(Some(match finding.verdict {
            Soundness::Sound => SetUp::new(Ready::There, there),
            Soundness::Fault => {
                SetUp::new(Ready::ByHand, format!("{there}, but {}", finding.words))
                    .and("Name another property in `key_property`, and set the desk up again.")
            }
            Soundness::Unknown => {
                self.by_hand(name, &finding.words, create(&self.settings, name, GROUP))
            }
        }))
    }

    /// A group that the account has.
    async fn group(&self) -> Result<String, DeskError> {
        let reply = self.client.account().send("setup", &groups(&self.settings)).await?;
        let groups = match told(api::read::<Results<PropertyGroup>>(&reply))? {
            Told::Answer(groups) => groups.results,
            Told::Absent | Told::Barred(_) | Told::Refused(_) => Vec::new(),
        };
        let own = groups.iter().find(|group| group.name == GROUP).or_else(|| groups.first());
        Ok(own.map_or_else(|| GROUP.to_owned(), |group| group.name.clone()))
    }

    fn by_hand(&self, name: &str, why: &str, call: Call) -> SetUp {
        let mut set_up = SetUp::new(Ready::ByHand, format!("the token may not do it: {why}"))
            .and(
                "Either grant the token that scope for the time of the setup (HubSpot: the app's \
                 settings, Scopes; for properties of tickets it is `tickets` or \
                 `crm.schemas.tickets.write`), and set the desk up again.",
            )
            .and(format!(
                "Or, as an administrator: Settings, Properties, Ticket properties, Create property: \
                 single-line text, internal name `{name}`, rule \"Require unique values\"."
            ))
            .and("Or send this with a token that may:");
        set_up.by_hand = Some(self.client.preview(&Step::Ticket, None, call));
        set_up.by_hand.iter_mut().for_each(name_it);
        set_up
    }

    pub(super) fn making_ready(&self) -> Vec<Preview> {
        let Some(name) = &self.settings.key_property else { return Vec::new() };
        let missing = Some("if the property is missing");
        let calls = [
            (None, requests::property_of(&self.settings, "tickets", name)),
            (missing, groups(&self.settings)),
            (missing, create(&self.settings, name, GROUP)),
        ];
        let preview = |(only, call)| self.client.preview(&Step::Ticket, only, call);
        let mut previews: Vec<_> = calls.into_iter().map(preview).collect();
        previews.iter_mut().for_each(name_it);
        previews
    }
}

fn name_it(preview: &mut Preview) {
    "setup".clone_into(&mut preview.step);
}

fn groups(settings: &Settings) -> Call {
    let path = format!("{}/groups", resource(settings, "properties", "tickets"));
    Call::get("/crm/{version}/properties/tickets/groups", path)
}

/// The request for the property ("Properties", creating one).
fn create(settings: &Settings, name: &str, group: &str) -> Call {
    let body = json!({
        "groupName": group,
        "name": name,
        "label": LABEL,
        "hasUniqueValue": true,
        "type": "string",
        "fieldType": "text",
    });
    let path = resource(settings, "properties", "tickets");
    Call::with_body(Method::POST, "/crm/{version}/properties/tickets", path, body)
}
