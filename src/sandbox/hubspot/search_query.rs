//! The body of a search: groups of filters, within the documented bounds.

use serde::Deserialize;
use serde_json::Value;

use super::{records::Values, refusal::Refusal};

/// Documented bounds of a search.
const MOST_GROUPS: usize = 5;
const MOST_FILTERS_IN_A_GROUP: usize = 6;
const MOST_FILTERS: usize = 18;
const LONGEST_BODY: usize = 3000;
const LARGEST_PAGE: usize = 200;

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Operator {
    Eq,
    Neq,
    Lt,
    Lte,
    Gt,
    Gte,
    Between,
    In,
    NotIn,
    HasProperty,
    NotHasProperty,
    ContainsToken,
    NotContainsToken,
}

/// One condition.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Filter {
    pub(super) property_name: String,
    pub(super) operator: Operator,
    #[serde(default)]
    pub(super) value: Option<String>,
    #[serde(default)]
    high_value: Option<String>,
    #[serde(default)]
    values: Vec<String>,
}

/// Conditions that all have to hold.
#[derive(Debug, Default, Deserialize)]
pub(super) struct FilterGroup {
    #[serde(default)]
    pub(super) filters: Vec<Filter>,
}

/// A whole search; one of the groups has to hold.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SearchQuery {
    pub(super) filter_groups: Vec<FilterGroup>,
    pub(super) properties: Vec<String>,
    pub(super) sorts: Vec<Value>,
    pub(super) limit: usize,
    pub(super) after: Option<String>,
    pub(super) query: Option<String>,
}

impl Default for SearchQuery {
    fn default() -> Self {
        Self {
            filter_groups: Vec::new(),
            properties: Vec::new(),
            sorts: Vec::new(),
            limit: 10,
            after: None,
            query: None,
        }
    }
}

impl SearchQuery {
    /// Reads a body.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refusal> {
        if body.len() > LONGEST_BODY {
            return Err(Refusal::validation("The search request is longer than 3000 characters"));
        }
        let query: Self = serde_json::from_slice(body).map_err(|cause| {
            let (line, column) = (cause.line(), cause.column());
            Refusal::validation(format!("Invalid input JSON on line {line}, column {column}"))
        })?;
        let counts: Vec<usize> =
            query.filter_groups.iter().map(|group| group.filters.len()).collect();
        if counts.len() > MOST_GROUPS
            || counts.iter().any(|count| *count > MOST_FILTERS_IN_A_GROUP)
            || counts.iter().sum::<usize>() > MOST_FILTERS
        {
            return Err(Refusal::validation("Too many filters or filter groups"));
        }
        if !(1..=LARGEST_PAGE).contains(&query.limit) {
            return Err(Refusal::validation("limit must be from 1 to 200"));
        }
        Ok(query)
    }
}

impl Filter {
    /// Whether a record's values meet the condition. Filters know no case but that of enumerations;
    /// what `IN` and `NOT_IN` list of texts has to be in lower case.
    pub(super) fn holds(&self, values: &Values, is_enumeration: bool) -> bool {
        let folded =
            |text: &str| if is_enumeration { text.to_owned() } else { text.to_lowercase() };
        let held = values.get(&self.property_name).map(|held| folded(held));
        let held = held.as_deref();
        let wanted = &*folded(self.value.as_deref().unwrap_or_default());
        let compared = |wanted: &str| held.map(|held| compare(held, wanted));
        match self.operator {
            Operator::Eq => held == Some(wanted),
            Operator::Neq => held.is_some_and(|held| held != wanted),
            Operator::Lt => compared(wanted).is_some_and(std::cmp::Ordering::is_lt),
            Operator::Lte => compared(wanted).is_some_and(std::cmp::Ordering::is_le),
            Operator::Gt => compared(wanted).is_some_and(std::cmp::Ordering::is_gt),
            Operator::Gte => compared(wanted).is_some_and(std::cmp::Ordering::is_ge),
            Operator::Between => {
                let high = &*folded(self.high_value.as_deref().unwrap_or_default());
                compared(wanted).is_some_and(std::cmp::Ordering::is_ge)
                    && compared(high).is_some_and(std::cmp::Ordering::is_le)
            }
            Operator::In => held.is_some_and(|held| self.values.iter().any(|one| one == held)),
            Operator::NotIn => held.is_some_and(|held| self.values.iter().all(|one| one != held)),
            Operator::HasProperty => held.is_some(),
            Operator::NotHasProperty => held.is_none(),
            Operator::ContainsToken => held.is_some_and(|held| has_token(held, wanted)),
            Operator::NotContainsToken => held.is_some_and(|held| !has_token(held, wanted)),
        }
    }
}

/// As numbers where both are numbers, else as text: ISO instants compare rightly as text.
pub(super) fn compare(one: &str, other: &str) -> std::cmp::Ordering {
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one.total_cmp(&other),
        _ => one.cmp(other),
    }
}

/// Whether a word of `text` is `token`, in any case; `*` stands for any ending.
fn has_token(text: &str, token: &str) -> bool {
    let token = token.to_lowercase();
    let stem = token.strip_suffix('*');
    text.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .any(|word| stem.map_or(word == token, |stem| word.starts_with(stem)))
}
