//! The steps from a body to a durable event.

use std::sync::Arc;

use actix_web::{HttpRequest, web::Bytes};
use futures_util::{StreamExt, stream};
use metrics::Counter;
use tokio::time::timeout;
use tracing::{Instrument, Span};

use super::{
    certificates::{Certificates, GetError},
    posted::Posted,
    refusal::Refusal,
    settings::ReceiverSettings,
    sightings::Sightings,
    source::{Source, Sources},
    status::Records,
};
use crate::{
    broker::{Broker, BrokerError, Readiness},
    clock::Clock,
    event::{Envelope, Event, RequestId, SchemaBook, SourceName, TraceParent},
    rules::LiveRules,
    signature::{Headers, SignatureError, Verified},
    traces,
};

/// All that the receiver needs to take an event in.
#[derive(Debug)]
pub struct Intake {
    /// Who may post.
    pub sources: Sources,
    /// The event types that are known.
    pub schemas: SchemaBook,
    /// Where each event goes.
    pub rules: Arc<LiveRules>,
    /// What makes it durable.
    pub broker: Arc<dyn Broker>,
    /// Where events and their deliveries are written; `None` where nobody may ask.
    pub records: Option<Arc<dyn Records>>,
    /// The certificates of senders that sign with one.
    pub certificates: Certificates,
    /// When each secret last verified.
    pub sightings: Arc<Sightings>,
    /// What signed times are held against.
    pub clock: Arc<dyn Clock>,
    /// Limits and deadlines.
    pub settings: ReceiverSettings,
}

/// How many events of one request are on their way to the broker at a time.
const AT_A_TIME: usize = 64;

/// The outcomes of publishing, for metrics.
const DURABLE: &str = "durable";
const NOT_DURABLE: &str = "not-durable";

fn publications(source: &SourceName, outcome: &'static str) -> Counter {
    metrics::counter!(
        "deskbell_published_total", "source" => source.to_string(), "outcome" => outcome
    )
}

impl Intake {
    /// Shows what will be counted as none yet, so that the first is seen as one more.
    pub(super) fn count_from_zero(&self) {
        for source in self.sources.iter() {
            for outcome in [DURABLE, NOT_DURABLE] {
                publications(&source.name, outcome).increment(0);
            }
        }
    }

    /// The configured source that the request's path names.
    pub(super) fn source(&self, request: &HttpRequest) -> Result<&Source, Refusal> {
        let name = request.match_info().get("source");
        name.and_then(|name| self.sources.named(name)).ok_or(Refusal::UnknownSource)
    }

    /// Proves that the source posted the body.
    pub(super) async fn verify<'b>(
        &self,
        source: &Source,
        request: &HttpRequest,
        body: &'b Bytes,
    ) -> Result<Verified<'b>, Refusal> {
        let Source { name, scheme, .. } = source;
        let headers: Headers<'_> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let refused = |error| {
            self.sightings.refused(name, SignatureError::reason(&error), self.clock.now());
            Refusal::Signature { error, challenge: scheme.challenge() }
        };
        let certificate = match scheme.certificate_url(&headers).map_err(refused)? {
            Some(url) => match self.certificates.get(&url, self.clock.now()).await {
                Ok(certificate) => Some(certificate),
                Err(GetError::Fetch(error)) => return Err(Refusal::NoCertificate(error)),
                Err(GetError::Certificate(error)) => return Err(refused(error.into())),
            },
            None => None,
        };
        let headers = headers.with_certificate(certificate.as_ref());
        let now = self.clock.now();
        let verified = scheme.verify(&headers, body, now).map_err(refused)?;
        if let Some(secret) = verified.secret() {
            if let Some(fingerprint) = scheme.fingerprints().get(secret) {
                self.sightings.verified(name, *fingerprint, now);
            }
            let labels = [("source", name.to_string()), ("secret", (secret + 1).to_string())];
            let seconds = now.as_duration().as_secs_f64();
            metrics::gauge!("deskbell_secret_last_used_timestamp_seconds", &labels).set(seconds);
        }
        Ok(verified)
    }

    /// Holds each event against what its source may post, and its data against the schema of its
    /// type. One that breaks either refuses all.
    pub(super) fn check_all(&self, source: &Source, posted: &Posted) -> Result<(), Refusal> {
        let most = self.settings.events_limit;
        if posted.events.len() > most {
            return Err(Refusal::TooManyEvents { most });
        }
        for (item, event) in &posted.events {
            self.check(source, event).map_err(|refusal| refusal.in_item(*item))?;
        }
        Ok(())
    }

    fn check(&self, source: &Source, event: &Event) -> Result<(), Refusal> {
        source.limits.allow(event, &self.schemas)?;
        if !self.schemas.knows(&event.event_type) {
            return Err(Refusal::UnknownType { known: self.schemas.types().cloned().collect() });
        }
        self.schemas.check(event).map_err(Refusal::OffSchema)
    }

    /// Adds to the event where it goes.
    pub(super) fn address(
        &self,
        event: Event,
        request_id: RequestId,
        trace: TraceParent,
    ) -> Envelope {
        let routes = self.rules.now().route(&event);
        Envelope { event, routes, request_id, received_at: self.clock.now(), trace }
    }

    /// Makes every envelope durable, or says that nobody knows. Some may be durable even so: posted
    /// again under their ids they are not doubled.
    pub(super) async fn publish(&self, envelopes: &mut [Envelope]) -> Result<(), Refusal> {
        let system = self.broker.system();
        let span = |envelope| traces::publish(envelope, system);
        let spans: Vec<Span> = envelopes.iter_mut().map(span).collect();
        let Some(first) = envelopes.first() else { return Ok(()) };
        let published = self.make_durable(envelopes, &spans).await;
        let count = u64::try_from(envelopes.len()).unwrap_or(u64::MAX);
        let outcome = if published.is_ok() { DURABLE } else { NOT_DURABLE };
        publications(&first.event.source, outcome).increment(count);
        published
    }

    async fn make_durable(&self, envelopes: &[Envelope], spans: &[Span]) -> Result<(), Refusal> {
        if let Readiness::Unavailable(reason) = self.broker.readiness() {
            return Err(Refusal::NotDurable(BrokerError::Unavailable(reason)));
        }
        let deadline = self.settings.publish_deadline;
        let published = match (envelopes, spans) {
            ([envelope], [span]) => timeout(deadline, self.publish_one(envelope, span)).await,
            (envelopes, spans) => timeout(deadline, self.publish_all(envelopes, spans)).await,
        };
        match published {
            Ok(published) => published.map_err(Refusal::NotDurable),
            Err(_elapsed) => Err(Refusal::NotDurable(BrokerError::TimedOut(deadline))),
        }
    }

    async fn publish_one(&self, envelope: &Envelope, span: &Span) -> Result<(), BrokerError> {
        let published = self.broker.publish(envelope).instrument(span.clone()).await;
        if published.is_err() {
            traces::failed(span, "not-durable");
        }
        published
    }

    /// Publishes each as a message of its own, many at a time; the first failure is told.
    async fn publish_all(&self, envelopes: &[Envelope], spans: &[Span]) -> Result<(), BrokerError> {
        stream::iter(envelopes.iter().zip(spans))
            .map(|(envelope, span)| self.publish_one(envelope, span))
            .buffer_unordered(AT_A_TIME)
            .fold(Ok(()), |all, one| std::future::ready(all.and(one)))
            .await
    }
}
