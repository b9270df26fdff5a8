//! What rules use of a desk, read off them without an event.

use super::{Rule, RuleBook, Text};
use crate::{
    event::DeskName,
    inspection::{AssociationNeed, MetadataNeed, Needs, PriorityNeed, RuleNeeds},
    ticket::Priority,
};

impl RuleBook {
    /// What the rules use of `desk`, as far as that can be known without an event.
    pub fn needs(&self, desk: &DeskName) -> Needs {
        let rules = self.rules().iter().filter(|rule| rule.desks.contains(desk));
        Needs { rules: rules.map(|rule| needs(rule, desk)).collect() }
    }
}

fn needs(rule: &Rule, desk: &DeskName) -> RuleNeeds {
    let metadata = |(name, typed): &(String, super::Typed)| MetadataNeed {
        name: name.clone(),
        value: typed.known(),
    };
    let ties = rule.associations.iter().filter(|association| association.desk == *desk);
    RuleNeeds {
        rule: rule.name.clone(),
        action: rule.action,
        has_incident: rule.incident.is_some(),
        priority: priority(rule.priority.as_ref()),
        metadata: rule.metadata.iter().map(metadata).collect(),
        tags: rule.tags.iter().filter_map(Text::literal).map(str::to_owned).collect(),
        associations: ties
            .map(|tie| AssociationNeed {
                object: tie.object.clone(),
                property: tie.property.clone(),
                kind: tie.kind.clone(),
                missing: tie.missing,
            })
            .collect(),
    }
}

fn priority(text: Option<&Text>) -> PriorityNeed {
    let Some(text) = text else {
        return PriorityNeed { named: [Priority::default()].into(), is_open: false };
    };
    let named = match text.literal() {
        Some(literal) => literal.trim().parse().into_iter().collect(),
        None => text.quoted().iter().filter_map(|quoted| quoted.trim().parse().ok()).collect(),
    };
    PriorityNeed { named, is_open: text.literal().is_none() }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use crate::rules::{Form, Templates};

    use super::*;

    fn priorities(source: &str) -> (Vec<Priority>, bool) {
        let text = Templates::default().text(source, Form::Plain).unwrap();
        let PriorityNeed { named, is_open } = priority(Some(&text));
        (named.into_iter().collect(), is_open)
    }

    #[test]
    fn a_priority_is_known_where_it_is_no_template() {
        assert_eq!(priorities("high"), (vec![Priority::High], false));
        let PriorityNeed { named, is_open } = priority(None);
        assert_eq!((named, is_open), ([Priority::Medium].into(), false));
    }

    #[test]
    fn a_template_names_priorities_and_may_give_others() {
        let (named, is_open) =
            priorities("{{ 'URGENT' if data.amount >= 1000 else \"low\" }}{# 'HIGH' #}");
        assert!(named.contains(&Priority::Urgent) && named.contains(&Priority::Low));
        assert_eq!((named.len(), is_open), (2, true));
        assert_eq!(priorities("{{ data.level }}"), (Vec::new(), true));
    }
}
