use proptest::prelude::*;

use super::*;

/// How many requests could be sent, one beside the other.
fn free(windows: &mut Windows, at: Instant) -> usize {
    (0..1_000).take_while(|&promised| windows.admission(promised, at) == Admission::Now).count()
}

fn window(requests: u32, seconds: u64) -> Window {
    Window { requests, per: Duration::from_secs(seconds) }
}

/// Windows after requests that ended so many milliseconds before `now`.
fn filled(windows: &[Window], ended: &[u64], now: Instant) -> Windows {
    let mut filled = Windows::new(windows);
    let mut ended = ended.to_vec();
    ended.sort_unstable_by(|one, other| other.cmp(one));
    for ago in ended {
        let at = now - Duration::from_millis(ago);
        if filled.admit(at) == Admission::Now {
            filled.end(at);
        }
    }
    filled
}

fn exact(sent: Vec<Sent>, ago: Duration) -> Past {
    Past { sent, ago, unseen: 0, last: ago }
}

fn later() -> Instant {
    Instant::now() + Duration::from_hours(48)
}

#[test]
fn what_is_written_of_a_window_of_a_day_is_short() {
    let now = later();
    let ended: Vec<u64> = (0..20_000).map(|number| number * 4_000).collect();
    let mut windows = filled(&[window(1_000_000, 86_400)], &ended, now);
    let sent = windows.sent(now);
    assert!(sent[0].counting.len() <= 65, "{}", sent[0].counting.len());
    assert_eq!(sent[0].room(), 1_000_000 - 20_000);
}

#[test]
fn a_restart_finds_the_room_that_is_left() {
    let now = later();
    let windows = [window(3, 1), window(100, 60)];
    let sent = filled(&windows, &[30_000, 20_000, 10_000], now).sent(now);
    let mut resumed = Windows::new(&windows);
    resumed.resume(&exact(sent, Duration::from_secs(5)), now);
    assert_eq!(resumed.admit(now), Admission::Now);
    assert_eq!(resumed.sent(now)[1].room(), 96);
}

#[test]
fn what_may_have_been_sent_unseen_counts_from_the_last_moment() {
    let now = later();
    let windows = [window(3, 1), window(100, 60)];
    let sent = filled(&windows, &[10_000; 3], now).sent(now);
    let mut resumed = Windows::new(&windows);
    let ago = Duration::from_secs(20);
    resumed.resume(&Past { sent, ago, unseen: 60, last: Duration::from_millis(400) }, now);
    assert_eq!(resumed.admission(0, now), Admission::Not(now + Duration::from_millis(600)));
    assert_eq!(resumed.sent(now)[1].room(), 100 - 63);
}

#[test]
fn a_window_of_which_nothing_was_written_may_be_full() {
    let now = later();
    let mut resumed = Windows::new(&[window(5, 1)]);
    resumed.resume(&exact(Vec::new(), Duration::from_millis(300)).untold(), now);
    assert_eq!(resumed.admission(0, now), Admission::Not(now + Duration::from_millis(700)));
}

#[test]
fn what_others_send_to_the_account_takes_room() {
    let now = later();
    let mut windows = filled(&[window(100, 10)], &[1_000; 10], now);
    let per = Duration::from_secs(10);
    windows.correct(per, 95, now);
    assert_eq!(free(&mut windows, now), 90);
    windows.correct(per, 20, now);
    assert_eq!(free(&mut windows, now), 20);
    assert_eq!(free(&mut windows, now + per), 100);
    windows.correct(Duration::from_secs(1), 0, now + per);
    assert_eq!(free(&mut windows, now + per), 0);
    assert_eq!(free(&mut windows, now + per + Duration::from_secs(1)), 100);
}

#[test]
fn a_window_of_another_length_is_filled_from_the_next_longer_one() {
    let now = later();
    let sent = filled(&[window(10, 60)], &[50_000, 5_000, 5_000], now).sent(now);
    let mut resumed = Windows::new(&[window(4, 30), window(10, 120)]);
    resumed.resume(&exact(sent, Duration::ZERO), now);
    let rooms: Vec<_> = resumed.sent(now).iter().map(Sent::room).collect();
    assert_eq!(rooms, [2, 7]);
}

proptest! {
    #[test]
    fn what_is_written_never_shows_more_room_than_there_is(
        ended in prop::collection::vec(0_u64..20_000, 0..60),
        ago in 0_u64..20_000,
        later in 0_u64..20_000,
    ) {
        let now = self::later();
        let windows = [window(3, 1), window(20, 10), window(30, 15)];
        let mut before = filled(&windows, &ended, now);
        let sent = before.sent(now);
        let mut after = Windows::new(&windows);
        let taken = now + Duration::from_millis(ago);
        after.resume(&exact(sent, Duration::from_millis(ago)), taken);
        let then = taken + Duration::from_millis(later);
        prop_assert!(free(&mut after, then) <= free(&mut before, then));
    }
}
