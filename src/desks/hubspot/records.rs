//! The records that a ticket is tied to: found, made, or found to be gone.

use super::{
    desk::HubSpot,
    kinds::{self, COMPANY},
    opening::beforehand,
    questions::Question,
    requests, ties,
};
use crate::{
    delivery::{Outcome, Progress, RecordKey, Step, StepRecord},
    desks::DeskError,
    ticket::{Association, Missing, Target, TicketDraft},
};

/// What a ticket is asked for with when its ties have changed.
pub(super) struct Mended {
    pub(super) draft: TicketDraft,
    /// The outcomes of the steps before.
    pub(super) done: Vec<StepRecord>,
}

impl HubSpot {
    /// Finds or makes the record of the step `key`. The one with the id `gone` does not count: search
    /// may list it for a while.
    pub(super) async fn record(
        &self,
        key: &RecordKey,
        draft: &TicketDraft,
        gone: Option<&str>,
    ) -> Result<Outcome, DeskError> {
        let step = Step::Record(key.clone());
        let mut numbered = draft.associations.iter().enumerate();
        let Some((number, association)) = numbered.find(|(_, it)| RecordKey::of(it) == *key) else {
            return Err(DeskError::Incomplete(format!("no association is about `{step}`")));
        };
        let Target::Match { property, value } = &association.target else {
            return Err(DeskError::Incomplete(format!("`associations[{number}]` matches nothing")));
        };
        let object = kinds::path_name(&association.object);
        let question = Question::by_property(object, property);
        match self.client.find_record(draft.priority, &question, value).await? {
            Some(id) if gone == Some(&id) => self.client.forget_record(&question, value, &id),
            Some(id) => return Ok(Outcome::Record(id)),
            None => {}
        }
        match association.missing {
            Missing::Skip => Ok(Outcome::Skipped),
            Missing::Fail => Err(ties::missing(number, association)),
            Missing::Create => {
                let customer = draft.customer.as_ref();
                let call =
                    requests::create_record(&self.settings, object, property, value, customer)
                        .ok_or_else(|| ties::missing(number, association))?;
                let named = (&question, value.as_str());
                let id = if (object, property.as_str()) == COMPANY {
                    self.client.create_company(&step, named, &call).await?
                } else {
                    self.client.create_contact(&step, named, &call).await?
                };
                Ok(Outcome::Record(id))
            }
        }
    }

    /// What to ask with after `refusal`, where records that the ticket is tied to are gone: HubSpot
    /// refuses such a ticket in words that are not documented.
    pub(super) async fn mended(
        &self,
        draft: &TicketDraft,
        done: &[StepRecord],
        refusal: DeskError,
    ) -> Result<Mended, DeskError> {
        match self.without_gone(draft, done).await {
            Ok(Some(mended)) => Ok(mended),
            // All records are there, or the account cannot tell, now or later.
            Ok(None) | Err(DeskError::Refused(..) | DeskError::Account(_)) => Err(refusal),
            Err(error) => Err(beforehand(error)),
        }
    }

    /// `None` where all records are there. One by its id that is gone is left out, where the rule says
    /// so; one by a value is looked up anew.
    async fn without_gone(
        &self,
        draft: &TicketDraft,
        done: &[StepRecord],
    ) -> Result<Option<Mended>, DeskError> {
        let mut mended = Mended { draft: draft.clone(), done: done.to_vec() };
        mended.draft.associations.clear();
        let mut is_mended = false;
        for (number, association) in draft.associations.iter().enumerate() {
            let key = RecordKey::of(association);
            let Some(id) = ties::known_id(association, done) else {
                mended.draft.associations.push(association.clone());
                continue;
            };
            if self.is_still_it(draft, association, id).await? {
                mended.draft.associations.push(association.clone());
                continue;
            }
            is_mended = true;
            match (&association.target, association.missing) {
                (Target::Match { .. }, _) => {
                    let outcome = self.record(&key, draft, Some(id)).await?;
                    mended.draft.associations.push(association.clone());
                    replace(&mut mended.done, &Step::Record(key), &outcome);
                }
                (Target::Id(_), Missing::Skip) => {}
                (Target::Id(_), Missing::Create | Missing::Fail) => {
                    return Err(ties::missing(number, association));
                }
            }
        }
        Ok(is_mended.then_some(mended))
    }

    /// Whether the record `id` is there; one that is gone is forgotten.
    async fn is_still_it(
        &self,
        draft: &TicketDraft,
        association: &Association,
        id: &str,
    ) -> Result<bool, DeskError> {
        let object = kinds::path_name(&association.object);
        let is_there = self.client.is_there(draft.priority, object, id).await?;
        if let (false, Target::Match { property, value }) = (is_there, &association.target) {
            self.client.forget_record(&Question::by_property(object, property), value, id);
        }
        Ok(is_there)
    }
}

/// Writes `outcome` in the place of what `step` came to before.
fn replace(done: &mut [StepRecord], step: &Step, outcome: &Outcome) {
    for record in done.iter_mut().filter(|record| record.step == *step) {
        if let Progress::Done { outcome: before, .. } = &mut record.progress {
            before.clone_from(outcome);
        }
    }
}
