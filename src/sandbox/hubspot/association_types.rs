//! The types of ties: the documented ids, and labels that were created.

use serde::Serialize;

use super::records::Kind;

/// Category of the types that every portal has.
pub(super) const HUBSPOT_DEFINED: &str = "HUBSPOT_DEFINED";
/// Category of the labels that a portal made.
pub(super) const USER_DEFINED: &str = "USER_DEFINED";

/// One type of tie, in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AssociationType {
    pub(super) from: Kind,
    pub(super) to: Kind,
    pub(super) category: &'static str,
    pub(super) id: u32,
    /// The same tie seen from the other record.
    pub(super) inverse: u32,
    /// None for the plain tie.
    pub(super) label: Option<String>,
}

/// A type as the labels path shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LabelView<'a> {
    category: &'static str,
    type_id: u32,
    label: Option<&'a str>,
}

impl AssociationType {
    pub(super) fn view(&self) -> LabelView<'_> {
        LabelView { category: self.category, type_id: self.id, label: self.label.as_deref() }
    }
}

/// From, to, id, inverse id, label: the vendor's list, as far as both ends are kept here.
const DOCUMENTED: [(Kind, Kind, u32, u32, Option<&str>); 14] = [
    (Kind::Ticket, Kind::Contact, 16, 15, None),
    (Kind::Ticket, Kind::Company, 339, 340, None),
    (Kind::Ticket, Kind::Company, 26, 25, Some("Primary")),
    (Kind::Ticket, Kind::Deal, 28, 27, None),
    (Kind::Ticket, Kind::Ticket, 452, 452, None),
    (Kind::Contact, Kind::Company, 279, 280, None),
    (Kind::Contact, Kind::Company, 1, 2, Some("Primary")),
    (Kind::Deal, Kind::Contact, 3, 4, None),
    (Kind::Deal, Kind::Company, 341, 342, None),
    (Kind::Deal, Kind::Company, 5, 6, Some("Primary")),
    (Kind::Note, Kind::Ticket, 228, 227, None),
    (Kind::Note, Kind::Contact, 202, 201, None),
    (Kind::Note, Kind::Company, 190, 189, None),
    (Kind::Note, Kind::Deal, 214, 213, None),
];

/// Documented ids of ties from tickets to objects that the sandbox does not keep.
///
/// Calls, e-mails, meetings, tasks, communications, postal mail, threads, conversations,
/// orders, payments, subscriptions, appointments, courses, listings, services, feedback, projects.
pub(super) const TO_OTHER_OBJECTS: [u32; 17] =
    [219, 223, 225, 229, 84, 456, 32, 278, 526, 1355, 1122, 947, 941, 943, 797, 99, 1241];

/// All types of one portal.
#[derive(Debug)]
pub(super) struct AssociationTypes {
    types: Vec<AssociationType>,
    last_label: u32,
}

impl Default for AssociationTypes {
    fn default() -> Self {
        let mut types = Vec::new();
        for (from, to, id, inverse, label) in DOCUMENTED {
            push_both(&mut types, (from, to), (id, inverse), HUBSPOT_DEFINED, label);
        }
        Self { types, last_label: 0 }
    }
}

impl AssociationTypes {
    /// The type that category and id name, from this kind of record.
    pub(super) fn find(&self, from: Kind, category: &str, id: u32) -> Option<&AssociationType> {
        let mut types = self.types.iter();
        types.find(|known| known.from == from && known.category == category && known.id == id)
    }

    /// The plain tie between two kinds of records.
    pub(super) fn plain(&self, from: Kind, to: Kind) -> Option<&AssociationType> {
        self.between(from, to).find(|known| known.label.is_none())
    }

    /// All types from one kind to another.
    pub(super) fn between(&self, from: Kind, to: Kind) -> impl Iterator<Item = &AssociationType> {
        self.types.iter().filter(move |known| known.from == from && known.to == to)
    }

    /// Makes a label and answers its types; none where the name is taken.
    pub(super) fn create(
        &mut self,
        from: Kind,
        to: Kind,
        label: &str,
    ) -> Option<Vec<LabelView<'_>>> {
        if self.between(from, to).any(|known| known.label.as_deref() == Some(label)) {
            return None;
        }
        let ids = (self.last_label + 1, self.last_label + 2);
        self.last_label += 2;
        push_both(&mut self.types, (from, to), ids, USER_DEFINED, Some(label));
        let made = |known: &&AssociationType| {
            known.category == USER_DEFINED && (known.id == ids.0 || known.id == ids.1)
        };
        Some(self.types.iter().filter(made).map(AssociationType::view).collect())
    }
}

fn push_both(
    types: &mut Vec<AssociationType>,
    (from, to): (Kind, Kind),
    (id, inverse): (u32, u32),
    category: &'static str,
    label: Option<&str>,
) {
    let label = label.map(str::to_owned);
    types.push(AssociationType { from, to, category, id, inverse, label: label.clone() });
    if (from, id) != (to, inverse) {
        types.push(AssociationType {
            from: to,
            to: from,
            category,
            id: inverse,
            inverse: id,
            label,
        });
    }
}
