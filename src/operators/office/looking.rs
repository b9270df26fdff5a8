//! Questions.

use super::Office;
use crate::{
    delivery::{Delivery, DeliveryKey, State},
    desks::Preview,
    event::{Event, EventId, SourceName},
    ledger::{
        AuditEntry, AuditSearch, Books, CallbackRecord, Cursor, EventRecord, Found, Issue, Page,
        Search, TokenHash, TokenRecord, Whole,
    },
    operators::{
        OfficeError,
        views::{
            BrakeView, DeliveryDetail, DeliveryView, EventDetail, EventView, IncidentView,
            JournalView, SourceView,
        },
    },
};

impl Office {
    /// A page of events.
    pub async fn events(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<EventView>, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let Found { items, next, walked } = ledger.search_events(search, page).await?;
        let mut views = Vec::with_capacity(items.len());
        for record in items {
            let event = &record.envelope.event;
            let deliveries = ledger.deliveries_of(&event.source, &event.id).await?;
            views.push(EventView::new(&record, &deliveries));
        }
        Ok(Found { items: views, next, walked })
    }

    /// One event with everything that happened to it.
    pub async fn event(
        &self,
        source: &SourceName,
        id: &EventId,
    ) -> Result<EventDetail, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let unknown = || OfficeError::unknown("event", format!("{id} of {source}"));
        let record: EventRecord = ledger.event(source, id).await?.ok_or_else(unknown)?;
        let deliveries = ledger.deliveries_of(source, id).await?;
        let mut details = Vec::with_capacity(deliveries.len());
        for delivery in &deliveries {
            details.push(self.detail(delivery).await?);
        }
        let verdicts = self.planner.rules.now().verdicts(&record.envelope.event);
        Ok(EventDetail::new(&record, &deliveries, details, &verdicts))
    }

    /// A page of deliveries.
    pub async fn deliveries(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<DeliveryView>, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let Found { items, next, walked } = ledger.search_deliveries(search, page).await?;
        Ok(Found { items: items.iter().map(DeliveryView::of).collect(), next, walked })
    }

    /// One delivery with every attempt.
    pub async fn delivery(&self, key: &DeliveryKey) -> Result<DeliveryDetail, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let found: Option<Delivery> = ledger.delivery(key).await?;
        let delivery = found.ok_or_else(|| OfficeError::unknown("delivery", key.as_str()))?;
        self.detail(&delivery).await
    }

    async fn detail(&self, delivery: &Delivery) -> Result<DeliveryDetail, OfficeError> {
        let (ledger, key) = (self.archive.ledger().await?, &delivery.key);
        let (attempts, edits) = (ledger.attempts(key).await?, ledger.edits(key).await?);
        let requests = self.requests(delivery).await?;
        Ok(DeliveryDetail::new(delivery, attempts, edits, requests))
    }

    /// The requests that a ticket of its own takes, as today's rules make them of the event as it
    /// counts.
    async fn requests(&self, delivery: &Delivery) -> Result<Vec<Preview>, OfficeError> {
        if matches!(delivery.state, State::Merged { .. } | State::Resolved { .. }) {
            return Ok(Vec::new());
        }
        let found = self.archive.ledger().await?.whole(&delivery.key).await?;
        let Some(Whole { envelope, data, .. }) = found else { return Ok(Vec::new()) };
        let event = Event { data, ..envelope.event };
        let draft = self.planner.rules.now().draft(&delivery.rule, &delivery.desk, &event);
        // Why there is none is told by the rules' verdicts, and by how the delivery ended.
        let Ok(Some(draft)) = draft else { return Ok(Vec::new()) };
        if !draft.opens() {
            return Ok(Vec::new());
        }
        Ok(self.archive.requests(&delivery.desk, &delivery.key, &draft))
    }

    /// The dead letters as issues, those with the most first.
    pub async fn issues(&self) -> Result<Vec<Issue>, OfficeError> {
        Ok(self.archive.ledger().await?.issues().await?)
    }

    /// A page of incidents.
    pub async fn incidents(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<IncidentView>, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let Found { items, next, walked } = ledger.search_incidents(search, page).await?;
        Ok(Found { items: items.iter().map(IncidentView::of).collect(), next, walked })
    }

    /// The floods of all rules at all desks, those that go on first.
    pub async fn brakes(&self) -> Result<Vec<BrakeView>, OfficeError> {
        let records = self.archive.ledger().await?.brakes().await?;
        let mut floods: Vec<BrakeView> = records.iter().flat_map(BrakeView::all_of).collect();
        floods.sort_by_key(|flood| !flood.on);
        Ok(floods)
    }

    /// The accounts.
    pub async fn books(&self) -> Result<Books, OfficeError> {
        Ok(self.archive.ledger().await?.books().await?)
    }

    /// How far the journal is recorded.
    pub async fn journal(&self) -> Result<JournalView, OfficeError> {
        let mark = self.archive.ledger().await?.recorded_up_to().await?;
        Ok(JournalView { recorded_up_to: mark.map(|mark| mark.number) })
    }

    /// A page of call-backs that their receivers have not taken, the oldest first.
    pub async fn callbacks(&self, page: &Page) -> Result<Found<CallbackRecord>, OfficeError> {
        Ok(self.archive.ledger().await?.callbacks(page).await?)
    }

    /// The sources, each with how it proves who it is.
    pub async fn sources(&self) -> Result<Vec<SourceView>, OfficeError> {
        self.archive.sources().await
    }

    /// A page of the log of operators' acts, the last ones first.
    pub async fn audit(
        &self,
        search: &AuditSearch,
        page: &Page,
    ) -> Result<Found<AuditEntry>, OfficeError> {
        let before = page.after.as_ref().map(|after| after.number);
        let entries = self.archive.ledger().await?.audit(search, before, page.most + 1).await?;
        Ok(paged(entries, page, |entry| entry.number))
    }

    /// All tokens, the newest first.
    pub async fn tokens(&self) -> Result<Vec<TokenRecord>, OfficeError> {
        Ok(self.archive.ledger().await?.tokens().await?)
    }

    /// A page of tokens, the newest first.
    pub async fn tokens_of(&self, page: &Page) -> Result<Found<TokenRecord>, OfficeError> {
        let before = page.after.as_ref().map_or(i64::MAX, |after| after.number);
        // They are few: each is somebody's.
        let mut tokens = self.tokens().await?;
        tokens.retain(|token| token.id < before);
        Ok(paged(tokens, page, |token| token.id))
    }

    /// The token of this text, where it still admits.
    pub async fn admitted(&self, token: &str) -> Result<Option<TokenRecord>, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let now = self.clock.now();
        let found = ledger.token(&TokenHash::of(token)).await?;
        let Some(token) = found.filter(|token| token.is_live(now)) else { return Ok(None) };
        let is_noted = token.last_used_at.is_some_and(|at| now.duration_since(at) < NOTED_EVERY);
        // A token that cannot be noted admits all the same.
        if !is_noted && let Err(error) = ledger.note_token_use(token.id, now).await {
            tracing::warn!(error = %crate::causes::Causes(&error), "The use of a token is not noted");
        }
        Ok(Some(token))
    }
}

/// A page of what was read from the place on where it begins, one more than it holds.
pub(super) fn paged<T>(mut items: Vec<T>, page: &Page, number: impl Fn(&T) -> i64) -> Found<T> {
    let (walked, has_more) = (items.len(), items.len() > page.most);
    items.truncate(page.most);
    let last = items.last().filter(|_| has_more).map(number);
    let next = last.map(|number| Cursor { at: 0, number, name: String::new() });
    Found { items, next, walked }
}

/// How exactly is noted when a token was used: each time costs a write.
const NOTED_EVERY: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);
