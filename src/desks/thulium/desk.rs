//! A Thulium system as a desk.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use super::{
    Account, Settings, customers::Wanted, drafting, finding, preview, records::Entry, ties,
};
use crate::{
    delivery::{DeliveryKey, Outcome, Step, StepRecord},
    desks::{
        Abilities, BuildError, Desk, DeskError, DeskSettings, Found, Idle, Pacer, Preview, SetUp,
        Sought, Task, memo::Memo,
    },
    inspection::{Finding, Needs},
    ticket::{Missing, Target, TicketDraft, TicketRef},
};

/// How long categories are taken as known. Admins change them rarely.
const ACCOUNT_MEMORY: Duration = Duration::from_hours(1);

/// How long a customer is remembered: far longer than a list may take to learn of a new one.
const CUSTOMER_MEMORY: Duration = Duration::from_mins(10);

/// One Thulium system.
#[derive(Debug)]
pub struct Thulium {
    pub(super) account: Account,
    pub(super) settings: Settings,
    customers: Memo<String>,
    categories: Memo<Arc<[Entry]>>,
}

impl Thulium {
    /// Sets the system's client up; nothing is sent.
    pub fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        Ok(Self {
            account: Account::new(settings, vendor)?,
            settings: vendor.clone(),
            customers: Memo::new(CUSTOMER_MEMORY),
            categories: Memo::new(ACCOUNT_MEMORY),
        })
    }
}

#[async_trait]
impl Desk for Thulium {
    /// The customer, where the rule says whom to look for, and the ticket.
    fn plan(&self, draft: &TicketDraft) -> Vec<Step> {
        ties::step(draft).into_iter().chain([Step::Ticket]).collect()
    }

    fn abilities(&self) -> Abilities {
        let Settings { priority_field, priority_tags, resolved_status, .. } = &self.settings;
        let raise = priority_field.is_some() || !priority_tags.is_empty();
        Abilities { comment: true, raise, resolve: resolved_status.is_some(), tie: false }
    }

    fn preview(&self, key: &DeliveryKey, draft: &TicketDraft) -> Result<Vec<Preview>, DeskError> {
        drafting::check(draft)?;
        preview::requests(&self.account, &self.settings, key, draft)
    }

    fn pacer(&self) -> &Pacer {
        self.account.pacer()
    }

    async fn act(&self, step: &Step, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let Task { key, draft, done, .. } = *task;
        match step {
            Step::Customer | Step::Record(_) | Step::Ticket => drafting::check(draft)?,
            Step::Comment(_)
            | Step::TimeLine(_)
            | Step::Raise
            | Step::Reopen
            | Step::Resolve
            | Step::Tie => {}
        }
        match step {
            Step::Customer => self.customer(draft).await,
            Step::Record(_) => self.record(draft).await,
            Step::Ticket => self.open(key, draft, done).await.map(Outcome::Ticket),
            Step::Comment(mark) => self.comment(mark, task).await,
            Step::Raise => self.raise(task).await,
            Step::Reopen => self.reopen(task).await,
            Step::Resolve => self.close(task).await,
            Step::TimeLine(_) | Step::Tie => {
                Err(DeskError::Incomplete("Thulium has comments, and no time line".to_owned()))
            }
        }
    }

    async fn find(&self, sought: &Sought<'_>) -> Result<Found, DeskError> {
        match (sought, &self.settings.key_field) {
            (Sought::Ticket { .. }, None) => Ok(Found::CannotTell),
            (Sought::Ticket { key, .. }, Some(field)) => {
                finding::find(&self.account, field, key).await
            }
            (Sought::Comment { mark, ticket }, _) => self.find_comment(mark, ticket).await,
        }
    }

    async fn inspect(&self, needs: &Needs, idle: &Idle) -> Result<Vec<Finding>, DeskError> {
        self.inspected(needs, idle).await
    }

    async fn set_up(&self) -> Result<SetUp, DeskError> {
        self.made_ready().await
    }

    fn set_up_preview(&self) -> Vec<Preview> {
        self.making_ready()
    }
}

