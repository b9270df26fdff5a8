//! Asks for what was gathered: for one alone, for several together.
//!
//! - Each gets its own answer.
//! - What is refused whole is halved until the bad ones are alone, so that none fails its neighbours.

use async_trait::async_trait;
use tokio::time::Instant;

use super::{Gatherer, Turned, Waiting};
use crate::{desks::DeskError, ticket::Priority};

/// A kind of request that takes several inputs at once.
#[async_trait]
pub(in crate::desks) trait Asking<I, O>: Sync {
    /// The right to send one request.
    type Room: Send;

    /// Waits until a request may be sent.
    async fn room(&self) -> Result<Self::Room, DeskError>;

    /// Asks for one.
    async fn alone(&self, room: Self::Room, input: &I) -> Result<O, DeskError>;

    /// Asks for several; answers in their order. [`DeskError::Refused`] as a whole says that nothing
    /// came of any of them.
    async fn together(
        &self,
        room: Self::Room,
        inputs: &[&I],
    ) -> Result<Vec<Result<O, DeskError>>, DeskError>;
}

impl<I: Send + Sync, O: Send> Gatherer<I, O> {
    /// Asks for `input`, perhaps together with others of its lane; nothing is sent for it after
    /// `latest`.
    pub(in crate::desks) async fn ask(
        &self,
        asking: &impl Asking<I, O>,
        lane: Priority,
        input: I,
        latest: Option<Instant>,
    ) -> Result<O, DeskError> {
        let mut place = self.join(lane, input, latest);
        loop {
            match place.turned().await {
                Turned::Answered(answer) => return answer,
                Turned::Leads(leader) => {
                    // Taken only when there is room: more may have come meanwhile.
                    let room = asking.room().await?;
                    settle(asking, room, leader.take()).await;
                    // Those who have their answer now are on their way to the next request.
                    self.pace.goes_on(lane);
                }
            }
        }
    }
}

/// Answers each of `batch`.
async fn settle<I: Send + Sync, O: Send, A: Asking<I, O>>(
    asking: &A,
    room: A::Room,
    batch: Vec<Waiting<I, O>>,
) {
    let (mut room, mut left) = (Some(room), vec![batch]);
    while let Some(batch) = left.pop() {
        let now = Instant::now();
        let mut batch: Vec<_> = batch.into_iter().filter_map(|one| one.in_time(now)).collect();
        if batch.is_empty() {
            continue;
        }
        let room = match room.take() {
            Some(room) => Ok(room),
            None => asking.room().await,
        };
        let answers = match (room, &batch[..]) {
            (Err(error), _) => Err(error),
            (Ok(room), [one]) => Ok(vec![asking.alone(room, &one.input).await]),
            (Ok(room), many) => {
                let inputs: Vec<&I> = many.iter().map(|one| &one.input).collect();
                asking.together(room, &inputs).await
            }
        };
        match answers {
            Ok(answers) => {
                // One that has no answer of its own is told so by its place.
                batch.into_iter().zip(answers).for_each(|(one, answer)| one.answer(answer));
            }
            Err(DeskError::Refused(..)) => {
                let second = batch.split_off(batch.len() / 2);
                left.extend([second, batch]);
            }
            Err(error) => batch.into_iter().for_each(|one| one.answer(Err(error.copy()))),
        }
    }
}
