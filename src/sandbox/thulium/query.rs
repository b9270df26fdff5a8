//! Queries in PHP's form: `name=v`, `name[]=v`, `name[Key]=v` and `name[Key][0]=v`.

use actix_web::web;

use super::refusal::Refusal;

/// The parameters of a query, decoded, in order.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the `?`.
    pub(super) fn of(text: &str) -> Result<Self, Refusal> {
        web::Query::<Vec<(String, String)>>::from_query(text)
            .map(|query| Self(query.into_inner()))
            .map_err(|_| Refusal::invalid("The query cannot be read."))
    }

    /// The last value of `name`.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of `name` and `name[]`.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        let list = format!("{name}[]");
        let is_it = |known: &str| known == name || known == list;
        self.0.iter().filter(|(known, _)| is_it(known)).map(|(_, value)| value.as_str()).collect()
    }

    /// The keys of `name[Key]…`, each with its alternatives.
    pub(super) fn keyed(&self, name: &str) -> Vec<(&str, Vec<&str>)> {
        let mut keyed: Vec<(&str, Vec<&str>)> = Vec::new();
        for (known, value) in &self.0 {
            let inside = known.strip_prefix(name).and_then(|rest| rest.strip_prefix('['));
            let Some((key, _)) = inside.and_then(|inside| inside.split_once(']')) else { continue };
            match keyed.iter_mut().find(|(other, _)| *other == key) {
                Some((_, values)) => values.push(value),
                None => keyed.push((key, vec![value])),
            }
        }
        keyed
    }

    /// A whole number from `least` to `most`, or `default`.
    pub(super) fn number(
        &self,
        name: &str,
        least: usize,
        most: usize,
        default: usize,
    ) -> Result<usize, Refusal> {
        let Some(text) = self.get(name) else { return Ok(default) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| Refusal::invalid(format!("Parameter [{name}] is invalid.")))
    }

    /// Whether `name` is `true` or `1`.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some("true" | "1"))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_pages_query_is_read_with_its_alternatives() {
        let query = "custom_fields[ID][0]=1&custom_fields[ID][1]=2&custom_fields[Uwagi]=in%20fo\
                     &status_id[]=1&status_id[]=2&limit=5";
        let query = Query::of(query).unwrap();
        let fields = query.keyed("custom_fields");
        assert_eq!(fields, [("ID", vec!["1", "2"]), ("Uwagi", vec!["in fo"])]);
        assert_eq!(query.all("status_id"), ["1", "2"]);
        assert_eq!(query.number("limit", 1, 100, 100).unwrap(), 5);
        assert!(query.number("limit", 1, 4, 4).is_err());
    }
}
