//! A HubSpot account as a desk.

use std::{num::NonZeroU16, time::Duration};

use async_trait::async_trait;

use super::{
    Settings,
    api::LARGEST_BATCH,
    client::Client,
    collision::Holder,
    creates::Created,
    kinds::{self, COMPANY},
    preview,
    requests::{self, CATEGORY, PRIORITY, Resolved},
    ties,
};
use crate::{
    delivery::{DeliveryKey, Outcome, RecordKey, Step, StepRecord},
    desks::{
        Abilities, BuildError, Desk, DeskError, DeskSettings, Found, HANDFUL, Pacer, Preview,
        Sought, Task,
    },
    standing::Past,
    ticket::{Missing, Priority, Target, TicketDraft, TicketRef},
};

/// The priority that every account has and that stands in for one that it lacks.
const FALLBACK: &str = "HIGH";

/// One HubSpot account.
#[derive(Debug)]
pub struct HubSpot {
    pub(super) client: Client,
    pub(super) settings: Settings,
}

impl HubSpot {
    /// Sets the account's client up; nothing is sent.
    pub fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        Ok(Self { client: Client::new(settings, vendor)?, settings: vendor.clone() })
    }
}

#[async_trait]
impl Desk for HubSpot {
    /// One step for each record that has to be looked up, then the ticket with all its ties.
    fn plan(&self, draft: &TicketDraft) -> Vec<Step> {
        [ties::steps(draft), vec![Step::Ticket]].concat()
    }

    fn abilities(&self) -> Abilities {
        let resolve = self.settings.resolved_stage.is_some();
        Abilities { comment: true, raise: true, resolve }
    }

    fn preview(&self, key: &DeliveryKey, draft: &TicketDraft) -> Result<Vec<Preview>, DeskError> {
        check(draft)?;
        Ok(preview::requests(&self.client, &self.settings, key, draft))
    }

    fn pacer(&self) -> &Pacer {
        self.client.account().caller().pacer()
    }

    fn resume(&self, past: &Past) {
        self.client.account().resume(past);
    }

    /// Enough for two whole batches: one is under way while the next one gathers.
    fn at_once(&self) -> NonZeroU16 {
        let batches = 2 * LARGEST_BATCH;
        u16::try_from(batches).ok().and_then(NonZeroU16::new).unwrap_or(HANDFUL)
    }

    fn begin(&self, lane: Priority, waited: Duration) {
        self.client.begin(lane, waited);
    }

    async fn act(&self, step: &Step, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let Task { key, draft, done, .. } = *task;
        match step {
            Step::Record(key) => {
                check(draft)?;
                self.record(key, draft).await
            }
            Step::Ticket => {
                check(draft)?;
                self.open(key, draft, done).await.map(Outcome::Ticket)
            }
            Step::Comment(mark) => self.comment(mark, task).await,
            Step::Raise => self.raise(task).await,
            Step::Reopen => self.reopen(task).await,
            Step::Resolve => self.close(task).await,
            Step::Customer | Step::TimeLine(_) => {
                Err(DeskError::Incomplete("HubSpot knows contacts, not customers".to_owned()))
            }
        }
    }

    async fn find(&self, sought: &Sought<'_>) -> Result<Found, DeskError> {
        match sought {
            Sought::Ticket(key) => self.find_ticket(key).await,
            Sought::Comment { mark, ticket } => self.find_comment(mark, ticket).await,
        }
    }
}

/// What HubSpot requires of every ticket; said before anything is sent.
fn check(draft: &TicketDraft) -> Result<(), DeskError> {
    if draft.subject.trim().is_empty() {
        return Err(DeskError::Incomplete(
            "HubSpot requires `subject`, and it is empty".to_owned(),
        ));
    }
    ties::check(draft)
}

impl HubSpot {
    async fn find_ticket(&self, key: &DeliveryKey) -> Result<Found, DeskError> {
        match &self.settings.key_property {
            None => Ok(Found::CannotTell),
            Some(property) => {
                let call = requests::find_ticket(&self.settings, property, key);
                self.client.find_ticket(&call).await
            }
        }
    }

    async fn record(&self, key: &RecordKey, draft: &TicketDraft) -> Result<Outcome, DeskError> {
        let step = Step::Record(key.clone());
        let mut numbered = draft.associations.iter().enumerate();
        let Some((number, association)) = numbered.find(|(_, it)| RecordKey::of(it) == *key) else {
            return Err(DeskError::Incomplete(format!("no association is about `{step}`")));
        };
        let Target::Match { property, value } = &association.target else {
            return Err(DeskError::Incomplete(format!("`associations[{number}]` matches nothing")));
        };
        let object = kinds::path_name(&association.object);
        let found = match requests::find_record(&self.settings, object, property, value) {
            Some(call) => self.client.find_record(&step, &call).await?,
            None => None,
        };
        if let Some(id) = found {
            return Ok(Outcome::Record(id));
        }
        let customer = draft.customer.as_ref();
        match association.missing {
            Missing::Skip => Ok(Outcome::Skipped),
            Missing::Fail => Err(ties::missing(number, association)),
            Missing::Create => {
                let call =
                    requests::create_record(&self.settings, object, property, value, customer)
                        .ok_or_else(|| ties::missing(number, association))?;
                let id = if (object, property.as_str()) == COMPANY {
                    self.client.create_company(&step, value, &call).await?
                } else {
                    self.client.create_contact(&step, &call).await?
                };
                Ok(Outcome::Record(id))
            }
        }
    }

    async fn open(
        &self,
        key: &DeliveryKey,
        draft: &TicketDraft,
        done: &[StepRecord],
    ) -> Result<TicketRef, DeskError> {
        let created = match self.create(key, draft, done).await {
            Err(refusal @ DeskError::Refused(..)) => {
                let draft = self.draft_that_may_do(draft, refusal).await?;
                self.create(key, &draft, done).await?
            }
            created => created?,
        };
        match created {
            Created::Ticket(ticket) => Ok(ticket),
            Created::Taken(collision, refusal) => match &self.settings.key_property {
                None => Err(refusal),
                Some(property) => self.settle(collision.holder(property, key), key, refusal).await,
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

    /// A draft to ask for after `refusal`, where what the rule says of missing records gives one.
    async fn draft_that_may_do(
        &self,
        draft: &TicketDraft,
        refusal: DeskError,
    ) -> Result<TicketDraft, DeskError> {
        match ties::without_gone(&self.client, &self.settings, draft).await {
            Ok(Some(draft)) => Ok(draft),
            // All records are there, or the account cannot tell, now or later.
            Ok(None) | Err(DeskError::Refused(..) | DeskError::Account(_)) => Err(refusal),
            Err(error) => Err(beforehand(error)),
        }
    }

    /// A ticket that has the key already is this delivery's ticket: the answer to the request that
    /// made it was lost.
    async fn settle(
        &self,
        holder: Holder,
        key: &DeliveryKey,
        refusal: DeskError,
    ) -> Result<TicketRef, DeskError> {
        if holder == Holder::Other {
            return Err(refusal);
        }
        match (self.find_ticket(key).await, holder) {
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
