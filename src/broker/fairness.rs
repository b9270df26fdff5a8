//! Which lane is served next: the most urgent one that waits, and in between, at a fixed small
//! share, each lower one, so that none starves.

use crate::ticket::Priority;

/// How many jobs of other lanes a waiting lane lets pass before it has a turn of its own: one job
/// in twenty, so that four waiting lower lanes together take a fifth.
const PATIENCE: u8 = 19;

/// Chooses among lanes. Pure: it knows only what it has chosen before.
#[derive(Debug, Clone, Default)]
pub struct Fairness {
    /// How often each lane waited while another was served, in the order of `URGENT_FIRST`.
    passed_over: [u8; Priority::URGENT_FIRST.len()],
}

impl Fairness {
    /// No lane has waited yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The lane to take the next job from, out of those for which `waiting` is true; `None` where
    /// there is none. Call it once for each job that is taken.
    pub fn pick(&mut self, waiting: impl Fn(Priority) -> bool) -> Option<Priority> {
        let waits = Priority::URGENT_FIRST.map(waiting);
        let lanes = || (0..waits.len()).filter(|&lane| waits[lane]);
        let overdue = lanes()
            .rev()
            .filter(|&lane| self.passed_over[lane] >= PATIENCE)
            .max_by_key(|&lane| self.passed_over[lane]);
        let chosen = overdue.or_else(|| lanes().next())?;
        for lane in lanes() {
            self.passed_over[lane] = self.passed_over[lane].saturating_add(1);
        }
        self.passed_over[chosen] = 0;
        Some(Priority::URGENT_FIRST[chosen])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Picks from lanes that never run empty.
    fn picks(lanes: &[Priority], count: usize) -> Vec<Option<Priority>> {
        let mut fairness = Fairness::new();
        (0..count).map(|_| fairness.pick(|lane| lanes.contains(&lane))).collect()
    }

    #[test]
    fn nothing_is_picked_where_nothing_waits() {
        assert_eq!(Fairness::new().pick(|_| false), None);
    }

    #[test]
    fn the_most_urgent_lane_comes_first() {
        use Priority::{Critical, Low, Medium, Urgent};
        assert_eq!(picks(&[Low, Urgent, Medium], 1), [Some(Urgent)]);
        assert_eq!(picks(&[Critical, Low], 10), [Some(Critical); 10]);
    }

    #[test]
    fn a_lower_lane_has_one_turn_in_twenty() {
        let served = picks(&[Priority::Urgent, Priority::Low], 200);
        assert_eq!(served.iter().filter(|&&lane| lane == Some(Priority::Low)).count(), 10);
    }

    #[test]
    fn the_urgent_lane_keeps_four_turns_in_five() {
        let served = picks(&Priority::URGENT_FIRST, 1000);
        let critical = served.iter().filter(|&&lane| lane == Some(Priority::Critical)).count();
        assert!(critical >= 800, "{critical}");
    }

    proptest! {
        #[test]
        fn only_a_waiting_lane_is_picked(rounds in prop::collection::vec(0_u8..32, 1..300)) {
            let mut fairness = Fairness::new();
            for mask in rounds {
                let waits = |lane| mask & bit(lane) != 0;
                let picked = fairness.pick(waits);
                prop_assert_eq!(picked.is_none(), mask == 0);
                prop_assert!(picked.is_none_or(waits));
            }
        }

        #[test]
        fn a_waiting_lane_never_starves(
            rounds in prop::collection::vec(0_u8..32, 1..300),
            patient in 0_usize..5,
        ) {
            let patient = Priority::URGENT_FIRST[patient];
            let mut fairness = Fairness::new();
            let mut waited = 0;
            for mask in rounds {
                let picked = fairness.pick(|lane| (mask | bit(patient)) & bit(lane) != 0);
                waited = if picked == Some(patient) { 0 } else { waited + 1 };
                prop_assert!(waited < usize::from(PATIENCE) + Priority::URGENT_FIRST.len());
            }
        }
    }

    fn bit(lane: Priority) -> u8 {
        1 << lane as u8
    }
}
