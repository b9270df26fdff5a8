//! How a ticket comes to be: what it depends on is looked up, it is asked for, and what comes back is
//! read with its key in mind.

use super::{
    collision::Holder,
    creates::Created,
    desk::HubSpot,
    records::Mended,
    requests::{self, CATEGORY, PRIORITY, Resolved},
    ties,
};
use crate::{
    delivery::{DeliveryKey, StepRecord},
    desks::{DeskError, Found},
    ticket::{Priority, TicketDraft, TicketRef},
};

/// The priority that every account has and that stands in for one that it lacks.
const FALLBACK: &str = "HIGH";

impl HubSpot {
    /// Asks for the ticket, with all its ties.
    pub(super) async fn open(
        &self,
        key: &DeliveryKey,
        draft: &TicketDraft,
        done: &[StepRecord],
    ) -> Result<TicketRef, DeskError> {
        let created = match self.create(key, draft, done).await {
            Err(refusal @ DeskError::Refused(..)) => {
                let Mended { draft, done } = self.mended(draft, done, refusal).await?;
                self.create(key, &draft, &done).await?
            }
            created => created?,
        };
        match created {
            Created::Ticket(ticket) => Ok(ticket),
            Created::Taken(collision, refusal) => match &self.settings.key_property {
                None => Err(refusal),
                Some(property) => {
                    let holder = collision.holder(property, key);
                    self.settle(holder, draft.priority, key, refusal).await
                }
            },
        }
    }

    async fn create(
        &self,
        key: &DeliveryKey,
        draft: &TicketDraft,
        done: &[StepRecord],
    ) -> Result<Created, DeskError> {
        let resolved = self.resolve(draft, done).await.map_err(beforehand)?;
        let call = requests::create_ticket(&self.settings, key, draft, &resolved);
        self.client.create_ticket(draft.priority, key, call).await
    }

    /// A ticket that has the key already is this delivery's ticket: the answer to the request that
    /// made it was lost.
    async fn settle(
        &self,
        holder: Holder,
        lane: Priority,
        key: &DeliveryKey,
        refusal: DeskError,
    ) -> Result<TicketRef, DeskError> {
        if holder == Holder::Other {
            return Err(refusal);
        }
        match (self.client.find_ticket(lane, key).await, holder) {
            (Ok(Found::Ticket(ticket)), _) => Ok(ticket),
            // A ticket in the recycle bin is not found, and yet it is the one that was made.
            (
                Ok(Found::Absent | Found::Comment | Found::CannotTell) | Err(_),
                Holder::Ticket(id),
            ) => Ok(TicketRef { id, number: None, url: None }),
            (Ok(Found::Absent | Found::Comment | Found::CannotTell), _) => Err(refusal),
            (Err(error), _) => Err(beforehand(error)),
        }
    }

    async fn resolve(
        &self,
        draft: &TicketDraft,
        done: &[StepRecord],
    ) -> Result<Resolved, DeskError> {
        Ok(Resolved {
            ties: ties::resolve(&self.client, draft, done).await?,
            priority: self.priority(draft.priority).await?,
            category: self.category(draft.category.as_deref()).await?,
        })
    }

    /// Accounts can take options away; `URGENT` came late, and many do not have it.
    pub(super) async fn priority(&self, wanted: Priority) -> Result<&'static str, DeskError> {
        let wanted = requests::priority(wanted);
        if wanted != requests::priority(Priority::Urgent) {
            return Ok(wanted);
        }
        let options = self.client.options(&self.settings, PRIORITY).await?;
        let is_there =
            options.is_some_and(|options| options.iter().any(|option| option.value == wanted));
        Ok(if is_there { wanted } else { FALLBACK })
    }

    /// The draft's category is free text and HubSpot's is not: it is sent where it is an option's
    /// value or label, in any case, and left out where it is neither.
    async fn category(&self, wanted: Option<&str>) -> Result<Option<String>, DeskError> {
        let Some(wanted) = wanted.map(str::trim).filter(|wanted| !wanted.is_empty()) else {
            return Ok(None);
        };
        let options = self.client.options(&self.settings, CATEGORY).await?;
        let is_same = |text: &str| text.to_lowercase() == wanted.to_lowercase();
        Ok(options.and_then(|options| {
            let by_value = options.iter().find(|option| is_same(&option.value));
            let found = by_value.or_else(|| options.iter().find(|option| is_same(&option.label)));
            found.map(|option| option.value.clone())
        }))
    }
}

/// What went wrong with a question is no doubt about the ticket. What is known without one stays
/// as it is.
pub(super) fn beforehand(error: DeskError) -> DeskError {
    match error {
        DeskError::Incomplete(_) | DeskError::MissingRecord(_) => error,
        error => DeskError::Beforehand(Box::new(error)),
    }
}
