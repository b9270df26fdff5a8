//! The ties between records, kept from both ends.

use std::collections::{BTreeSet, HashMap};

use super::{association_types::AssociationType, records::Kind};

/// One end of a tie: the other record, and the type as seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tie {
    pub(super) to: Kind,
    pub(super) id: u64,
    pub(super) category: &'static str,
    pub(super) type_id: u32,
}

/// All ties of a portal. Ids are unique over all object types.
#[derive(Debug, Default)]
pub(super) struct Links(HashMap<u64, BTreeSet<Tie>>);

impl Links {
    /// Ties two records. Tying them again changes nothing.
    pub(super) fn tie(&mut self, from: u64, to: u64, kind: &AssociationType) {
        let (there, back) = ends(from, to, kind);
        self.0.entry(from).or_default().insert(there);
        self.0.entry(to).or_default().insert(back);
    }

    /// Unties two records of one type.
    pub(super) fn untie(&mut self, from: u64, to: u64, kind: &AssociationType) {
        let (there, back) = ends(from, to, kind);
        for (id, tie) in [(from, there), (to, back)] {
            if let Some(ties) = self.0.get_mut(&id) {
                ties.remove(&tie);
            }
        }
    }

    /// Unties two records altogether.
    pub(super) fn untie_all(&mut self, from: u64, to: u64) {
        for (id, other) in [(from, to), (to, from)] {
            if let Some(ties) = self.0.get_mut(&id) {
                ties.retain(|tie| tie.id != other);
            }
        }
    }

    /// The ties of a record.
    pub(super) fn of(&self, id: u64) -> impl Iterator<Item = &Tie> {
        self.0.get(&id).into_iter().flatten()
    }
}

fn ends(from: u64, to: u64, kind: &AssociationType) -> (Tie, Tie) {
    let category = kind.category;
    let there = Tie { to: kind.to, id: to, category, type_id: kind.id };
    (there, Tie { to: kind.from, id: from, category, type_id: kind.inverse })
}
