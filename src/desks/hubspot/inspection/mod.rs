//! Asks a HubSpot account whether what the configuration and the rules rely on is there.
//!
//! Every question is a documented call that changes nothing: the token's scopes ("Private apps"),
//! pipelines, single properties, and the types of association. What admits no such question is said
//! to be unknown.

mod account;
mod properties;
mod scopes;
mod ties;

pub(super) use properties::key;

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use super::{
    HubSpot, Settings,
    account::Account,
    api::{self, AssociationLabel, Pipeline, Property},
    kinds::{self, CONTACT},
    requests::{self, PRIORITY},
};
use crate::{
    desks::{
        DeskError, Idle,
        call::Call,
        inspecting::{self, Told, told},
    },
    inspection::{Finding, Needs},
};

/// Asks one account, one question at a time.
#[derive(Debug)]
struct Questions<'a> {
    account: &'a Account,
    settings: &'a Settings,
    idle: &'a Idle,
}

impl HubSpot {
    pub(super) async fn inspected(
        &self,
        needs: &Needs,
        idle: &Idle,
    ) -> Result<Vec<Finding>, DeskError> {
        let settings = &self.settings;
        let questions = Questions { account: self.client.account(), settings, idle };
        inspecting::found(questions.all(needs).await, &["token"])
    }
}

impl Questions<'_> {
    async fn all(&self, needs: &Needs) -> Result<Vec<Finding>, DeskError> {
        let mut findings = self.scopes(needs).await?;
        findings.extend(self.pipeline(needs).await?);
        findings.extend(self.key_property().await?);
        findings.extend(self.priorities(needs).await?);
        findings.extend(self.mapped(needs).await?);
        findings.extend(self.ties(needs).await?);
        findings.push(account::required_properties());
        Ok(findings)
    }

    async fn scopes(&self, needs: &Needs) -> Result<Vec<Finding>, DeskError> {
        let wanted = scopes::wanted(needs);
        let granted = self.ask::<scopes::Granted>(&scopes::question(self.settings)).await?;
        if let Told::Answer(granted) = granted {
            return Ok(scopes::judged(&wanted, &granted.scopes));
        }
        // A service key, or a token of another kind: what may be read shows when it is read.
        let mut findings = vec![scopes::untold()];
        for object in scopes::read(&wanted) {
            let call = scopes::first_record(self.settings, object);
            let answer = self.ask::<serde_json::Value>(&call).await?;
            findings.extend(scopes::readable(object, &answer, &wanted));
        }
        Ok(findings)
    }

    async fn pipeline(&self, needs: &Needs) -> Result<Vec<Finding>, DeskError> {
        let pipelines = self.list::<Pipeline>(&requests::pipelines(self.settings)).await?;
        Ok(account::pipeline(self.settings, needs, &pipelines))
    }

    async fn key_property(&self) -> Result<Option<Finding>, DeskError> {
        let Some(name) = &self.settings.key_property else { return Ok(None) };
        let property = self.property("tickets", name).await?;
        Ok(Some(properties::key(name, &property)))
    }

    async fn priorities(&self, needs: &Needs) -> Result<Vec<Finding>, DeskError> {
        let property = self.property("tickets", PRIORITY).await?;
        Ok(properties::priorities(needs, &property))
    }

    /// The properties that metadata goes into; those that no rule fills are left alone.
    async fn mapped(&self, needs: &Needs) -> Result<Vec<Finding>, DeskError> {
        let mut findings = Vec::new();
        for (metadata, name) in &self.settings.properties {
            let given = needs.giving(metadata);
            if !given.is_empty() {
                let property = self.property("tickets", name).await?;
                findings.push(properties::mapped((metadata, name), &given, &property));
            }
        }
        Ok(findings)
    }

    async fn ties(&self, needs: &Needs) -> Result<Vec<Finding>, DeskError> {
        let mut findings = Vec::new();
        let objects: BTreeSet<_> =
            needs.associations().map(|(_, tie)| kinds::path_name(&tie.object)).collect();
        for object in objects {
            let of_object = |(_, tie): &(_, &crate::inspection::AssociationNeed)| {
                kinds::path_name(&tie.object) == object
            };
            let types = self.list::<AssociationLabel>(&requests::labels(object)).await?;
            let wanted: Vec<_> = needs.associations().filter(of_object).collect();
            findings.extend(ties::types(object, &wanted, &types));
            let matched: BTreeSet<_> =
                wanted.iter().filter_map(|(_, tie)| tie.property.as_deref()).collect();
            // HubSpot has a resource of its own for contacts by their address.
            for name in matched.into_iter().filter(|name| (object, *name) != CONTACT) {
                let property = self.property(object, name).await?;
                findings.push(ties::matched((object, name), &wanted, &property));
            }
        }
        Ok(findings)
    }

    async fn property(&self, object: &str, name: &str) -> Result<Told<Property>, DeskError> {
        self.ask(&requests::property_of(self.settings, object, name)).await
    }

    async fn list<T: DeserializeOwned>(&self, call: &Call) -> Result<Told<Vec<T>>, DeskError> {
        Ok(self.ask::<api::Results<T>>(call).await?.map(|list| list.results))
    }

    async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<Told<T>, DeskError> {
        self.idle.wait().await;
        told(api::read(&self.account.send("inspection", call).await?))
    }
}
