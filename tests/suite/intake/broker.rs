//! Brokers of the tests' own: one that records, and several that fail.

use std::{
    num::NonZeroU16,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use deskbell::{
    broker::{Broker, BrokerError, Buried, Job, Journal, Lanes, Readiness},
    event::{DeskName, Envelope, JournalMark},
};

/// What the double does with what is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Takes,
    TakesBut(&'static str),
    Absent,
    Refuses,
    Hangs,
}

/// Records what it takes.
#[derive(Debug)]
pub(super) struct Double {
    pub(super) mood: Mutex<Mood>,
    taken: Mutex<Vec<Envelope>>,
}

impl Double {
    pub(super) fn new(mood: Mood) -> Self {
        Self { mood: Mutex::new(mood), taken: Mutex::default() }
    }

    pub(super) fn taken(&self) -> Vec<Envelope> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn absent() -> BrokerError {
    BrokerError::Unavailable("there is none".into())
}

#[async_trait]
impl Broker for Double {
    async fn publish(&self, envelope: &Envelope) -> Result<(), BrokerError> {
        match self.mood() {
            Mood::Takes => {
                let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
                taken.push(envelope.clone());
                Ok(())
            }
            Mood::TakesBut(id) if envelope.event.id.as_str() != id => Ok(()),
            Mood::TakesBut(_) | Mood::Refuses => Err(BrokerError::Refused),
            Mood::Absent => Err(absent()),
            Mood::Hangs => std::future::pending().await,
        }
    }

    async fn requeue(&self, _job: &Job) -> Result<(), BrokerError> {
        Err(absent())
    }

    async fn lanes(
        &self,
        _desk: &DeskName,
        _prefetch: NonZeroU16,
    ) -> Result<Box<dyn Lanes>, BrokerError> {
        Err(absent())
    }

    async fn journal(&self, _after: Option<&JournalMark>) -> Result<Box<dyn Journal>, BrokerError> {
        Err(absent())
    }

    async fn buried(&self) -> Result<Box<dyn Buried>, BrokerError> {
        Err(absent())
    }

    fn readiness(&self) -> Readiness {
        match self.mood() {
            Mood::Absent => Readiness::Unavailable("there is none".into()),
            Mood::Takes | Mood::TakesBut(_) | Mood::Refuses | Mood::Hangs => Readiness::Ready,
        }
    }
}
