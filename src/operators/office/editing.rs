//! Edits a dead letter's event, and sends dead letters back to work by today's rules.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Office;
use crate::{
    delivery::{DeliveryKey, InvalidTransition, State},
    event::{Edit, Event, Limits, Route, Violation, changes, read_json},
    ledger::{Amended, Amendment, By, Edited, Rerouting, Whole},
    operators::{
        OfficeError,
        views::{DeliveryView, EditedView, EditsView, ReroutedView},
    },
};

/// Which rules a replay goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// By the rule and in the lane that the delivery has, whatever rules say today.
    #[default]
    AsRouted,
    /// By today's: their rule and lane, and a delivery for each desk more that they name.
    Today,
}

/// What somebody wants to do to a dead letter's event.
#[derive(Debug, Clone, PartialEq)]
pub struct EditWish {
    /// The changes.
    pub edit: Edit,
    /// How it goes back to work in the same act; `None`: it stays dead.
    pub replay: Option<Ruling>,
    /// Whether it is only to be told what would happen.
    pub dry_run: bool,
}

impl Office {
    /// A dead letter's event as it was posted and as it counts, with every edit between them.
    pub async fn edits(&self, key: &DeliveryKey) -> Result<EditsView, OfficeError> {
        let (whole, edits) =
            (self.whole(key).await?, self.archive.ledger().await?.edits(key).await?);
        Ok(EditsView {
            delivery: DeliveryView::of(&whole.delivery),
            original: whole.hidden.marked(&whole.envelope.event.data),
            data: whole.hidden.marked(&whole.data),
            edits,
        })
    }

    /// Edits a dead letter's event, where the event that comes of it is one that would be accepted.
    pub async fn edit(
        &self,
        key: &DeliveryKey,
        wish: &EditWish,
        by: &By,
    ) -> Result<EditedView, OfficeError> {
        let whole = self.whole(key).await?;
        may_be(&whole, "edited")?;
        let event = self.edited(&whole, &wish.edit)?;
        let touched = wish.edit.touched();
        let changes = changes((&whole.data, &event.data), &whole.hidden, &touched);
        if changes.is_empty() {
            return Err(unfit("/data", "nothing would be another than it is"));
        }
        let seen = whole.delivery.edit.unwrap_or_default();
        let replay =
            wish.replay.map(|ruling| self.rerouting(&whole, &event, ruling)).transpose()?;
        let mut view = EditedView {
            dry_run: wish.dry_run,
            number: seen + 1,
            changes,
            replay: replay.as_ref().map(|replay| ReroutedView::of(replay, &whole)),
            delivery: DeliveryView::of(&whole.delivery),
        };
        if wish.dry_run {
            return Ok(view);
        }
        let edit = Some(Edited { data: event.data, touched });
        let amended = self.amend(key, &Amendment { seen, edit, replay }, by).await?;
        view.delivery = DeliveryView::of(&amended.delivery);
        Ok(view)
    }

    /// Puts a dead letter back to work by these rules. One that is back already stays so.
    pub async fn replay_by(
        &self,
        key: &DeliveryKey,
        ruling: Ruling,
        by: &By,
    ) -> Result<DeliveryView, OfficeError> {
        if ruling == Ruling::AsRouted {
            return self.replay(key, by).await;
        }
        let whole = self.whole(key).await?;
        if whole.delivery.state == State::Queued {
            return Ok(DeliveryView::of(&whole.delivery));
        }
        may_be(&whole, "replayed")?;
        let event = Event { data: whole.data.clone(), ..whole.envelope.event.clone() };
        let replay = Some(self.rerouting(&whole, &event, ruling)?);
        let seen = whole.delivery.edit.unwrap_or_default();
        let amended = self.amend(key, &Amendment { seen, edit: None, replay }, by).await?;
        Ok(DeliveryView::of(&amended.delivery))
    }

    async fn whole(&self, key: &DeliveryKey) -> Result<Whole, OfficeError> {
        let found = self.archive.ledger().await?.whole(key).await?;
        found.ok_or_else(|| OfficeError::unknown("delivery", key.as_str()))
    }

    async fn amend(
        &self,
        key: &DeliveryKey,
        amendment: &Amendment,
        by: &By,
    ) -> Result<Amended, OfficeError> {
        Ok(self.archive.ledger().await?.amend(key, amendment, by).await?)
    }

    /// The event with the edit, held to what the receiver holds every event to.
    fn edited(&self, whole: &Whole, edit: &Edit) -> Result<Event, OfficeError> {
        let data = edit.apply(&whole.data).map_err(|wrong| OfficeError::Unfit(vec![wrong]))?;
        if let Err(error) = read_json(data.to_string().as_bytes(), Limits::POSTED) {
            return Err(unfit("/data", error.to_string()));
        }
        let event = Event { data, ..whole.envelope.event.clone() };
        let most = self.longest_event;
        if event.to_cloudevents().len() > most {
            return Err(unfit("/data", format!("makes the event longer than {most} bytes")));
        }
        if !self.planner.schemas.knows(&event.event_type) {
            return Err(unfit("/type", "has no schema any more"));
        }
        self.planner.schemas.check(&event).map_err(OfficeError::Unfit)?;
        Ok(event)
    }

    fn rerouting(
        &self,
        whole: &Whole,
        event: &Event,
        ruling: Ruling,
    ) -> Result<Rerouting, OfficeError> {
        if ruling == Ruling::AsRouted {
            return Ok(Rerouting::AsRouted);
        }
        let desk = &whole.delivery.desk;
        let routes = self.planner.rules.now().route(event);
        let (mine, others): (Vec<Route>, Vec<Route>) =
            routes.into_iter().partition(|route| &route.desk == desk);
        let Some(Route { rule, priority, .. }) = mine.into_iter().next() else {
            return Err(OfficeError::NotAllowed(sent_elsewhere(desk.as_str(), &others)));
        };
        let has_some = |route: &Route| whole.envelope.routes.iter().any(|it| it.desk == route.desk);
        let others = others.into_iter().filter(|route| !has_some(route)).collect();
        Ok(Rerouting::Today { rule, priority, others })
    }
}

fn may_be(whole: &Whole, verb: &'static str) -> Result<(), OfficeError> {
    if let Some(erased) = &whole.delivery.erased {
        let refused = InvalidTransition::Erased(erased.clone());
        return Err(OfficeError::NotAllowed(refused.to_string()));
    }
    match whole.delivery.state {
        State::Dead { .. } => Ok(()),
        ref state => {
            let refused = InvalidTransition::WrongState { state: state.name(), verb };
            Err(OfficeError::NotAllowed(refused.to_string()))
        }
    }
}

fn unfit(pointer: &str, detail: impl Into<String>) -> OfficeError {
    OfficeError::Unfit(vec![Violation { pointer: pointer.to_owned(), detail: detail.into() }])
}

fn sent_elsewhere(desk: &str, others: &[Route]) -> String {
    let names: Vec<String> = others.iter().map(|route| format!("`{}`", route.desk)).collect();
    let told = match names.as_slice() {
        [] => "no rule of today matches the event".to_owned(),
        names => format!("today's rules send the event to {}, not to `{desk}`", names.join(", ")),
    };
    format!("{told}: replay it as it was routed, or discard it")
}
