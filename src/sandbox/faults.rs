//! Faults: what can be made to go wrong between a caller and a desk.
//!
//! A plan lists faults per operation. A call is struck by the first one in its list that still has
//! a strike left and whose chance comes up; lists for [`Operation::Any`] come last.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{Absence, Operation, dice::Dice, fault_request::FaultRequest};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// An answer that is not the desk's own.
    Answer {
        /// The HTTP status.
        status: u16,
        /// What stands in the body.
        body: AnswerBody,
        /// The `Retry-After` header, in seconds.
        retry_after: Option<u32>,
    },
    /// No answer for this long, then the connection closes.
    Silence(Duration),
    /// The connection closes without a byte of an answer.
    Disconnect,
    /// The vendor's refusal of a plan that is used up.
    PlanLimit,
    /// The call is served, this much later.
    Latency(Duration),
    /// The call gets no answer, and the desk is away for this long.
    Away(Absence, Duration),
}

impl FaultKind {
    /// The name in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::Silence(_) => "silence",
            Self::Disconnect => "disconnect",
            Self::PlanLimit => "plan_limit",
            Self::Latency(_) => "latency",
            Self::Away(..) => "away",
        }
    }
}

/// What stands in the body of a broken answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerBody {
    /// What the vendor writes for this status.
    #[default]
    Vendor,
    /// Nothing.
    Empty,
    /// A proxy's error page.
    Html,
    /// Bytes that are no text, said to be JSON.
    Garbage,
    /// 64 MiB of JSON.
    Huge,
    /// The beginning of a JSON document; then the connection closes.
    Cut,
}

/// One fault: what happens, when, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "FaultRequest")]
pub struct Fault {
    pub(super) kind: FaultKind,
    pub(super) after_creating: bool,
    pub(super) times: Option<u32>,
    pub(super) one_in: u32,
    pub(super) seed: u64,
}

impl Fault {
    /// A fault that strikes once, before the desk has done anything.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, after_creating: false, times: Some(1), one_in: 1, seed: 1 }
    }

    /// The vendor's own answer of this status.
    pub fn answer(status: u16) -> Self {
        Self::answer_with(status, AnswerBody::Vendor)
    }

    /// An answer of this status with a body of this kind.
    pub fn answer_with(status: u16, body: AnswerBody) -> Self {
        Self::new(FaultKind::Answer { status, body, retry_after: None })
    }

    /// Strikes only after the desk did what was asked. A call that the desk refuses is not struck.
    pub fn after_creating(self) -> Self {
        Self { after_creating: true, ..self }
    }

    /// Strikes so many times.
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Strikes one call in `sides`, by dice with this `seed`, until the plan is replaced.
    pub fn one_in(self, sides: u32, seed: u64) -> Self {
        Self { one_in: sides, seed, times: None, ..self }
    }
}

/// The faults of one desk, by operation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct FaultPlan(BTreeMap<Operation, Vec<Fault>>);

impl FaultPlan {
    /// No faults.
    pub fn none() -> Self {
        Self::default()
    }

    /// This plan and `fault` for calls of `operation`.
    pub fn on(mut self, operation: Operation, fault: Fault) -> Self {
        self.0.entry(operation).or_default().push(fault);
        self
    }
}

/// A fault that was drawn for a call.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) fault: Fault,
    place: (Operation, usize),
    plan: u64,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    left: Option<u32>,
    struck: u32,
    dice: Dice,
}

/// How a fault stands, for the admin path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultStanding {
    /// The fault's kind.
    pub kind: &'static str,
    /// Calls that it struck.
    pub struck: u32,
    /// Strikes that are left; none where it has no bound.
    pub left: Option<u32>,
}

/// A plan at work.
#[derive(Debug, Default)]
pub(super) struct Faults {
    armed: BTreeMap<Operation, Vec<Armed>>,
    plan: u64,
}

impl Faults {
    /// Puts `plan` in the place of the one before.
    pub(super) fn replace(&mut self, plan: FaultPlan) {
        let arm = |fault: Fault| Armed {
            left: fault.times,
            struck: 0,
            dice: Dice::seeded(fault.seed),
            fault,
        };
        self.armed = (plan.0.into_iter())
            .map(|(operation, faults)| (operation, faults.into_iter().map(arm).collect()))
            .collect();
        self.plan += 1;
    }

    /// Draws the fault that strikes a call of `operation`.
    pub(super) fn draw(&mut self, operation: Operation) -> Option<Drawn> {
        let plan = self.plan;
        [operation, Operation::Any].into_iter().find_map(|list| {
            let armed = self.armed.get_mut(&list)?.iter_mut().enumerate();
            let mut armed = armed.filter(|(_, armed)| armed.left != Some(0));
            armed.find_map(|(index, armed)| {
                armed.dice.hits(armed.fault.one_in).then(|| {
                    armed.left = armed.left.map(|left| left - 1);
                    armed.struck += 1;
                    Drawn { fault: armed.fault.clone(), place: (list, index), plan }
                })
            })
        })
    }

    /// Takes back a fault that did not strike after all.
    pub(super) fn give_back(&mut self, drawn: &Drawn) {
        if drawn.plan != self.plan {
            return;
        }
        let (list, index) = drawn.place;
        if let Some(armed) = self.armed.get_mut(&list).and_then(|faults| faults.get_mut(index)) {
            armed.left = armed.left.map(|left| left + 1);
            armed.struck -= 1;
        }
    }

    /// How the faults stand.
    pub(super) fn standing(&self) -> BTreeMap<Operation, Vec<FaultStanding>> {
        let standing = |armed: &Armed| FaultStanding {
            kind: armed.fault.kind.as_str(),
            struck: armed.struck,
            left: armed.left,
        };
        (self.armed.iter())
            .map(|(operation, faults)| (*operation, faults.iter().map(standing).collect()))
            .collect()
    }
}
