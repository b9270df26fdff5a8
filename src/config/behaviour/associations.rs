//! `[[rules.associations]]`: the desk's records that a ticket is tied to.

use super::rules::Rules;
use crate::{
    config::document::Table,
    event::DeskName,
    rules::{AssociationRule, Form, Text},
    ticket::{AssociationKind, Missing},
};

const MISSING: [(&str, Missing); 3] =
    [("create", Missing::Create), ("skip", Missing::Skip), ("fail", Missing::Fail)];

/// Reads the associations of the rule `rule`, which sends to `desks`.
pub(super) fn read<'d>(
    rules: &mut Rules<'_, 'd>,
    rule: &Table<'d>,
    desks: &[DeskName],
) -> Vec<AssociationRule> {
    let Some(list) = rules.document.list(rule, "associations") else { return Vec::new() };
    let mut associations = Vec::new();
    for value in list {
        let title = format!("an association of {}", rule.title);
        let Some(table) = rules.document.table_of(value, "associations", title) else { continue };
        let association = association(rules, &table, desks);
        rules.document.finish(&table);
        associations.extend(association);
    }
    associations
}

fn association<'d>(
    rules: &mut Rules<'_, 'd>,
    table: &Table<'d>,
    desks: &[DeskName],
) -> Option<AssociationRule> {
    let desk = desk(rules, table, desks);
    let cure = "name the record's kind, as contact, company or deal";
    let object = rules.document.required_text(table, "object", cure);
    let target = target(rules, table);
    let kind = kind(rules, table);
    let missing = rules.document.choice(table, "missing", &MISSING).unwrap_or_default();
    let (property, value) = target?;
    Some(AssociationRule { desk: desk?, object: object?.value, property, value, kind, missing })
}

fn desk<'d>(rules: &mut Rules<'_, 'd>, table: &Table<'d>, desks: &[DeskName]) -> Option<DeskName> {
    let text = rules.document.required_text(table, "desk", "name one of the rule's desks")?;
    let name = rules.desk(&text, "desk")?;
    if rules.desks.contains_key(&name) && !desks.contains(&name) {
        let what = format!("the rule does not send to `{name}`");
        rules.document.fault(text.at.start, what, "add it to the rule's `desks`");
    } else if rules.has_no_associations(&name) {
        let what = format!("`{name}` is a supportdesk, which has no associations");
        rules.document.fault(
            text.at.start,
            what,
            "remove it; `customer` says whom a ticket is about",
        );
    }
    Some(name)
}

/// By one property, or by the desk's own id.
fn target<'d>(rules: &mut Rules<'_, 'd>, table: &Table<'d>) -> Option<(Option<String>, Text)> {
    let cure = "set one of `id` and `match`, as match = { email = \"{{ data.customer.email }}\" }";
    let (id, matching) = (table.get("id"), table.get("match"));
    if id.is_some() == matching.is_some() {
        let what = match id {
            Some(_) => format!("{} has both `id` and `match`", table.title),
            None => format!("{} does not say which record", table.title),
        };
        rules.document.fault(table.at.start, what, cure);
        return None;
    }
    if id.is_some() {
        return Some((None, rules.text(table, "id")?));
    }
    let matching = rules.document.table(table, "match", "`match`")?;
    let [(property, value)] = matching.members()[..] else {
        rules.document.fault(matching.at.start, "`match` does not name one property", cure);
        return None;
    };
    let text = rules.document.text_of(value, property.get_ref())?;
    let template = rules.template(&text, property.get_ref(), Form::Plain)?;
    Some((Some(property.get_ref().to_string()), template))
}

fn kind<'d>(rules: &mut Rules<'_, 'd>, table: &Table<'d>) -> AssociationKind {
    let id = rules.document.count(table, "type");
    let category = rules.document.text(table, "category");
    let label = rules.document.text(table, "label");
    match (id, category, label) {
        (Some(id), category, None) => {
            AssociationKind::Type { category: category.map(|text| text.value), id: id.value.into() }
        }
        (None, None, Some(label)) => AssociationKind::Label(label.value),
        (None, None, None) => AssociationKind::Default,
        (None, Some(category), None) => {
            let cure = "set `type` to the number of the type, or remove it";
            rules.document.fault(category.at.start, "`category` has no `type`", cure);
            AssociationKind::Default
        }
        (_, _, Some(label)) => {
            let what = "`label` stands beside `type` or `category`";
            rules.document.fault(label.at.start, what, "keep one of the two ways");
            AssociationKind::Default
        }
    }
}
