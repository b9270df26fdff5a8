//! Silences, compiled.

use jiff::Timestamp;

use crate::{
    causes::Causes,
    delivery::Suppressor,
    ledger::{Granted, Silence},
    rules::{Condition, RuleBook, Scope, Templates},
};

/// All silences that are not over, the first made first.
#[derive(Debug)]
pub(crate) struct SilenceBook {
    templates: Templates,
    silences: Vec<(Silence, Option<Condition>)>,
}

impl SilenceBook {
    /// Compiles `silences`. One whose `when` does not compile any more is left out, and that is told.
    pub(crate) fn of(silences: &[Silence]) -> Self {
        let mut templates = Templates::default();
        let mut compiled = Vec::with_capacity(silences.len());
        for silence in silences {
            let when = silence.choice.when.as_deref();
            match when.map(|when| templates.condition(when)).transpose() {
                Ok(when) => compiled.push((silence.clone(), when)),
                Err(error) => {
                    let (silence, error) = (silence.id, Causes(&error));
                    tracing::warn!(%silence, %error, "The `when` of silence {silence} is not understood");
                }
            }
        }
        Self { templates, silences: compiled }
    }

    /// The first silence that keeps a delivery from its ticket. `when` sees of the event what
    /// operators may see of it: otherwise, guesses would find what is redacted.
    pub(crate) fn suppressing(
        &self,
        granted: &Granted,
        rules: &RuleBook,
        now: Timestamp,
    ) -> Option<Suppressor> {
        let Granted { delivery, envelope } = granted;
        if !delivery.has_not_begun() {
            return None;
        }
        let event = &envelope.event;
        let mut scope = None;
        let found = self.silences.iter().find(|(silence, when)| {
            if !silence.holds_at(now)
                || !silence.choice.names(&delivery.event, &delivery.desk)
                || delivery.is_released_from(&Suppressor::Silence(silence.id))
            {
                return false;
            }
            let Some(when) = when else { return true };
            let scope =
                scope.get_or_insert_with(|| Scope::of(event, &rules.hidden_of(&event.source)));
            self.templates.holds(when, scope).unwrap_or(false)
        });
        found.map(|(silence, _)| Suppressor::Silence(silence.id))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        delivery::{Delivery, EventRef, Release, SilenceChoice, SilenceId, State},
        event::{
            Attributes, Envelope, Event, RedactedPath, Redaction, Redactions, RequestId, Route,
        },
        ledger::Via,
        ticket::Priority,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Silence 1, from 10 until 20.
    fn silence(when: Option<&str>) -> Silence {
        let types = vec!["payment.*".parse().unwrap()];
        let when = when.map(str::to_owned);
        Silence {
            id: SilenceId::of(1),
            from: at(10),
            until: at(20),
            choice: SilenceChoice { types, when, ..SilenceChoice::default() },
            created_at: at(0),
            who: "ada".to_owned(),
            via: Via::Token,
            why: "a test".to_owned(),
            ended: None,
            suppressed: 0,
            released: 0,
            is_releasing: false,
        }
    }

    fn granted() -> Granted {
        let event = Event {
            source: "shop".parse().unwrap(),
            id: "e-1".parse().unwrap(),
            event_type: "payment.failed".parse().unwrap(),
            attributes: Attributes { source: "/shop".to_owned(), ..Attributes::default() },
            data: json!({ "amount": 7, "card": "4242" }),
        };
        let (desk, rule) = ("crm".parse().unwrap(), "a-rule".parse().unwrap());
        let route = Route { desk, rule, priority: Priority::High };
        let request_id = RequestId::carried("r-1");
        let delivery = Delivery {
            claims: 1,
            state: State::Attempting { since: at(0), until: at(30) },
            ..Delivery::queued(EventRef::of(&event), &route, request_id.clone(), at(0))
        };
        let trace = request_id.trace();
        let envelope =
            Envelope { event, routes: Vec::new(), request_id, received_at: at(0), trace };
        Granted { delivery, envelope }
    }

    fn suppresses(silence: Silence, granted: &Granted, now: i64) -> bool {
        let hidden = Redaction::new(vec!["data.card".parse::<RedactedPath>().unwrap()]);
        let redactions: Redactions = [("shop".parse().unwrap(), hidden)].into_iter().collect();
        let rules = RuleBook::default().hiding(redactions);
        SilenceBook::of(&[silence]).suppressing(granted, &rules, at(now)).is_some()
    }

    #[test]
    fn a_silence_holds_from_its_beginning_to_its_end() {
        for (now, expected) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(suppresses(silence(None), &granted(), now), expected, "{now}");
        }
        let ended = Silence { ended: Some((at(12), "ada".to_owned())), ..silence(None) };
        assert!(!suppresses(ended, &granted(), 15));
    }

    #[test]
    fn when_says_of_which_events() {
        for (when, expected) in
            [("data.amount < 10", true), ("data.amount > 10", false), ("event.id == 'e-1'", true)]
        {
            assert_eq!(suppresses(silence(Some(when)), &granted(), 15), expected, "{when}");
        }
    }

    #[test]
    fn where_it_cannot_be_told_there_is_a_ticket() {
        for when in ["data.amount.items() | length > 1 or 1 / 0", "data.amount ="] {
            assert!(!suppresses(silence(Some(when)), &granted(), 15), "{when}");
        }
    }

    #[test]
    fn no_silence_finds_out_what_is_redacted() {
        assert!(!suppresses(silence(Some("data.card == '4242'")), &granted(), 15));
    }

    #[test]
    fn what_was_released_is_suppressed_by_later_silences_alone() {
        let mut released = granted();
        let (first, second) = (SilenceId::of(1), SilenceId::of(2));
        released.delivery.release = Some(Release { silence: first, known: first });
        assert!(!suppresses(silence(None), &released, 15));
        assert!(suppresses(Silence { id: second, ..silence(None) }, &released, 15));
    }
}
