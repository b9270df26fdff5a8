//! What stands around one worker, beside the ledger and the broker. Each call passes a point at which
//! the process may be struck.

use std::{
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake},
    thread::{self, Thread},
};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    points::Points,
    queue::{Lull, Queue},
    truth::Truth,
};
use crate::{
    clock::Clock,
    delivery::{DeliveryKey, Outcome, Step},
    desks::{Abilities, Desk, DeskError, Found, Idle, Pacer, Preview, SetUp, Sought, Task},
    inspection::{Finding, Needs},
    ticket::TicketDraft,
};

/// What the parts of one process share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) points: Points,
    pub(super) truth: Arc<Mutex<Truth>>,
    pub(super) queue: Arc<Queue>,
    pub(super) lull: Lull,
    /// The wall clock when the process began, and the process's own clock then.
    pub(super) began: (Timestamp, Instant),
    /// Until when the desk may be called: the end of the claim.
    pub(super) deadline: Mutex<Timestamp>,
}

impl Shared {
    pub(super) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn deadline(&self) -> MutexGuard<'_, Timestamp> {
        self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for Shared {
    fn now(&self) -> Timestamp {
        self.began.0 + self.began.1.elapsed()
    }
}

/// Waits for `call` with the whole process: the paused clock stands still meanwhile.
pub(super) fn on_the_disk<T>(call: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    // A task's budget is renewed when it yields, which this one does not.
    let mut call = pin!(tokio::task::unconstrained(call));
    loop {
        match call.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => thread::park(),
        }
    }
}

/// The desk as one process sees it.
#[derive(Debug)]
pub(super) struct SimulatedDesk {
    pub(super) shared: Arc<Shared>,
    pub(super) plan: Vec<Step>,
    pub(super) pacer: Pacer,
}

#[async_trait]
impl Desk for SimulatedDesk {
    async fn inspect(&self, _: &Needs, _: &Idle) -> Result<Vec<Finding>, DeskError> {
        Ok(Vec::new())
    }

    async fn set_up(&self) -> Result<SetUp, DeskError> {
        unreachable!("nobody sets the desk up here")
    }

    fn set_up_preview(&self) -> Vec<Preview> {
        Vec::new()
    }

    fn plan(&self, _: &TicketDraft) -> Vec<Step> {
        self.plan.clone()
    }

    fn abilities(&self) -> Abilities {
        Abilities { comment: true, raise: true, resolve: true, tie: true }
    }

    fn preview(&self, _: &DeliveryKey, _: &TicketDraft) -> Result<Vec<Preview>, DeskError> {
        Ok(Vec::new())
    }

    fn pacer(&self) -> &Pacer {
        &self.pacer
    }

    async fn act(&self, step: &Step, _: &Task<'_>) -> Result<Outcome, DeskError> {
        let Shared { points, deadline, .. } = &*self.shared;
        let ask = async {
            let is_late =
                self.shared.now() > *deadline.lock().unwrap_or_else(PoisonError::into_inner);
            self.shared.truth().ask(step, is_late)
        };
        let (asked, answered) = points.pass(ask).await;
        self.shared.truth().heard(asked, &answered);
        answered
    }

    async fn find(&self, _: &Sought<'_>) -> Result<Found, DeskError> {
        let found = self.shared.points.pass(async { self.shared.truth().look() }).await;
        self.shared.truth().found(&found);
        found
    }
}
