use futures_util::{StreamExt, stream::FuturesUnordered};
use proptest::prelude::*;

use super::*;

fn window(requests: u32, millis: u64) -> Window {
    Window { requests, per: Duration::from_millis(millis) }
}

/// Lets requests come at `arrivals` (ms) and take `takes` (ms) each; returns when each was
/// let through and when it ended, in the order of their coming.
async fn run(pacer: &Pacer, arrivals: &[(u64, u64)]) -> Vec<(Instant, Instant)> {
    let start = Instant::now();
    let mut arrivals = arrivals.to_vec();
    arrivals.sort_unstable();
    let calls: FuturesUnordered<_> = arrivals
        .into_iter()
        .enumerate()
        .map(|(number, (at, takes))| async move {
            tokio::time::sleep_until(start + Duration::from_millis(at)).await;
            let pass = pacer.pass().await;
            let sent = Instant::now();
            tokio::time::sleep(Duration::from_millis(takes)).await;
            drop(pass);
            (number, (sent, Instant::now()))
        })
        .collect();
    let mut spans: Vec<_> = calls.collect().await;
    spans.sort_unstable();
    spans.into_iter().map(|(_, span)| span).collect()
}

/// Whether the desk may have seen more requests than `window` allows: whether a request was
/// sent less than a window after the one so many places before it may have arrived.
fn is_exceeded(window: Window, spans: &[(Instant, Instant)]) -> bool {
    let allowed = window.requests as usize;
    let mut sent: Vec<_> = spans.iter().map(|span| span.0).collect();
    sent.sort_unstable();
    sent.iter().any(|&moment| {
        spans.iter().filter(|(from, to)| *from <= moment && moment < *to + window.per).count()
            > allowed
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn no_window_is_ever_exceeded(
        arrivals in prop::collection::vec((0_u64..4_000, 0_u64..700), 0..60),
        windows in prop::collection::vec((1_u32..8, 1_u64..2_500), 1..4),
    ) {
        let windows: Vec<_> = windows.into_iter().map(|(r, ms)| window(r, ms)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let spans = runtime.block_on(run(&Pacer::new(&windows), &arrivals));
        prop_assert_eq!(spans.len(), arrivals.len());
        for window in windows {
            prop_assert!(!is_exceeded(window, &spans), "{window:?}: {spans:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn all_windows_hold_at_once() {
    let windows = [window(3, 1_000), window(5, 10_000)];
    let start = Instant::now();
    let spans = run(&Pacer::new(&windows), &[(0, 0); 7]).await;
    let seconds: Vec<_> = spans.iter().map(|(sent, _)| (*sent - start).as_secs()).collect();
    assert_eq!(seconds, [0, 0, 0, 1, 1, 10, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_request_on_its_way_counts_until_a_window_after_its_answer() {
    let start = Instant::now();
    let spans = run(&Pacer::new(&[window(1, 1_000)]), &[(0, 5_000), (1, 0)]).await;
    assert_eq!(spans[1].0 - start, Duration::from_secs(6));
}

#[tokio::test(start_paused = true)]
async fn who_comes_first_passes_first() {
    let spans = run(&Pacer::new(&[window(1, 100)]), &[(0, 9), (1, 1), (2, 7), (3, 0)]).await;
    assert!(spans.is_sorted(), "{spans:?}");
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waiting_keeps_nobody_waiting() {
    let pacer = Pacer::new(&[window(1, 1_000)]);
    drop(pacer.pass().await);
    assert!(tokio::time::timeout(Duration::from_millis(1), pacer.pass()).await.is_err());
    let asked = Instant::now();
    drop(pacer.pass().await);
    assert_eq!(asked.elapsed(), Duration::from_millis(999));
}

#[tokio::test(start_paused = true)]
async fn nothing_passes_after_its_latest_moment() {
    let pacer = Pacer::new(&[window(2, 1_000)]);
    let now = Instant::now();
    assert!(pacer.pass_before(Some(now)).await.is_none());
    drop(pacer.pass_before(Some(now + Duration::from_millis(1))).await.unwrap());
    assert!(pacer.pass_before(Some(now + Duration::from_millis(999))).await.is_none());
    assert_eq!(now.elapsed(), Duration::from_millis(999));
    assert!(pacer.pass_before(None).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_turn_comes_when_a_request_would_pass_and_takes_no_room() {
    let pacer = Pacer::new(&[window(1, 1_000)]);
    let start = Instant::now();
    drop(pacer.turn().await);
    drop(pacer.pass().await);
    assert_eq!(start.elapsed(), Duration::ZERO);
    drop(pacer.turn().await);
    assert_eq!(start.elapsed(), Duration::from_secs(1));
    drop(pacer.pass().await);
    assert_eq!(start.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn no_more_turns_are_given_than_there_is_room() {
    let pacer = Pacer::new(&[window(2, 1_000)]);
    let (first, _second) = (pacer.turn().await, pacer.turn().await);
    let mut third = std::pin::pin!(pacer.turn());
    assert!(tokio::time::timeout(Duration::from_mins(1), &mut third).await.is_err());
    let asked = Instant::now();
    drop(first);
    let _third = third.await;
    assert_eq!(asked.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_used_makes_the_next_one_wait_for_room() {
    let pacer = Pacer::new(&[window(1, 1_000)]);
    let turn = pacer.turn().await;
    let asked = Instant::now();
    let call = async {
        drop(turn);
        drop(pacer.pass().await);
    };
    let (_next, ()) = tokio::join!(pacer.turn(), call);
    assert_eq!(asked.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn without_windows_nothing_waits() {
    let start = Instant::now();
    let pacer = Pacer::new(&[]);
    let _turns = (pacer.turn().await, pacer.turn().await, pacer.turn().await);
    run(&pacer, &[(0, 0); 100]).await;
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_kept_delays_no_other_once_there_is_room_for_both() {
    let pacer = Pacer::new(&[window(2, 1_000)]);
    // The loop of an idle desk keeps the turn of the next job.
    let kept = pacer.turn().await;
    drop(pacer.pass().await);
    let began = Instant::now();
    let other = pacer.turn().await;
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    drop((kept, other));
}
