//! Faults as the admin path takes them: flat JSON objects, so that a number keeps its digits.

use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;

use super::{Absence, AnswerBody, Fault, FaultKind};

/// A silence that outlasts every client's patience.
const SILENCE: Duration = Duration::from_mins(2);

/// What kinds of faults can be asked for.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Answer,
    Silence,
    Disconnect,
    Throttle,
    Unauthorized,
    PlanLimit,
    Latency,
    Away,
}

/// One fault in JSON. `for_ms` is the length of a silence, a latency or an absence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultRequest {
    kind: Kind,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    body: AnswerBody,
    #[serde(default)]
    retry_after: Option<u32>,
    #[serde(default)]
    for_ms: Option<u64>,
    #[serde(default)]
    how: Option<Absence>,
    #[serde(default)]
    after_creating: bool,
    #[serde(default)]
    times: Option<u32>,
    #[serde(default)]
    one_in: Option<u32>,
    #[serde(default)]
    seed: Option<u64>,
}

/// A fault that cannot be made.
#[derive(Debug, Error)]
pub(super) enum InvalidFault {
    /// An answer without a status, or with one that HTTP does not have.
    #[error("an answer needs a status from 200 to 599")]
    Status,
    /// A latency or an absence without a length.
    #[error("a latency and an absence need for_ms")]
    Length,
}

impl FaultRequest {
    fn kind(&self) -> Result<FaultKind, InvalidFault> {
        let length = self.for_ms.map(Duration::from_millis);
        let answer = |status: u16| FaultKind::Answer {
            status,
            body: self.body,
            retry_after: self.retry_after,
        };
        Ok(match self.kind {
            Kind::Answer => {
                let status = self.status.filter(|status| (200..600).contains(status));
                answer(status.ok_or(InvalidFault::Status)?)
            }
            Kind::Throttle => answer(429),
            Kind::Unauthorized => answer(401),
            Kind::Silence => FaultKind::Silence(length.unwrap_or(SILENCE)),
            Kind::Disconnect => FaultKind::Disconnect,
            Kind::PlanLimit => FaultKind::PlanLimit,
            Kind::Latency => FaultKind::Latency(length.ok_or(InvalidFault::Length)?),
            Kind::Away => {
                let how = self.how.unwrap_or(Absence::Closed);
                FaultKind::Away(how, length.ok_or(InvalidFault::Length)?)
            }
        })
    }
}

impl TryFrom<FaultRequest> for Fault {
    type Error = InvalidFault;

    fn try_from(request: FaultRequest) -> Result<Self, InvalidFault> {
        let fault = Self::new(request.kind()?);
        Ok(Self {
            after_creating: request.after_creating,
            // A chance without a count lasts; anything else strikes once.
            times: request.times.or_else(|| request.one_in.is_none().then_some(1)),
            one_in: request.one_in.unwrap_or(1),
            seed: request.seed.unwrap_or(fault.seed),
            ..fault
        })
    }
}
