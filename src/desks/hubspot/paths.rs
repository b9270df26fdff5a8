//! Where HubSpot's resources are, by the version that the account is called under.

use super::Settings;
use crate::desks::{DeskError, call::segment};

/// The records of `object` (its name in paths): `/crm/v3/objects/tickets`.
pub(super) fn objects(settings: &Settings, object: &str) -> String {
    resource(settings, "objects", object)
}

/// One resource of `object`. The numbered version stands before the resource and the dated one
/// behind it.
pub(super) fn resource(settings: &Settings, resource: &str, object: &str) -> String {
    let (version, object) = (encoded(&settings.version), encoded(object));
    if version.starts_with('v') {
        format!("/crm/{version}/{resource}/{object}")
    } else {
        format!("/crm/{resource}/{version}/{object}")
    }
}

/// The associations of version 4, which the pages name whatever the version of the rest.
pub(super) fn associations(from: &str, to: &str) -> String {
    format!("/crm/v4/associations/{}/{}", encoded(from), encoded(to))
}

/// A name from the settings or a rule as a segment; one that is none asks for what does not exist.
pub(super) fn encoded(name: &str) -> String {
    segment(name).unwrap_or_else(|| "-".to_owned())
}

/// An id that somebody gives, as a segment; said before anything is sent where it can be none.
pub(super) fn id(text: &str) -> Result<String, DeskError> {
    segment(text.trim()).ok_or_else(|| {
        DeskError::Incomplete("an id is empty, or one that cannot stand in a path".to_owned())
    })
}

/// `?` and the query's pairs; nothing where there are none. Commas part a list's members.
pub(super) fn query(pairs: &[(&str, String)]) -> String {
    let parts: Vec<_> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let members: Vec<_> = value.split(',').map(encoded).collect();
            format!("{name}={}", members.join(","))
        })
        .collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_holds_what_is_given() {
        let pairs = [("limit", "10".to_owned()), ("after", String::new())];
        assert_eq!(query(&pairs), "?limit=10");
        assert_eq!(query(&[("properties", "subject,a b".to_owned())]), "?properties=subject,a%20b");
        assert_eq!(query(&[]), "");
    }
}
