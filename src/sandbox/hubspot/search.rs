//! Search: over what the index has taken in, which is some time behind the records.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    portal::Portal,
    records::{Kind, Record, Values},
    refusal::Refusal,
    search_query::{Filter, Operator, SearchQuery, compare},
};

/// Results that a search can page through.
const MOST_RESULTS: usize = 10_000;

impl Portal {
    /// Answers a search.
    pub(super) fn search(
        &self,
        kind: Kind,
        query: &SearchQuery,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let after: usize = query
            .after
            .as_deref()
            .unwrap_or("0")
            .parse()
            .map_err(|_| Refusal::validation("after is not a cursor"))?;
        if after + query.limit > MOST_RESULTS {
            return Err(Refusal::validation("A search cannot page past 10000 results"));
        }
        let lag = self.settings.search_lag;
        let mut found: Vec<(&Record, &Values)> = self
            .candidates(kind, query)
            .into_iter()
            .filter(|record| record.archived_at.is_none())
            .filter_map(|record| Some((record, record.searchable(now, lag)?)))
            .filter(|(_, values)| self.matches(kind, query, values))
            .collect();
        if let Some((name, descending)) = query.sorts.first().and_then(sort) {
            let value = |values: &Values| values.get(name).cloned().unwrap_or_default();
            found.sort_by(|(_, one), (_, other)| {
                let order = compare(&value(one), &value(other));
                if descending { order.reverse() } else { order }
            });
        }
        let total = found.len();
        let shown: Vec<&str> = if query.properties.is_empty() {
            kind.shown_properties().to_vec()
        } else {
            query.properties.iter().map(String::as_str).collect()
        };
        let page = found.into_iter().skip(after).take(query.limit);
        let results: Vec<Value> =
            page.map(|(record, values)| record.json_of(values, shown.iter().copied())).collect();
        let next = after + results.len();
        let mut answer = json!({"total": total, "results": results});
        if next < total {
            answer["paging"] = json!({"next": {"after": next.to_string()}});
        }
        Ok(answer)
    }

    /// The records that could match: one by its unique value where every group names one, else all.
    fn candidates(&self, kind: Kind, query: &SearchQuery) -> Vec<&Record> {
        let all = self.shelf(kind);
        let named = |filter: &Filter| {
            (filter.operator == Operator::Eq && self.schema(kind).is_unique(&filter.property_name))
                .then(|| all.holder(&filter.property_name, filter.value.as_deref()?))
        };
        let groups = &query.filter_groups;
        let by_value: Option<Vec<Option<u64>>> =
            groups.iter().map(|group| group.filters.iter().find_map(named)).collect();
        match by_value.filter(|groups| !groups.is_empty()) {
            None => all.records.values().collect(),
            Some(ids) => {
                let mut ids: Vec<u64> = ids.into_iter().flatten().collect();
                ids.sort_unstable();
                ids.dedup();
                ids.iter().filter_map(|id| all.records.get(id)).collect()
            }
        }
    }

    fn matches(&self, kind: Kind, query: &SearchQuery, values: &Values) -> bool {
        let words = query.query.as_deref().unwrap_or_default().to_lowercase();
        let in_text =
            words.is_empty() || values.values().any(|value| value.to_lowercase().contains(&words));
        let holds = |filter: &Filter| {
            let property = self.schema(kind).find(&filter.property_name);
            filter.holds(values, property.is_some_and(|it| it.value_type == "enumeration"))
        };
        let groups = &query.filter_groups;
        let in_groups =
            groups.is_empty() || groups.iter().any(|group| group.filters.iter().all(holds));
        in_text && in_groups
    }
}

/// A sort is written as `"-createdate"` or as `{"propertyName", "direction"}`.
fn sort(sort: &Value) -> Option<(&str, bool)> {
    match sort {
        Value::String(name) => match name.strip_prefix('-') {
            Some(name) => Some((name, true)),
            None => Some((name, false)),
        },
        other => Some((
            other["propertyName"].as_str()?,
            other["direction"].as_str() == Some("DESCENDING"),
        )),
    }
}
