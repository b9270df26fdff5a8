//! Search: by what stands in records, and some time behind them ("Search the CRM").

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Objects, Page};
use crate::desks::{DeskError, call::Call};

/// What is looked for. HubSpot takes 5 groups of 6 filters, 200 results a page and 10,000 in all,
/// and bodies of 3,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Search {
    /// A record matches where one of the groups does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filter_groups: Vec<FilterGroup>,
    /// Words that stand in any of the default properties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// What is shown; the kind's own where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<String>,
    /// One property; `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sorts: Vec<String>,
    /// Results of one page; 10 where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u8>,
    /// The cursor of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Filters that all have to hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FilterGroup {
    /// The filters.
    pub filters: Vec<Filter>,
}

/// What one property has to be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    /// The property.
    pub property_name: String,
    /// `EQ`, `NEQ`, `LT`, `LTE`, `GT`, `GTE`, `BETWEEN`, `IN`, `NOT_IN`, `HAS_PROPERTY`,
    /// `NOT_HAS_PROPERTY`, `CONTAINS_TOKEN` or `NOT_CONTAINS_TOKEN`.
    pub operator: String,
    /// What it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The upper end, for `BETWEEN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_value: Option<String>,
    /// For `IN` and `NOT_IN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
}

impl Objects<'_> {
    /// Reads one page of what matches.
    pub async fn search(&self, search: &Search) -> Result<Page, DeskError> {
        let template = "/crm/{version}/objects/{object}/search";
        let call = Call::with_body(Method::POST, template, self.path("/search"), json!(search));
        super::read(&self.api.account.search("call", &call).await?)
    }
}
