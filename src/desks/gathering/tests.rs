use std::future::poll_fn;

use futures_util::future::join_all;

use super::{
    pace::{FEW, LATE},
    *,
};

const LANE: Priority = Priority::Low;

/// Asks with `number`; whoever leads notes the batch and answers each with its number.
async fn ask(gatherer: &Gatherer<u32, u32>, number: u32, sent: &Mutex<Vec<usize>>) -> u32 {
    let mut place = gatherer.join(LANE, number, None);
    loop {
        match place.turned().await {
            Turned::Answered(answer) => return answer.unwrap(),
            Turned::Leads(leader) => {
                let batch = leader.take();
                sent.lock().unwrap().push(batch.len());
                tokio::time::sleep(Duration::from_millis(10)).await;
                for one in batch {
                    let number = one.input;
                    one.answer(Ok(number));
                }
            }
        }
    }
}

/// How many each request took, of so many that begin and ask at once; so many more have begun.
async fn sent(asking: u32, more: usize) -> Vec<usize> {
    let pace = Pace::default();
    let gatherer = Gatherer::new(pace.clone(), 100);
    (0..asking as usize + more).for_each(|_| pace.begin(LANE, LATE));
    let sent = Mutex::default();
    let answers = join_all((0..asking).map(|number| ask(&gatherer, number, &sent))).await;
    assert_eq!(answers, (0..asking).collect::<Vec<_>>());
    sent.into_inner().unwrap()
}

#[tokio::test(start_paused = true)]
async fn without_a_backlog_nothing_waits() {
    let began = Instant::now();
    assert_eq!(sent(1, 0).await, [1]);
    assert_eq!(sent(1, FEW - 1).await, [1]);
    assert_eq!(began.elapsed(), Duration::from_millis(20));
}

#[tokio::test(start_paused = true)]
async fn late_deliveries_now_and_then_and_many_in_time_are_no_backlog() {
    let pace = Pace::default();
    for _ in 0..50 {
        pace.begin(LANE, LATE);
        tokio::time::advance(QUIET).await;
    }
    assert_eq!(pace.backlog(LANE), None);
    (0..50).for_each(|_| pace.begin(LANE, LATE / 2));
    assert_eq!(pace.backlog(LANE), None);
}

#[tokio::test(start_paused = true)]
async fn a_backlog_goes_out_in_whole_batches() {
    assert_eq!(sent(250, 0).await.iter().sum::<usize>(), 250);
    assert_eq!(sent(200, 0).await, [100, 100]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_does_not_fill_goes_out_when_nothing_more_begins() {
    let began = Instant::now();
    assert_eq!(sent(20, 50).await, [20]);
    assert_eq!(began.elapsed(), QUIET + Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn a_batch_waits_for_what_still_begins_and_not_for_ever() {
    let pace = Pace::default();
    let gatherer = Gatherer::new(pace.clone(), 100);
    (0..20).for_each(|_| pace.begin(LANE, LATE));
    let (sent, began) = (Mutex::default(), Instant::now());
    let more = async {
        loop {
            tokio::time::sleep(QUIET / 2).await;
            pace.begin(LANE, LATE);
        }
    };
    tokio::select! {
        answer = ask(&gatherer, 1, &sent) => assert_eq!(answer, 1),
        () = more => {}
    }
    assert_eq!(began.elapsed(), LONGEST_FILL + Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn a_backlog_goes_on_while_its_deliveries_are_on_their_way() {
    let pace = Pace::default();
    let gatherer = Gatherer::new(pace.clone(), 100);
    (0..20).for_each(|_| pace.begin(LANE, LATE));
    tokio::time::advance(10 * QUIET).await;
    let sent = Mutex::default();
    // Nothing has begun for long: these come from a request before.
    let one_by_one = (0..20_u32).map(|number| {
        let (gatherer, sent) = (&gatherer, &sent);
        async move {
            tokio::time::sleep(QUIET / 20 * number).await;
            ask(gatherer, number, sent).await
        }
    });
    join_all(one_by_one).await;
    assert_eq!(sent.into_inner().unwrap(), [20]);
}

#[tokio::test(start_paused = true)]
async fn those_who_will_ask_at_once_are_waited_for_and_not_for_long() {
    let gatherer = Gatherer::new(Pace::default(), 100);
    let (sent, began) = (Mutex::default(), Instant::now());
    gatherer.expect(LANE, 30);
    join_all((0..20).map(|number| ask(&gatherer, number, &sent))).await;
    assert_eq!(began.elapsed(), QUIET + Duration::from_millis(10));
    // The others come too late to be waited for.
    join_all((20..22).map(|number| ask(&gatherer, number, &sent))).await;
    gatherer.expect(LANE, 2);
    join_all((22..24).map(|number| ask(&gatherer, number, &sent))).await;
    assert!(began.elapsed() < QUIET + Duration::from_millis(50));
    let sent = sent.into_inner().unwrap();
    assert_eq!((sent[0], sent.last()), (20, Some(&2)), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn another_lanes_backlog_holds_nobody_up() {
    let pace = Pace::default();
    let gatherer = Gatherer::new(pace.clone(), 100);
    (0..90).for_each(|_| pace.begin(Priority::Medium, LATE));
    let began = Instant::now();
    ask(&gatherer, 1, &Mutex::default()).await;
    assert_eq!(began.elapsed(), Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_for_one_whose_time_is_over() {
    let gatherer: Gatherer<u32, u32> = Gatherer::new(Pace::default(), 100);
    let mut late = gatherer.join(LANE, 1, Some(Instant::now()));
    let mut first = gatherer.join(LANE, 2, None);
    let Turned::Leads(leader) = first.turned().await else { panic!("nobody has asked") };
    let batch = leader.take();
    assert_eq!(batch.iter().map(|one| one.input).collect::<Vec<_>>(), [2]);
    let Turned::Answered(Err(DeskError::NotBegun)) = late.turned().await else { panic!("late") };
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_away_is_not_asked_for_and_holds_nobody_up() {
    let gatherer: Gatherer<u32, u32> = Gatherer::new(Pace::default(), 100);
    let mut gone = gatherer.join(LANE, 1, None);
    let Turned::Leads(leader) = gone.turned().await else { panic!("nobody has asked") };
    drop((leader, gone));
    let sent = Mutex::default();
    assert_eq!(ask(&gatherer, 2, &sent).await, 2);
    assert_eq!(sent.into_inner().unwrap(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_is_broken_off_leaves_a_doubt() {
    let gatherer: Gatherer<u32, u32> = Gatherer::new(Pace::default(), 100);
    let mut follower = gatherer.join(LANE, 1, None);
    let mut leads = gatherer.join(LANE, 2, None);
    let Turned::Leads(leader) = leads.turned().await else { panic!("nobody has asked") };
    let batch = leader.take();
    assert_eq!(batch.len(), 2);
    // The follower waits for its answer and does not lead any more.
    let waiting = follower.turned();
    tokio::pin!(waiting);
    poll_fn(|context| {
        assert!(waiting.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    drop(batch);
    let Turned::Answered(Err(error)) = waiting.await else { panic!("no answer") };
    assert!(!error.is_definite());
}