impl Thulium {
    /// The draft's own customer. A ticket needs none: one who is not there and cannot be made, for
    /// want of a name, is left out.
    async fn customer(&self, draft: &TicketDraft) -> Result<Outcome, DeskError> {
        let Some(sought) = Wanted::of_draft(draft) else { return Ok(Outcome::Skipped) };
        match self.find_or_make(&sought, draft, true).await {
            Err(DeskError::MissingRecord(_)) => Ok(Outcome::Skipped),
            found => found.map(Outcome::Record),
        }
    }

    /// The customer that an association names.
    async fn record(&self, draft: &TicketDraft) -> Result<Outcome, DeskError> {
        let Some((number, association)) = ties::customer(draft) else {
            return Err(DeskError::Incomplete("no association is about a customer".to_owned()));
        };
        let Target::Match { property, value } = &association.target else {
            return Err(DeskError::Incomplete(format!("`associations[{number}]` matches nothing")));
        };
        let found = match Wanted::of_match(property, value) {
            Some(sought) => {
                let makes = association.missing == Missing::Create;
                self.find_or_make(&sought, draft, makes).await
            }
            None => Err(ties::missing(number)),
        };
        match found {
            Err(DeskError::MissingRecord(_)) if association.missing == Missing::Skip => {
                Ok(Outcome::Skipped)
            }
            Err(DeskError::MissingRecord(_)) => Err(ties::missing(number)),
            found => found.map(Outcome::Record),
        }
    }

    /// One at a time, so that two deliveries do not both make a customer.
    async fn find_or_make(
        &self,
        sought: &Wanted,
        draft: &TicketDraft,
        makes: bool,
    ) -> Result<String, DeskError> {
        let read = async {
            if let Some(id) = sought.find(&self.account).await? {
                return Ok(id);
            }
            match sought.new_customer(draft).filter(|_| makes) {
                Some(customer) => self.account.create_customer(&customer).await,
                None => Err(DeskError::MissingRecord("the customer".to_owned())),
            }
        };
        self.customers.get_or_read(&sought.name(), read).await
    }

    async fn open(
        &self,
        key: &DeliveryKey,
        draft: &TicketDraft,
        done: &[StepRecord],
    ) -> Result<TicketRef, DeskError> {
        let customer = ties::customer_id(draft, done)?;
        let category = self.category(draft.category.as_deref()).await.map_err(beforehand)?;
        let ticket = drafting::new_ticket(&self.settings, key, draft, customer, category);
        let created = self.account.create_ticket(&ticket).await;
        if matches!(created, Err(DeskError::Refused(..)))
            && let Some(sought) = Wanted::of_draft(draft)
        {
            // The customer may be what is refused: gone since it was remembered.
            self.customers.forget(&sought.name()).await;
        }
        created.map(|id| finding::reference(&id))
    }

    /// The draft's category is free text: it is sent where it is the id or, in any case, the name
    /// of one that the system has, and else the configured one is.
    async fn category(&self, wanted: Option<&str>) -> Result<Option<String>, DeskError> {
        let Some(wanted) = wanted.map(str::trim).filter(|wanted| !wanted.is_empty()) else {
            return Ok(self.settings.category.clone());
        };
        let read = async {
            match self.account.categories().await {
                // The API user may not read them, or the system has none.
                Err(DeskError::Account(answer)) if answer.status == 403 => Ok(Arc::default()),
                Err(DeskError::Refused(..)) => Ok(Arc::default()),
                categories => categories.map(Arc::from),
            }
        };
        let categories = self.categories.get_or_read("", read).await?;
        Ok(find(&categories, wanted).or_else(|| self.settings.category.clone()))
    }
}

fn find(entries: &[Entry], wanted: &str) -> Option<String> {
    let is_it =
        |entry: &&Entry| entry.id == wanted || entry.name.to_lowercase() == wanted.to_lowercase();
    let here = entries.iter().find(is_it).map(|entry| entry.id.clone());
    here.or_else(|| entries.iter().find_map(|entry| find(&entry.parts, wanted)))
}

/// What went wrong with a question is no doubt about the ticket.
pub(super) fn beforehand(error: DeskError) -> DeskError {
    DeskError::Beforehand(Box::new(error))
}
