//! When what was not received is sent again.

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

/// The waits after the first tries to tell operators of something; the last one comes again and
/// again. What waits is the newest of its condition, so that it never grows.
const OPERATORS_WAITS: [Duration; 4] = [
    Duration::from_secs(5),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
];

/// The same for what operators are told, which has no last try.
pub(super) fn wait_for_operators(attempt: u32, asked: Option<Duration>, chance: f64) -> Duration {
    let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = OPERATORS_WAITS[index.min(OPERATORS_WAITS.len() - 1)];
    let wait = wait.mul_f64(1.0 + 0.1 * chance.clamp(0.0, 1.0));
    asked.map_or(wait, |asked| wait.max(wait_asked_for(asked)))
}

/// How long a receiver that asks for a pause is left alone.
pub(super) fn wait_asked_for(asked: Duration) -> Duration {
    asked.clamp(WAITS[0], LONGEST)
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
        assert_eq!(wait_asked_for(Duration::from_hours(900)), LONGEST);
    }

    #[test]
    fn what_operators_are_told_is_sent_again_each_quarter_of_an_hour() {
        let seconds = |attempt| wait_for_operators(attempt, None, 0.0).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 1000, u32::MAX].map(seconds), [5, 60, 300, 900, 900, 900, 900]);
        let asked = Some(Duration::from_hours(900));
        assert_eq!(wait_for_operators(1, asked, 0.0), LONGEST);
    }
}
