//! How HubSpot is asked for records: for one alone, for several at once.
//!
//! | asked for by | alone | together |
//! | --- | --- | --- |
//! | its id | its own resource | each alone: of a merged record a batch knows nothing ("Using object APIs") |
//! | a unique property | its own resource, with `idProperty` | `batch/read`, with `idProperty` |
//! | another property | a search, `EQ` | a search, `IN` ("Search the CRM") |

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Settings,
    api::LARGEST_BATCH,
    kinds::{COMPANY, CONTACT},
    paths::{encoded, objects},
};
use crate::desks::call::{Call, segment};

/// The longest body of a search, in characters ("Search the CRM").
const LONGEST_SEARCH: usize = 3000;

/// The most results of one page of a search.
const LARGEST_PAGE: u8 = 200;

/// A contact's other addresses, `;` between them. A batch tells the contact of any of them, and not
/// which one it was asked for by.
const OTHER_ADDRESSES: &str = "hs_additional_emails";

/// What records of one kind are asked for by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Question {
    /// The kind's name in paths.
    object: String,
    by: By,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum By {
    Id,
    Unique(String),
    Search(String),
}

/// How several values are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Together {
    /// One by one.
    Not,
    /// By `batch/read`.
    Read,
    /// By a search.
    Search,
}

impl Question {
    /// For records of `object` (its name in paths) by their ids.
    pub(super) fn by_id(object: &str) -> Self {
        Self { object: object.to_owned(), by: By::Id }
    }

    /// For records of `object` by a property whose values are unique.
    pub(super) fn by_unique(object: &str, property: &str) -> Self {
        Self { object: object.to_owned(), by: By::Unique(property.to_owned()) }
    }

    /// For records of `object` by any property. HubSpot keeps contacts apart by their addresses alone.
    pub(super) fn by_property(object: &str, property: &str) -> Self {
        if (object, property) == CONTACT {
            return Self::by_unique(object, property);
        }
        Self { object: object.to_owned(), by: By::Search(property.to_owned()) }
    }

    pub(super) fn together(&self) -> Together {
        match self.by {
            By::Id => Together::Not,
            By::Unique(_) => Together::Read,
            By::Search(_) => Together::Search,
        }
    }

    /// Whether it is asked by search, which has a window of its own.
    pub(super) fn is_search(&self) -> bool {
        self.together() == Together::Search
    }

    /// Whether an answer to several that shows nothing of a value says that no record has it. `EQ` makes
    /// more of some texts than `IN` does: of telephone numbers, which it knows in any form, and of
    /// numbers. A domain is a domain.
    pub(super) fn is_told_by_silence(&self) -> bool {
        (self.object.as_str(), self.property()) == COMPANY
    }

    /// The question for one value. `None` where it is one that no record can have.
    pub(super) fn alone(&self, settings: &Settings, value: &str) -> Option<Call> {
        let value = value.trim();
        let path = objects(settings, &self.object);
        match &self.by {
            By::Id => {
                let path = format!("{path}/{}", segment(value)?);
                Some(Call::get("/crm/{version}/objects/{object}/{id}", path))
            }
            By::Unique(property) => {
                let (value, property) = (segment(value)?, encoded(property));
                let path = format!("{path}/{value}?idProperty={property}");
                Some(Call::get("/crm/{version}/objects/{object}/{value}", path))
            }
            By::Search(property) if !value.is_empty() => {
                let filter = json!({ "propertyName": property, "operator": "EQ", "value": value });
                // The oldest, where there are several: the one that people have been working with.
                Some(search(&path, property, &filter, 1))
            }
            By::Search(_) => None,
        }
    }

    /// The `batch/read` for `values`: at most a hundred, none of them twice.
    pub(super) fn read(&self, settings: &Settings, values: &[&str]) -> Call {
        let inputs: Vec<Value> = values.iter().map(|value| json!({ "id": value.trim() })).collect();
        let mut body = json!({ "inputs": inputs, "properties": self.shown() });
        if let By::Unique(property) = &self.by {
            body["idProperty"] = property.as_str().into();
        }
        let path = format!("{}/batch/read", objects(settings, &self.object));
        Call::with_body(Method::POST, "/crm/{version}/objects/{object}/batch/read", path, body)
    }

