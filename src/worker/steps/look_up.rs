//! Settling a doubt: was the ticket made or not, was the comment added?

use std::time::Duration;

use super::{Run, SOON};
use crate::{
    delivery::{Failure, Outcome, Step, Verdict},
    desks::{self, DeskError, Found, OnUncertain, Sought},
    worker::{attempt::Ending, desk_loop::Station},
};

impl Run<'_> {
    /// Settles a doubt by asking the desk for the key. `spent`: an attempt has just been made, so
    /// that a certain "no" is followed by a wait, as long as the desk `asked` at least, and not by
    /// another call.
    pub(super) async fn look_up(
        &mut self,
        failure: Failure,
        asked: Option<Duration>,
        spent: bool,
    ) -> Option<Ending> {
        let Station { post, .. } = self.station;
        self.turn = None;
        let step = self.delivery.doubtful_step().cloned().unwrap_or(Step::Ticket);
        let sought = match (&step, self.delivery.ticket_to_add_to()) {
            (Step::Comment(mark), Some(ticket)) => Sought::Comment { mark, ticket },
            _ => Sought::Ticket { key: &self.delivery.key, lane: self.delivery.priority },
        };
        match desks::until(self.deadline, post.desk.find(&sought)).await {
            Ok(Found::Ticket(ticket)) => {
                self.station.close_breaker();
                self.note_done(step, Outcome::Ticket(ticket));
                None
            }
            Ok(Found::Comment) => {
                self.station.close_breaker();
                self.note_done(step, Outcome::Done);
                None
            }
            Ok(Found::CannotTell) if post.settings.on_uncertain == OnUncertain::Park => {
                // The next deliveries should not run into the same fault one by one. A doubt from
                // before says nothing of the desk as it is now.
                if spent {
                    self.station.open_breaker(&failure, asked);
                }
                Some(Ending::Doubt { wait: None, failure })
            }
            Ok(Found::Absent | Found::CannotTell) => {
                self.note_not_done(step);
                spent.then(|| self.retry(failure, asked))
            }
            Err(DeskError::NotBegun) => Some(self.doubt_until(SOON, failure)),
            Err(error) => {
                let asked = match error.verdict(&Step::Customer) {
                    Verdict::Wait { after } | Verdict::Retry { after } => after,
                    Verdict::Later
                    | Verdict::LookUp { .. }
                    | Verdict::CreateCustomer
                    | Verdict::TicketGone
                    | Verdict::GiveUp => None,
                };
                let pause = self.station.open_breaker(&error.failure(), asked);
                Some(self.doubt_until(pause, failure))
            }
        }
    }

    fn doubt_until(&self, pause: Duration, failure: Failure) -> Ending {
        let wait = self.jittered(pause);
        // What is in doubt does not die of age. It is the operators' from there on.
        Ending::Doubt { wait: (!self.is_past_age_after(wait)).then_some(wait), failure }
    }
}
