//! How every delivery begins.

use jiff::Timestamp;

use super::{
    key::DeliveryKey,
    state::{Delivery, EventRef, State},
};
use crate::event::{Event, RequestId, Route};

impl EventRef {
    /// What names this event.
    pub fn of(event: &Event) -> Self {
        let Event { source, id, event_type, .. } = event;
        Self { source: source.clone(), id: id.clone(), event_type: event_type.clone() }
    }
}

impl Delivery {
    /// What nobody has tried yet of the event that is routed so, as of `since`.
    pub fn queued(event: EventRef, route: &Route, request_id: RequestId, since: Timestamp) -> Self {
        let Route { desk, rule, priority } = route.clone();
        Self {
            key: DeliveryKey::of(&event.source, &event.id, &desk),
            event,
            desk,
            rule,
            priority,
            request_id,
            since,
            updated_at: since,
            claims: 0,
            attempts: 0,
            state: State::Queued,
            steps: Vec::new(),
            incident: None,
            edit: None,
            release: None,
            erased: None,
        }
    }
}
