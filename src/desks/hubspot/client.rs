//! One HubSpot account over HTTP, and what it has said about itself.

use std::{sync::Arc, time::Duration};

use super::{
    Settings,
    account::Account,
    answers::{self, AssociationLabel, PropertyOption},
    creates::{Created, Creates},
    known::Known,
    look_ups::LookUps,
    notes,
    questions::Question,
    requests,
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

/// Sends HubSpot's requests and reads its answers.
#[derive(Debug)]
pub(super) struct Client {
    account: Account,
    pace: Pace,
    creates: Creates,
    look_ups: LookUps,
    known: Known,
    /// Held by whoever makes a company, so that two deliveries do not both make one.
    making: tokio::sync::Mutex<()>,
    key: Option<Question>,
    options: Memo<Option<Arc<[PropertyOption]>>>,
    labels: Memo<Arc<[AssociationLabel]>>,
}

impl Client {
    pub(super) fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        let pace = Pace::default();
        Ok(Self {
            account: Account::new(settings, vendor)?,
            creates: Creates::new(vendor, &pace),
            look_ups: LookUps::new(vendor, &pace),
            known: Known::default(),
            making: tokio::sync::Mutex::default(),
            key: vendor.key_property.as_deref().map(|it| Question::by_unique("tickets", it)),
            pace,
            options: Memo::new(ACCOUNT_MEMORY),
            labels: Memo::new(ACCOUNT_MEMORY),
        })
    }

    /// The way to the account.
    pub(super) fn account(&self) -> &Account {
        &self.account
    }

    pub(super) fn preview(&self, step: &Step, only: Option<&str>, call: Call) -> Preview {
        self.account.caller().preview(step, only, call)
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
        let in_doubt = |count| {
            if let Some(question) = &self.key {
                self.look_ups.expect(lane, question, count);
            }
        };
        self.creates.create(&self.account, lane, key, call, in_doubt).await
    }

    /// Looks for the ticket of `key`, perhaps together with others of its lane.
    pub(super) async fn find_ticket(
        &self,
        lane: Priority,
        key: &DeliveryKey,
    ) -> Result<Found, DeskError> {
        let Some(question) = &self.key else { return Ok(Found::CannotTell) };
        match self.look_ups.find(&self.account, lane, question, key.as_str()).await {
            Ok(Some(ticket)) => Ok(Found::Ticket(ticket.into())),
            Ok(None) => Ok(Found::Absent),
            // The property does not exist, or its values are not unique: the account offers no way.
            Err(DeskError::Refused(_, answer)) if answer.status == 400 => Ok(Found::CannotTell),
            Err(error) => Err(error),
        }
    }

    /// Makes a note.
    pub(super) async fn create_note(&self, step: &Step, call: &Call) -> Result<(), DeskError> {
        answers::created_record(&self.send(&step.to_string(), call).await?).map(drop)
    }

    /// Changes a ticket.
    pub(super) async fn change_ticket(&self, step: &Step, call: &Call) -> Result<(), DeskError> {
        answers::changed(&self.send(&step.to_string(), call).await?)
    }

    /// Ties a record to a ticket. What is there already is left as it is.
    pub(super) async fn tie(&self, step: &Step, call: &Call) -> Result<(), DeskError> {
        answers::tied(&self.send(&step.to_string(), call).await?)
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

    /// Asks for the record that has `value`, unless it is known.
    pub(super) async fn find_record(
        &self,
        lane: Priority,
        question: &Question,
        value: &str,
    ) -> Result<Option<String>, DeskError> {
        if let Some(id) = self.known.get(question, value) {
            return Ok(Some(id));
        }
        let found = self.look_ups.find(&self.account, lane, question, value).await?;
        let id = found.map(|record| record.id);
        if let Some(id) = &id {
            self.known.put(question, value, id);
        }
        Ok(id)
    }

    /// Whether there is a record of `object` (its name in paths) with this id.
    pub(super) async fn is_there(
        &self,
        lane: Priority,
        object: &str,
        id: &str,
    ) -> Result<bool, DeskError> {
        let found = self.look_ups.find(&self.account, lane, &Question::by_id(object), id).await?;
        Ok(found.is_some())
    }

    /// The record `id`, which had `value`, is gone.
    pub(super) fn forget_record(&self, question: &Question, value: &str, id: &str) {
        self.known.forget(question, value, id);
    }

    /// Makes a contact. HubSpot keeps their addresses apart, so a second one is the first.
    pub(super) async fn create_contact(
        &self,
        step: &Step,
        (question, email): (&Question, &str),
        call: &Call,
    ) -> Result<String, DeskError> {
        let id = answers::created_record(&self.send(&step.to_string(), call).await?)?;
        self.known.put(question, email, &id);
        Ok(id)
    }

    /// Makes a company, unless it was made here so shortly before that search may not know it.
    pub(super) async fn create_company(
        &self,
        step: &Step,
        (question, domain): (&Question, &str),
        call: &Call,
    ) -> Result<String, DeskError> {
        let _making = self.making.lock().await;
        match self.known.get(question, domain) {
            Some(id) => Ok(id),
            None => self.create_contact(step, (question, domain), call).await,
        }
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
