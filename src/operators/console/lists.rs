//! What lists have in common: a form of filters that is sent by GET, and pages of what it finds.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, web};

use super::refusal::Turned;
use crate::{
    ledger::{Cursor, Page},
    operators::api::{parameters::Parameters, refusal::Refusal},
};

/// The fields of a member of the payload: its name, and what stands there.
const MEMBER: (&str, &str) = ("member", "is");

/// What a list is asked for.
pub(super) struct Asked<S> {
    /// What is chosen.
    pub(super) search: S,
    /// Which part of it.
    pub(super) page: Page,
    /// The fields as they were sent, to fill the form with again.
    pub(super) sent: BTreeMap<String, String>,
    /// What the list is called in its cursors.
    kind: &'static str,
}

impl<S> Asked<S> {
    /// Reads what the form of a list of this kind sent. A field that is left empty does not choose.
    pub(super) fn of(
        request: &HttpRequest,
        kind: &'static str,
        filters: &[&str],
        search: impl FnOnce(&mut Parameters) -> Result<S, Refusal>,
    ) -> Result<Self, Turned> {
        let sent = filled(request)?;
        let (search, page) = Parameters::given(as_parameters(&sent)).list(kind, filters, search)?;
        Ok(Self { search, page, sent: sent.into_iter().collect(), kind })
    }

    /// The fields that choose, whichever page was asked for.
    pub(super) fn chosen(&self) -> BTreeMap<String, String> {
        let mut fields = self.sent.clone();
        fields.retain(|name, _| !["cursor", "limit"].contains(&name.as_str()));
        fields
    }

    /// The fields that ask for what is behind `next`.
    pub(super) fn behind(&self, next: Option<&Cursor>) -> Option<BTreeMap<String, String>> {
        behind(&self.sent, next, self.kind)
    }
}

/// The fields of `sent` that ask for what is behind `next`.
pub(super) fn behind(
    sent: &BTreeMap<String, String>,
    next: Option<&Cursor>,
    kind: &str,
) -> Option<BTreeMap<String, String>> {
    let mut fields = sent.clone();
    fields.insert("cursor".to_owned(), next?.written(kind));
    Some(fields)
}

/// The fields of a form that was sent by GET, without those that were left empty.
pub(super) fn filled(request: &HttpRequest) -> Result<Vec<(String, String)>, Turned> {
    let sent = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let mut sent = sent.map_err(|_unread| Turned::BadForm)?.into_inner();
    sent.retain(|(_, value)| !value.trim().is_empty());
    Ok(sent)
}

/// Which part of a list of this kind, where nothing else is asked.
pub(super) fn page_of(request: &HttpRequest, kind: &str) -> Result<Page, Turned> {
    Ok(Parameters::given(filled(request)?).only_page(kind)?)
}

/// The API's parameters that the fields of a form stand for.
pub(super) fn as_parameters(sent: &[(String, String)]) -> Vec<(String, String)> {
    let field = |wanted: &str| sent.iter().find(|(name, _)| name == wanted);
    let member = field(MEMBER.0).zip(field(MEMBER.1)).map(|((_, name), (_, value))| {
        let name = if name.starts_with("data.") { name.clone() } else { format!("data.{name}") };
        (name, value.clone())
    });
    let others = sent.iter().filter(|(name, _)| ![MEMBER.0, MEMBER.1].contains(&name.as_str()));
    let plain = others.map(|(name, value)| match name.as_str() {
        "since" | "until" => (name.clone(), instant(value)),
        _ => (name.clone(), value.trim().to_owned()),
    });
    plain.chain(member).collect()
}

/// A time as a form has it, without an offset, is one of UTC.
pub(super) fn instant(text: &str) -> String {
    match text.len() {
        16 => format!("{text}:00Z"),
        19 => format!("{text}Z"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_form_asks_what_the_parameters_of_the_api_ask() {
        let sent = [
            ("since", "2026-10-18T12:00"),
            ("desk", " crm "),
            ("member", "orderId"),
            ("is", "12345"),
        ];
        let wanted =
            [("since", "2026-10-18T12:00:00Z"), ("desk", "crm"), ("data.orderId", "12345")];
        assert_eq!(as_parameters(&pairs(&sent)), pairs(&wanted));
    }

    #[test]
    fn a_member_without_a_value_does_not_choose() {
        assert_eq!(as_parameters(&pairs(&[("member", "orderId")])), []);
    }
}
