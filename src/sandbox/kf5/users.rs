//! Agents and requesters.

use serde_json::{Value, json};

use super::refusal::Refusal;

/// The agent whose key it is; the number is that of the page's example.
pub(super) const ME: u64 = 733;

/// The groups of agents that exist.
pub(super) const GROUPS: [u64; 2] = [165, 166];

/// A user.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: u64,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    role: &'static str,
}

/// All users.
#[derive(Debug)]
pub(super) struct Users(Vec<User>);

impl Users {
    /// The agent whose key it is, and another.
    pub(super) fn with_agents(email: &str) -> Self {
        let agent = |id, name: &str, email: &str, role| User {
            id,
            name: name.to_owned(),
            email: Some(email.to_owned()),
            phone: None,
            role,
        };
        Self(vec![
            agent(ME, "客服1号", email, "admin"),
            agent(ME + 1, "客服2号", "agent2@example.org", "agent"),
        ])
    }

    /// The user with this id.
    pub(super) fn get(&self, id: u64) -> Option<&User> {
        self.0.iter().find(|user| user.id == id)
    }

    /// All agents.
    pub(super) fn agents(&self) -> impl Iterator<Item = &User> {
        self.0.iter().filter(|user| user.role != "end_user")
    }

    /// Whether it is an agent's id.
    pub(super) fn is_agent(&self, id: u64) -> bool {
        self.agents().any(|agent| agent.id == id)
    }

    /// Users in whom `words` stand.
    pub(super) fn search(&self, words: &str) -> impl Iterator<Item = &User> {
        let words = words.to_lowercase();
        self.0.iter().filter(move |user| {
            [Some(&user.name), user.email.as_ref(), user.phone.as_ref()]
                .into_iter()
                .flatten()
                .any(|text| text.to_lowercase().contains(&words))
        })
    }

    /// The requester that a create names: a text, or an object. One who is not known is made.
    pub(super) fn requester(&mut self, value: &Value) -> Result<u64, Refusal> {
        let said = |name: &str| match &value[name] {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let (email, phone, name) = match value {
            Value::String(text) if text.contains('@') => (Some(text.clone()), None, None),
            Value::String(text) => (None, Some(text.clone()), None),
            Value::Number(number) => (None, Some(number.to_string()), None),
            Value::Object(_) => (said("email"), said("phone"), said("name")),
            _ => return Err(Refusal::Invalid("发起人")),
        };
        if email.as_ref().is_some_and(|email| !email.contains('@')) {
            return Err(Refusal::Invalid("邮箱"));
        }
        let Some(address) = email.as_ref().or(phone.as_ref()) else {
            return Err(Refusal::Missing("发起人"));
        };
        let is_known = |user: &&User| match &email {
            Some(email) => user.email.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(email)),
            None => user.phone == phone,
        };
        if let Some(user) = self.0.iter().find(is_known) {
            return Ok(user.id);
        }
        let id = ME + 100 + self.0.len() as u64;
        let name = name.unwrap_or_else(|| address.clone());
        self.0.push(User { id, name, email, phone, role: "end_user" });
        Ok(id)
    }

    /// Adds requesters.
    pub(super) fn seed(&mut self, customers: &Value) -> Result<Value, Refusal> {
        let list = customers["customers"].as_array().ok_or(Refusal::Missing("customers"))?;
        let mut added = Vec::new();
        for customer in list {
            let id = self.requester(customer)?;
            added.extend(self.get(id).map(|user| user.shown(false)));
        }
        Ok(json!({ "customers": added }))
    }
}

impl User {
    /// The user as calls answer it.
    pub(super) fn shown(&self, ids_as_text: bool) -> Value {
        json!({
            "id": super::ticket::id(self.id, ids_as_text),
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "role": self.role,
        })
    }

    /// What the user is known by: the e-mail address, or else the number.
    pub(super) fn address(&self) -> Option<String> {
        self.email.clone().or_else(|| self.phone.clone())
    }
}
