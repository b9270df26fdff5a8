//! Judges what tickets are tied to: the types of association, and the properties that find records.

use crate::{
    desks::{
        hubspot::{
            api::{AssociationLabel, Property},
            kinds,
        },
        inspecting::{Told, listed},
    },
    event::RuleName,
    inspection::{AssociationNeed, Finding},
    ticket::AssociationKind,
};

/// HubSpot's category of its own types.
const OWN: &str = "HUBSPOT_DEFINED";

/// A tie with the rule that has it.
type Use<'n> = (&'n RuleName, &'n AssociationNeed);

/// The types of association from tickets to `object` (its name in paths) that rules use.
pub(super) fn types(
    object: &str,
    wanted: &[Use<'_>],
    types: &Told<Vec<AssociationLabel>>,
) -> Vec<Finding> {
    let mut kinds: Vec<&AssociationKind> = Vec::new();
    for (_, tie) in wanted {
        if !kinds.contains(&&tie.kind) {
            kinds.push(&tie.kind);
        }
    }
    let judge = |kind: &AssociationKind| {
        let rules = wanted.iter().filter(|(_, tie)| tie.kind == *kind).map(|(rule, _)| *rule);
        one(object, kind, types).of_rules(rules)
    };
    kinds.into_iter().map(judge).collect()
}

fn one(object: &str, kind: &AssociationKind, types: &Told<Vec<AssociationLabel>>) -> Finding {
    let subject = match kind {
        AssociationKind::Default => format!("association to {object}"),
        AssociationKind::Type { id, .. } => format!("association `{id}` to {object}"),
        AssociationKind::Label(label) => format!("association `{label}` to {object}"),
    };
    let types = match types {
        Told::Answer(types) => types,
        Told::Absent => {
            return Finding::fault(subject, format!("HubSpot knows no records called {object}"))
                .cured_by("write `object` as HubSpot calls it");
        }
        // A label has to be read before each delivery that uses it.
        Told::Barred(words) if matches!(kind, AssociationKind::Label(_)) => {
            return Finding::fault(subject, words).cured_by("grant the token that scope");
        }
        Told::Barred(words) | Told::Refused(words) => return Finding::unknown(subject, words),
    };
    let has = |category: &str, id: u64| {
        types.iter().any(|known| known.category == category && known.type_id == id)
    };
    let is_there = match kind {
        AssociationKind::Default => {
            let Some(id) = kinds::default_association(object) else {
                let words = "records of the account's own kinds have no default type";
                return Finding::fault(subject, words).cured_by("give `label` or `type`");
            };
            has(OWN, id)
        }
        AssociationKind::Type { category, id } => has(category.as_deref().unwrap_or(OWN), *id),
        AssociationKind::Label(label) => labels(types).any(|it| same(it, label)),
    };
    if is_there {
        return Finding::sound(subject, "HubSpot has the type");
    }
    let cure = "create it there, or name another";
    let words = match kind {
        AssociationKind::Label(_) => format!("HubSpot has the labels {}", listed(labels(types))),
        AssociationKind::Default | AssociationKind::Type { .. } => {
            let numbers = types.iter().map(|known| format!("{} {}", known.category, known.type_id));
            format!("HubSpot has the types {}", listed(numbers))
        }
    };
    Finding::fault(subject, words).cured_by(cure)
}

fn labels(types: &[AssociationLabel]) -> impl Iterator<Item = &String> {
    types.iter().filter_map(|known| known.label.as_ref())
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The property by which rules find records of `object`: search refuses one that does not exist.
pub(super) fn matched(
    (object, name): (&str, &str),
    wanted: &[Use<'_>],
    property: &Told<Property>,
) -> Finding {
    let subject = format!("property `{name}` of {object}");
    let used = wanted.iter().filter(|(_, tie)| tie.property.as_deref() == Some(name));
    let finding = match property {
        Told::Answer(property) => Finding::sound(subject, format!("of type `{}`", property.r#type)),
        Told::Absent => {
            Finding::fault(subject, format!("HubSpot's {object} have no such property"))
                .cured_by("match by a property that they have")
        }
        Told::Barred(words) | Told::Refused(words) => Finding::unknown(subject, words),
    };
    finding.of_rules(used.map(|(rule, _)| *rule))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::{inspection::Soundness, ticket::Missing};

    fn judge(kind: AssociationKind, known: &Told<Vec<AssociationLabel>>) -> Finding {
        let rule: RuleName = "r".parse().unwrap();
        let tie = AssociationNeed {
            object: "company".to_owned(),
            property: None,
            kind,
            missing: Missing::Skip,
        };
        let mut findings = types("companies", &[(&rule, &tie), (&rule, &tie)], known);
        assert_eq!(findings.len(), 1);
        findings.remove(0)
    }

    fn known(types: &[(&str, u64, Option<&str>)]) -> Told<Vec<AssociationLabel>> {
        let label = |(category, type_id, label): &(&str, u64, Option<&str>)| AssociationLabel {
            category: (*category).to_owned(),
            type_id: *type_id,
            label: label.map(str::to_owned),
        };
        Told::Answer(types.iter().map(label).collect())
    }

    #[test]
    fn a_type_that_rules_use_has_to_be_there() {
        let some = known(&[(OWN, 339, None), ("USER_DEFINED", 1, Some("Payer"))]);
        let typed = |id| AssociationKind::Type { category: None, id };
        for (kind, verdict) in [
            (AssociationKind::Default, Soundness::Sound),
            (typed(339), Soundness::Sound),
            (typed(1), Soundness::Fault),
            (AssociationKind::Label("payer".to_owned()), Soundness::Sound),
            (AssociationKind::Label("Owner".to_owned()), Soundness::Fault),
        ] {
            assert_eq!(judge(kind.clone(), &some).verdict, verdict, "{kind:?}");
        }
        let owner = judge(AssociationKind::Label("Owner".to_owned()), &some);
        assert_eq!(owner.words, "HubSpot has the labels `Payer`");
        assert_eq!(judge(AssociationKind::Default, &known(&[])).verdict, Soundness::Fault);
    }

    #[test]
    fn a_label_that_may_not_be_read_fails_deliveries_and_a_number_does_not() {
        let barred = Told::Barred("scopes".to_owned());
        let label = judge(AssociationKind::Label("Payer".to_owned()), &barred);
        assert_eq!(label.verdict, Soundness::Fault);
        assert_eq!(judge(AssociationKind::Default, &barred).verdict, Soundness::Unknown);
    }
}
