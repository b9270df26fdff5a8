//! Tying records to a ticket that exists: the customers of a flood to the ticket that stands for it.

use super::{
    desk::HubSpot,
    life::{no_id, ticket},
    opening::beforehand,
    requests::{self, Tie},
    ties,
};
use crate::{
    delivery::{Outcome, Step},
    desks::{DeskError, Task},
};

impl HubSpot {
    /// Ties the draft's records, which the steps before have found, to the ticket. A tie that HubSpot
    /// refuses is left out: a record may be gone, or have as many ties as it can.
    pub(super) async fn tie(&self, task: &Task<'_>) -> Result<Outcome, DeskError> {
        let ticket = ticket(task)?;
        let all = ties::resolve(&self.client, task.draft, task.done).await.map_err(beforehand)?;
        let mut left: &[Tie] = &all;
        let mut outcome = Outcome::Done;
        while let Some(first) = left.first() {
            let is_same = |tie: &&Tie| tie.object == first.object && tie.to == first.to;
            let of_one: Vec<&Tie> = all.iter().filter(is_same).collect();
            let is_first = of_one.first().is_some_and(|known| std::ptr::eq(*known, first));
            left = &left[1..];
            if !is_first {
                continue;
            }
            let call = requests::tie(&ticket.id, &of_one).ok_or_else(no_id)?;
            match self.client.tie(&Step::Tie, &call).await {
                Ok(()) => {}
                // In which words HubSpot refuses a tie to a ticket that is gone is not documented.
                Err(DeskError::Refused(_, answer)) => {
                    match self.client.is_there(task.draft.priority, "tickets", &ticket.id).await {
                        Ok(true) => outcome = Outcome::Skipped,
                        Ok(false) => return Err(DeskError::TicketGone(answer)),
                        Err(error) => return Err(beforehand(error)),
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(outcome)
    }
}
