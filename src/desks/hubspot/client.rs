//! One HubSpot account over HTTP, and what it has said about itself.

use std::{sync::Arc, time::Duration};

use super::{
    Settings,
    account::Account,
    answers::{self, AssociationLabel, PropertyOption},
    creates::{Created, Creates},
    notes, requests,
};
use crate::{
    delivery::{DeliveryKey, Step},
    desks::{
        BuildError, DeskError, DeskSettings, Found, Preview, call::Call, gathering::Pace,
        memo::Memo, reply::Reply,
    },
    ticket::Priority,
};

/// How long options and labels are taken as known. Admins change them rarely.
const ACCOUNT_MEMORY: Duration = Duration::from_hours(1);

/// How long a company that was made is remembered: far longer than search takes to learn of it.
const COMPANY_MEMORY: Duration = Duration::from_mins(10);

/// Sends HubSpot's requests and reads its answers.
#[derive(Debug)]
pub(super) struct Client {
    account: Account,
    pace: Pace,
    creates: Creates,
    options: Memo<Option<Arc<[PropertyOption]>>>,
    labels: Memo<Arc<[AssociationLabel]>>,
    companies: Memo<String>,
}

impl Client {
    pub(super) fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        let pace = Pace::default();
        Ok(Self {
            account: Account::new(settings, vendor)?,
            creates: Creates::new(vendor, &pace),
            pace,
            options: Memo::new(ACCOUNT_MEMORY),
            labels: Memo::new(ACCOUNT_MEMORY),
            companies: Memo::new(COMPANY_MEMORY),
        })
    }

    /// The way to the account.
    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    pub(super) fn preview(&self, step: &Step, only: Option<&str>, call: Call) -> Preview {
        let caller = self.account.caller();
        call.preview(step, only, caller.base_url(), caller.credential())
    }

    /// A delivery of `lane` begins, so long after its event was received.
    pub(super) fn begin(&self, lane: Priority, waited: Duration) {
        self.pace.begin(lane, waited);
    }

    /// Asks for the ticket of `key`; under a backlog of its lane, together with others.
    pub(super) async fn create_ticket(
        &self,
        lane: Priority,
        key: &DeliveryKey,
        call: Call,
    ) -> Result<Created, DeskError> {
        self.creates.create(&self.account, lane, key, call).await
    }

    pub(super) async fn find_ticket(&self, call: &Call) -> Result<Found, DeskError> {
        answers::found(&self.send("look-up", call).await?)
    }

    /// Makes a note.
    pub(super) async fn create_note(&self, step: &Step, call: &Call) -> Result<(), DeskError> {
        answers::created_record(&self.send(&step.to_string(), call).await?).map(drop)
    }

    /// Changes a ticket.
    pub(super) async fn change_ticket(&self, step: &Step, call: &Call) -> Result<(), DeskError> {
        answers::changed(&self.send(&step.to_string(), call).await?)
    }

    /// A page of a ticket's notes, and where the next one begins; `None` where there is no ticket.
    pub(super) async fn list_notes(
        &self,
        call: &Call,
    ) -> Result<Option<(Vec<String>, Option<String>)>, DeskError> {
        let reply = self.send("look-up", call).await?;
        if answers::is_absent(&reply) { Ok(None) } else { notes::listed(&reply).map(Some) }
    }

    /// What notes say.
    pub(super) async fn read_notes(&self, call: &Call) -> Result<Vec<String>, DeskError> {
        notes::bodies(&self.send("look-up", call).await?)
    }

    /// Asks for a record, by its own resource or by search.
    pub(super) async fn find_record(
        &self,
        step: &Step,
        call: &Call,
    ) -> Result<Option<String>, DeskError> {
        if call.body.is_none() {
            return answers::record(&self.send(&step.to_string(), call).await?);
        }
        answers::searched(&self.account.search(&step.to_string(), call).await?)
    }

    /// Makes a contact. HubSpot keeps their addresses apart, so a second one is the first.
    pub(super) async fn create_contact(
        &self,
        step: &Step,
        call: &Call,
    ) -> Result<String, DeskError> {
        answers::created_record(&self.send(&step.to_string(), call).await?)
    }

    /// Makes a company, unless it was made here so shortly before that search may not know it.
    pub(super) async fn create_company(
        &self,
        step: &Step,
        domain: &str,
        call: &Call,
    ) -> Result<String, DeskError> {
        let make = self.create_contact(step, call);
        self.companies.get_or_read(&domain.trim().to_lowercase(), make).await
    }

    async fn send(&self, step: &str, call: &Call) -> Result<Reply, DeskError> {
        self.account.send(step, call).await
    }

    /// The options of a ticket property; `None` where they cannot be read.
    pub(super) async fn options(
        &self,
        settings: &Settings,
        property: &str,
    ) -> Result<Option<Arc<[PropertyOption]>>, DeskError> {
        let read = async {
            let call = requests::property(settings, property);
            let reply = self.send(&Step::Ticket.to_string(), &call).await?;
            Ok(answers::options(&reply)?.map(Arc::from))
        };
        self.options.get_or_read(property, read).await
    }

    /// The labels of associations from a ticket to `object` (its name in paths).
    pub(super) async fn labels(&self, object: &str) -> Result<Arc<[AssociationLabel]>, DeskError> {
        let read = async {
            let call = requests::labels(object);
            let reply = self.send(&Step::Ticket.to_string(), &call).await?;
            Ok(Arc::from(answers::labels(&reply)?))
        };
        self.labels.get_or_read(object, read).await
    }

    /// Makes the next [`labels`](Self::labels) ask anew.
    pub(super) async fn forget_labels(&self, object: &str) {
        self.labels.forget(object).await;
    }
}
