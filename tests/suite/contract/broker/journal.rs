//! How the journal is read.

use deskbell::event::{JournalGap, JournalMark};
use futures_util::future::join_all;

use super::{Bench, envelope, take};

pub(super) async fn the_journal_resumes_behind_a_number(bench: &mut impl Bench) {
    let broker = bench.broker();
    // All at once, so that the store has reason to write them together.
    let publishes = (0..20).map(|number| {
        let sent = envelope(&number.to_string(), &[]);
        let broker = &broker;
        async move { broker.publish(&sent).await }
    });
    assert!(join_all(publishes).await.iter().all(Result::is_ok));
    let all = take(&mut *broker.journal(None).await.unwrap(), 20).await;
    assert!(all.is_sorted_by(|one, next| one.number < next.number));
    bench.begin_anew().await;
    let broker = bench.broker();
    for start in [0, 7, 18] {
        let mark = all[start].mark();
        let mut journal = broker.journal(Some(&mark)).await.unwrap();
        assert_eq!(journal.gap(), None);
        let rest = take(&mut *journal, 19 - start).await;
        assert_eq!(rest, all[start + 1..]);
    }
    let mut end = broker.journal(Some(&all[19].mark())).await.unwrap();
    broker.publish(&envelope("next", &[])).await.unwrap();
    assert_eq!(take(&mut *end, 1).await[0].envelope.event.id.as_str(), "next");
}

pub(super) async fn the_journal_gives_no_more_than_asked_for(bench: &mut impl Bench) {
    let broker = bench.broker();
    for id in ["1", "2", "3"] {
        broker.publish(&envelope(id, &[])).await.unwrap();
    }
    let mut journal = broker.journal(None).await.unwrap();
    assert_eq!(journal.next(1).await.unwrap().len(), 1);
    assert!((1..=2).contains(&journal.next(2).await.unwrap().len()));
}

pub(super) async fn another_journal_is_read_from_its_beginning(bench: &mut impl Bench) {
    let broker = bench.broker();
    for id in ["1", "2", "3"] {
        broker.publish(&envelope(id, &[])).await.unwrap();
    }
    let all = take(&mut *broker.journal(None).await.unwrap(), 3).await;
    let elsewhere = JournalMark::of(all[1].number, &envelope("2", &[]));
    let longer = JournalMark { number: all[2].number + 1000, ..all[2].mark() };
    for mark in [elsewhere, longer] {
        let mut journal = broker.journal(Some(&mark)).await.unwrap();
        assert_eq!(journal.gap(), Some(JournalGap::Replaced), "{mark:?}");
        assert_eq!(take(&mut *journal, 3).await, all, "{mark:?}");
    }
}
