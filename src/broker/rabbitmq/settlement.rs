//! Finds out what became of each published message.
//!
//! The client library hands a returned message to whichever confirm completes next, which with
//! several in flight is often that of another message. So a confirm alone proves nothing: every
//! message carries a number, and a return counts for the number that it carries.
//!
//! Two facts make this exact. The broker sends a return before the confirm of the same message, and
//! the library keeps the returns in a line from which every confirm takes the first. Hence a confirm
//! that carries no return found the line empty: its own return, if there was one, is with a confirm
//! that completed earlier, and a sweep over all completed confirms has seen it. A confirm that
//! carries the return of another message leaves its own fate open until the line was empty once.

use std::collections::HashSet;

use crate::broker::BrokerError;

/// How one confirm completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Confirm {
    /// An acknowledgement, with the number of the returned message that came with it.
    Ack(Option<u64>),
    /// A negative acknowledgement, likewise.
    Nack(Option<u64>),
    /// The channel or connection ended first.
    Lost(String),
}

/// What is known of the messages whose fate is open.
#[derive(Debug, Default)]
pub(super) struct Settlement {
    /// Messages that were returned and not confirmed yet.
    returned: HashSet<u64>,
    /// Messages whose confirm carried another message's return.
    open: Vec<u64>,
}

impl Settlement {
    /// Takes in all confirms that have completed since the last sweep and gives the fates that are
    /// certain now. `idle` says that no other message is in flight.
    pub(super) fn sweep(
        &mut self,
        confirms: Vec<(u64, Confirm)>,
        idle: bool,
    ) -> Vec<(u64, Result<(), BrokerError>)> {
        let mut fates = Vec::with_capacity(confirms.len());
        let mut stored = Vec::new();
        let mut still_open = Vec::new();
        for (number, confirm) in confirms {
            match confirm {
                Confirm::Ack(None) => stored.push(number),
                Confirm::Ack(Some(other)) => {
                    self.returned.insert(other);
                    still_open.push(number);
                }
                Confirm::Nack(other) => {
                    self.returned.extend(other);
                    fates.push((number, Err(BrokerError::Refused)));
                }
                Confirm::Lost(why) => fates.push((number, Err(BrokerError::Disconnected(why)))),
            }
        }
        let line_was_empty = idle || !stored.is_empty();
        if line_was_empty {
            stored.append(&mut self.open);
        }
        if idle {
            stored.append(&mut still_open);
        }
        self.open.append(&mut still_open);
        fates.extend(stored.into_iter().map(|number| (number, self.fate(number))));
        if idle {
            self.returned.clear();
        }
        fates
    }

    fn fate(&mut self, number: u64) -> Result<(), BrokerError> {
        if self.returned.remove(&number) { Err(BrokerError::Unroutable) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, VecDeque};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_return_counts_for_its_own_message_alone() {
        let mut settlement = Settlement::default();
        let fates =
            settlement.sweep(vec![(1, Confirm::Ack(Some(2))), (2, Confirm::Ack(None))], true);
        let stored: HashMap<_, _> =
            fates.into_iter().map(|(number, fate)| (number, fate.is_ok())).collect();
        assert_eq!(stored, HashMap::from([(1, true), (2, false)]));
    }

    #[test]
    fn a_fate_stays_open_while_a_return_may_still_come() {
        let mut settlement = Settlement::default();
        assert!(settlement.sweep(vec![(2, Confirm::Ack(Some(1)))], false).is_empty());
        let fates = settlement.sweep(vec![(1, Confirm::Ack(Some(2)))], true);
        assert!(fates.iter().all(|(_, fate)| matches!(fate, Err(BrokerError::Unroutable))));
        assert_eq!(fates.len(), 2);
    }

    /// The client library's line of returns, fed as the broker feeds it.
    #[derive(Default)]
    struct Library {
        line: VecDeque<u64>,
        completed: Vec<(u64, Confirm)>,
    }

    impl Library {
        fn confirm(&mut self, number: u64) {
            let confirm = Confirm::Ack(self.line.pop_front());
            self.completed.push((number, confirm));
        }
    }

    proptest! {
        #[test]
        fn no_returned_message_is_ever_reported_as_stored(
            routable in prop::collection::vec(any::<bool>(), 1..60),
            order in prop::collection::vec(any::<u32>(), 60),
            sweeps in prop::collection::vec(any::<bool>(), 60),
        ) {
            let numbers = 0..routable.len() as u64;
            let mut library = Library::default();
            let mut settlement = Settlement::default();
            let mut fates = HashMap::new();
            // Confirms in any order, each behind the return of its own message.
            let mut confirms: Vec<(u32, u64)> = order.into_iter().zip(numbers.clone()).collect();
            confirms.sort_unstable();
            let mut returns: VecDeque<u64> = numbers
                .clone()
                .zip(&routable)
                .filter_map(|(number, routable)| (!routable).then_some(number))
                .collect();
            for (done, &(_, number)) in confirms.iter().enumerate() {
                while returns.front().is_some_and(|&returned| returned <= number) {
                    library.line.extend(returns.pop_front());
                }
                library.confirm(number);
                let idle = done + 1 == confirms.len();
                if sweeps[done] || idle {
                    fates.extend(settlement.sweep(std::mem::take(&mut library.completed), idle));
                }
            }
            for (number, routable) in numbers.zip(routable) {
                prop_assert_eq!(fates.get(&number).map(Result::is_ok), Some(routable));
            }
        }
    }
}
