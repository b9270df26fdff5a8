//! How long a desk has to do with what waits for it, as things go now. Foreseen and not promised.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    replaying::lasts,
    views::{Forecast, Outlook, PaceOf},
};
use crate::{
    delivery::time_between,
    desks::Window,
    ledger::{DeskLately, PACED_OVER, Pace},
};

/// What a forecast is made of.
#[derive(Debug)]
pub(super) struct Signs<'a> {
    /// The moment of it.
    pub(super) at: Timestamp,
    /// Deliveries that wait for the desk or are under way.
    pub(super) waiting: u64,
    /// What came in and was done lately; `None`: nothing.
    pub(super) lately: Option<&'a DeskLately>,
    /// The windows of the desk's quota; empty where it is not known, or there is none.
    pub(super) windows: &'a [Window],
    /// Whether nothing passes: the desk is paused, or its breaker is not closed.
    pub(super) is_held: bool,
}

/// The longest that is told of: beyond a year nobody plans.
const LONGEST: u128 = 365 * 24 * 3_600_000;

/// When the desk has done what waits.
///
/// The rate is what was done lately, where the desk had something to do all that time; otherwise what
/// its quota allows, at one call for each. What comes in meanwhile counts against it.
pub(super) fn forecast(signs: &Signs<'_>) -> Forecast {
    let none = Pace::default();
    let arrived = signs.lately.map_or(none, |lately| lately.arrived);
    let settled = signs.lately.map_or(none, |lately| lately.settled);
    let known = Forecast::of(&arrived, &settled);
    if signs.waiting == 0 {
        return known;
    }
    let quota = quota(signs);
    if signs.is_held {
        let seconds = quota.map(|_| lasts(signs.waiting, signs.windows).as_secs());
        return Forecast { outlook: Outlook::Held, seconds, ..known };
    }
    let behind = signs.lately.and_then(|lately| lately.behind_since);
    let is_busy = behind.is_some_and(|since| since <= signs.at - PACED_OVER);
    let (pace, by) = match quota {
        Some(quota) if !is_busy => (quota, PaceOf::Quota),
        None if !is_busy && settled.count == 0 => {
            return Forecast { outlook: Outlook::Unknown, ..known };
        }
        _ => (settled, PaceOf::Lately),
    };
    let known = Forecast { by: Some(by), ..known };
    let Some(took) = takes(signs.waiting, pace, arrived) else {
        return Forecast { outlook: Outlook::Grows, ..known };
    };
    // What was put off does not come sooner.
    let last = signs.lately.and_then(|lately| lately.last_due).unwrap_or(signs.at);
    let until = (signs.at + took).max(last);
    let seconds = time_between(signs.at, until).as_secs();
    Forecast { outlook: Outlook::Until, until: Some(until), seconds: Some(seconds), ..known }
}

/// What the quota allows; `None` where it is not known, or there is none.
fn quota(signs: &Signs<'_>) -> Option<Pace> {
    let over = lasts(signs.waiting, signs.windows).max(Duration::from_millis(1));
    (!signs.windows.is_empty()).then_some(Pace { count: signs.waiting, over })
}

/// How long so many take at `pace`, while others arrive; `None`: for ever, or longer than anybody plans.
fn takes(waiting: u64, pace: Pace, arrived: Pace) -> Option<Duration> {
    let millis = |pace: &Pace| pace.over.as_millis().max(1);
    let (out, coming) = (u128::from(pace.count), u128::from(arrived.count));
    let (out_in, coming_in) = (millis(&pace), millis(&arrived));
    // Both rates over one denominator.
    let net = (out * coming_in).checked_sub(coming * out_in).filter(|net| *net > 0)?;
    let took = (u128::from(waiting) * out_in).saturating_mul(coming_in) / net;
    let took = Some(took).filter(|took| *took <= LONGEST)?;
    u64::try_from(took).ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap_or_default()
    }

    /// In five minutes; busy since so many seconds ago.
    fn lately(arrived: u64, settled: u64, busy_for: Option<i64>) -> DeskLately {
        let pace = |count| Pace { count, over: PACED_OVER };
        DeskLately {
            desk: "crm".parse().unwrap_or_else(|_| unreachable!()),
            arrived: pace(arrived),
            settled: pace(settled),
            behind_since: busy_for.map(|seconds| at(-seconds)),
            last_due: None,
        }
    }

    fn of(waiting: u64, lately: &DeskLately, windows: &[Window], is_held: bool) -> Forecast {
        forecast(&Signs { at: at(0), waiting, lately: Some(lately), windows, is_held })
    }

    const A_SECOND: [Window; 1] = [Window { requests: 2, per: Duration::from_secs(1) }];

    #[test]
    fn a_desk_that_was_busy_goes_on_at_its_rate_less_what_comes_in() {
        let told = of(200, &lately(20, 60, Some(300)), &A_SECOND, false);
        assert_eq!((told.outlook, told.by), (Outlook::Until, Some(PaceOf::Lately)));
        assert_eq!((told.until, told.seconds), (Some(at(1500)), Some(1500)));
        assert_eq!((told.arrived, told.settled, told.arrived_over_seconds), (20, 60, 300));
    }

    #[test]
    fn a_desk_that_had_little_to_do_goes_on_as_its_quota_allows() {
        for lately in [lately(0, 3, Some(299)), lately(0, 3, None)] {
            let told = of(120, &lately, &A_SECOND, false);
            assert_eq!((told.outlook, told.by), (Outlook::Until, Some(PaceOf::Quota)));
            assert_eq!(told.seconds, Some(60));
        }
        assert_eq!(of(120, &lately(300, 3, None), &A_SECOND, false).seconds, Some(120));
    }

    #[test]
    fn a_backlog_that_grows_has_no_end() {
        let outlook = |lately, windows: &[Window]| of(10, &lately, windows, false).outlook;
        assert_eq!(outlook(lately(60, 60, Some(900)), &A_SECOND), Outlook::Grows);
        assert_eq!(outlook(lately(0, 0, Some(900)), &A_SECOND), Outlook::Grows);
        assert_eq!(outlook(lately(601, 0, None), &A_SECOND), Outlook::Grows);
        let slow = of(9_000_000, &lately(59, 60, Some(900)), &[], false);
        assert_eq!(slow.outlook, Outlook::Grows);
    }

    #[test]
    fn a_desk_that_nothing_passes_to_is_held() {
        let told = of(120, &lately(1, 9, Some(900)), &A_SECOND, true);
        assert_eq!((told.outlook, told.until, told.seconds), (Outlook::Held, None, Some(60)));
        assert_eq!(of(120, &lately(1, 9, None), &[], true).seconds, None);
    }

    #[test]
    fn what_is_not_known_is_not_told() {
        assert_eq!(of(5, &lately(1, 0, None), &[], false).outlook, Outlook::Unknown);
        assert_eq!(of(5, &lately(1, 2, None), &[], false).by, Some(PaceOf::Lately));
        let none = Signs { at: at(0), waiting: 0, lately: None, windows: &[], is_held: true };
        assert_eq!(forecast(&none).outlook, Outlook::Clear);
    }

    #[test]
    fn what_was_put_off_does_not_come_sooner() {
        let lately = DeskLately { last_due: Some(at(900)), ..lately(0, 9, None) };
        assert_eq!(of(1, &lately, &A_SECOND, false).seconds, Some(900));
    }
}
