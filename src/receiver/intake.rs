//! The steps from a body to a durable event.

use std::{collections::HashMap, sync::Arc};

use actix_web::{HttpRequest, web::Bytes};
use tokio::time::timeout;

use super::{refusal::Refusal, settings::ReceiverSettings};
use crate::{
    broker::{Broker, BrokerError, Readiness},
    clock::Clock,
    event::{Envelope, Event, RequestId, SchemaBook, SourceName},
    rules::RuleBook,
    signature::{Headers, Scheme, Verified},
};

/// All that the receiver needs to take an event in.
#[derive(Debug)]
pub struct Intake {
    /// Who may post, and how each proves it.
    pub sources: HashMap<SourceName, Scheme>,
    /// The event types that are known.
    pub schemas: SchemaBook,
    /// Where each event goes.
    pub rules: Arc<RuleBook>,
    /// What makes it durable.
    pub broker: Arc<dyn Broker>,
    /// What signed times are held against.
    pub clock: Arc<dyn Clock>,
    /// Limits and deadlines.
    pub settings: ReceiverSettings,
}

impl Intake {
    /// The configured source that the request's path names.
    pub(super) fn source(&self, request: &HttpRequest) -> Result<(&SourceName, &Scheme), Refusal> {
        let name = request.match_info().get("source").and_then(|name| name.parse().ok());
        name.and_then(|name: SourceName| self.sources.get_key_value(&name))
            .ok_or(Refusal::UnknownSource)
    }

    /// Proves that the source posted the body.
    pub(super) fn verify<'b>(
        &self,
        source: &SourceName,
        scheme: &Scheme,
        request: &HttpRequest,
        body: &'b Bytes,
    ) -> Result<Verified<'b>, Refusal> {
        let headers: Headers<'_> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let now = self.clock.now();
        let verified = scheme.verify(&headers, body, now)?;
        if let Some(secret) = verified.secret() {
            let labels = [("source", source.to_string()), ("secret", (secret + 1).to_string())];
            let seconds = now.as_duration().as_secs_f64();
            metrics::gauge!("deskbell_secret_last_used_timestamp_seconds", &labels).set(seconds);
        }
        Ok(verified)
    }

    /// Holds the event's data against the schema of its type.
    pub(super) fn check(&self, event: &Event) -> Result<(), Refusal> {
        if !self.schemas.knows(&event.event_type) {
            return Err(Refusal::UnknownType { known: self.schemas.types().cloned().collect() });
        }
        self.schemas.check(event).map_err(Refusal::OffSchema)
    }

    /// Adds to the event where it goes.
    pub(super) fn address(&self, event: Event, request_id: RequestId) -> Envelope {
        let routes = self.rules.route(&event);
        Envelope { event, routes, request_id, received_at: self.clock.now() }
    }

    /// Makes the envelope durable, or says that nobody knows.
    pub(super) async fn publish(&self, envelope: &Envelope) -> Result<(), Refusal> {
        if let Readiness::Unavailable(reason) = self.broker.readiness() {
            return Err(Refusal::NotDurable(BrokerError::Unavailable(reason)));
        }
        let deadline = self.settings.publish_deadline;
        match timeout(deadline, self.broker.publish(envelope)).await {
            Ok(published) => published.map_err(Refusal::NotDurable),
            Err(_elapsed) => Err(Refusal::NotDurable(BrokerError::TimedOut(deadline))),
        }
    }
}