    /// The search for the first of `values`, as many as one search takes: the question and how many.
    pub(super) fn search(&self, settings: &Settings, values: &[&str]) -> (Call, usize) {
        let property = self.property();
        let call = |values: &[&str]| {
            let filter =
                json!({ "propertyName": property, "operator": "IN", "values": listed(values) });
            search(&objects(settings, &self.object), property, &filter, LARGEST_PAGE)
        };
        let mut count = values.len().min(LARGEST_BATCH);
        let mut whole = call(&values[..count]);
        while count > 1 && whole.body.as_ref().is_some_and(is_too_long) {
            count -= count.div_ceil(8);
            whole = call(&values[..count]);
        }
        (whole, count)
    }

    /// The values of a record that it may have been asked for by, as [`folded`].
    pub(super) fn names(&self, value_of: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let values = self.shown().into_iter().filter_map(|property| {
            let value = value_of(property)?;
            Some(match property {
                OTHER_ADDRESSES => value.split(';').map(folded).collect(),
                _ => vec![folded(&value)],
            })
        });
        values.flatten().collect()
    }

    fn property(&self) -> &str {
        match &self.by {
            By::Id => "hs_object_id",
            By::Unique(property) | By::Search(property) => property,
        }
    }

    /// What an answer has to show, so that it is known which value it is about.
    fn shown(&self) -> Vec<&str> {
        let is_contact = (self.object.as_str(), self.property()) == CONTACT;
        let other = is_contact.then_some(OTHER_ADDRESSES);
        std::iter::once(self.property()).chain(other).collect()
    }
}

/// A value as it is compared: HubSpot's filters and addresses know no case.
pub(super) fn folded(value: &str) -> String {
    value.trim().to_lowercase()
}

/// `IN` wants the values of a text in lower case, and those of an enumeration as they are.
fn listed(values: &[&str]) -> Vec<String> {
    let mut listed = Vec::with_capacity(values.len());
    for value in values {
        let (value, lower) = (value.trim().to_owned(), folded(value));
        if lower != value {
            listed.push(lower);
        }
        listed.push(value);
    }
    listed
}

fn search(path: &str, property: &str, filter: &Value, limit: u8) -> Call {
    let body = json!({
        "filterGroups": [{ "filters": [filter] }],
        "properties": [property],
        "sorts": ["createdate"],
        "limit": limit,
    });
    let template = "/crm/{version}/objects/{object}/search";
    Call::with_body(Method::POST, template, format!("{path}/search"), body)
}

fn is_too_long(body: &Value) -> bool {
    body.to_string().len() > LONGEST_SEARCH
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn settings() -> Settings {
        Settings {
            token: "pat-x".into(),
            pipeline: "0".to_owned(),
            stage: "1".to_owned(),
            resolved_stage: None,
            key_property: None,
            version: "2026-03".to_owned(),
            properties: BTreeMap::new(),
        }
    }

    #[test]
    fn a_search_for_many_is_no_longer_than_hubspot_takes_and_leaves_nobody_out() {
        let question = Question::by_property("companies", "domain");
        let values: Vec<String> =
            (0..150).map(|number| format!("{number}.{}.Example", "x".repeat(30))).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let (mut left, mut searches) = (&values[..], 0);
        while !left.is_empty() {
            let (call, count) = question.search(&settings(), left);
            assert!(call.body.is_some_and(|body| !is_too_long(&body)) && count > 0);
            (left, searches) = (&left[count..], searches + 1);
        }
        assert!(searches < 12, "{searches} searches");
        let short: Vec<String> = (0..120).map(|number| format!("{number}.example")).collect();
        let short: Vec<&str> = short.iter().map(String::as_str).collect();
        assert_eq!(question.search(&settings(), &short).1, LARGEST_BATCH);
    }

    #[test]
    fn a_text_is_listed_in_lower_case_and_an_option_as_it_is() {
        assert_eq!(listed(&["acme.com", " Acme.com "]), ["acme.com", "acme.com", "Acme.com"]);
    }
}
