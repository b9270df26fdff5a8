//! When a call-back that was not received is sent again.

use std::time::Duration;

/// The waits after the first try and its successors: what Standard Webhooks 1.0 advises ("Deliverability
/// and reliability"), 10 tries over about 75 hours.
const WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// The longest wait that a receiver may ask for.
const LONGEST: Duration = Duration::from_hours(24);

/// How long to wait after the try of this number, from 1; `None` when it was the last. `asked`: what
/// the receiver wants at least. `chance`, in [0, 1), spreads the waits by a tenth, so that what failed
/// together does not come back together.
pub(super) fn wait_after(attempt: u32, asked: Option<Duration>, chance: f64) -> Option<Duration> {
    let index = usize::try_from(attempt.saturating_sub(1)).ok()?;
    let wait = WAITS.get(index)?.mul_f64(1.0 + 0.1 * chance.clamp(0.0, 1.0));
    Some(asked.map_or(wait, |asked| wait.max(asked.min(LONGEST))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_are_made_over_three_days() {
        let waits: Vec<Duration> = (1..).map_while(|it| wait_after(it, None, 0.0)).collect();
        assert_eq!(waits.len(), 9);
        let hours = waits.iter().sum::<Duration>().as_secs() / 3600;
        assert_eq!(hours, 75);
        assert_eq!(wait_after(1, None, 0.5), Some(Duration::from_millis(5250)));
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_wait_within_a_day() {
        let asked = |asked| wait_after(1, Some(asked), 0.0);
        assert_eq!(asked(Duration::from_secs(1)), Some(Duration::from_secs(5)));
        assert_eq!(asked(Duration::from_mins(2)), Some(Duration::from_mins(2)));
        assert_eq!(asked(Duration::from_hours(900)), Some(LONGEST));
        assert_eq!(wait_after(10, Some(Duration::from_secs(9)), 0.0), None);
    }
}
