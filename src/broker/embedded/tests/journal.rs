use super::*;
use crate::broker::embedded::{journal, lanes};

#[tokio::test]
async fn a_requeued_job_reaches_its_lane_and_not_the_journal() {
    let set = set();
    set.publish("1", &[("crm", High)]).await;
    let mut lanes = set.lanes(1).await;
    let lease = lanes.next().await.unwrap();
    let job = lease.job().clone();
    lease.ack().await.unwrap();
    set.broker.requeue(&job).await.unwrap();
    let again = lanes.next().await.unwrap();
    assert_eq!(again.job(), &job);
    again.ack().await.unwrap();
    assert_eq!(set.journaled().await, ["1"]);
    assert_eq!(set.count("envelopes").await, 1);
}

#[tokio::test]
async fn the_journal_is_read_from_any_place_and_waits_at_its_end() {
    let set = set();
    for id in ["1", "2", "3"] {
        set.publish(id, &[]).await;
    }
    let mut journal = set.broker.journal(None).await.unwrap();
    let first = journal.next(2).await.unwrap();
    assert_eq!(first.len(), 2);
    let mut journal = set.broker.journal(Some(&first[1].mark())).await.unwrap();
    let third = journal.next(2).await.unwrap();
    assert_eq!(third[0].envelope, envelope("3", set.clock.now(), &[]));
    let (fourth, ()) = tokio::join!(journal.next(2), set.publish("4", &[]));
    assert!(fourth.unwrap()[0].number > third[0].number);
}

/// Records the journal up to the event `id`.
async fn record(set: &Set, id: &str) {
    let entries = set.broker.journal(None).await.unwrap().next(1000).await.unwrap();
    let entry = entries.iter().find(|entry| entry.envelope.event.id.as_str() == id).unwrap();
    set.broker.recorded(&entry.mark());
}

#[tokio::test]
async fn the_journal_keeps_to_its_bytes_but_for_what_is_not_recorded() {
    let bytes = u64::try_from(
        EnvelopeRow::of(&envelope("00", Timestamp::UNIX_EPOCH, &[])).unwrap().bytes(),
    );
    let set = set_with(JournalBounds { max_bytes: 5 * bytes.unwrap(), ..JournalBounds::default() });
    for number in 10..30 {
        set.publish(&number.to_string(), &[]).await;
    }
    assert_eq!(set.broker.prune().await.unwrap(), 0);
    assert_eq!(set.journaled().await.len(), 20);
    record(&set, "13").await;
    assert_eq!(set.broker.prune().await.unwrap(), 3);
    // By the entry that was recorded last its reader knows the journal again.
    assert_eq!(set.journaled().await[0], "13");
    record(&set, "29").await;
    set.publish("30", &[]).await;
    assert_eq!(set.journaled().await[0], "17");
    assert_eq!(set.broker.prune().await.unwrap(), 9);
    assert_eq!(set.journaled().await, ["26", "27", "28", "29", "30"]);
    assert_eq!(set.count("envelopes").await, 5);
}

#[tokio::test]
async fn a_journal_that_is_opened_behind_a_mark_may_forget_what_is_before_it() {
    let set = set_with(JournalBounds { max_bytes: 0, ..JournalBounds::default() });
    for id in ["1", "2", "3"] {
        set.publish(id, &[]).await;
    }
    let entries = set.broker.journal(None).await.unwrap().next(9).await.unwrap();
    assert_eq!(set.broker.prune().await.unwrap(), 0);
    drop(set.broker.journal(Some(&entries[1].mark())).await.unwrap());
    assert_eq!(set.broker.prune().await.unwrap(), 1);
    assert_eq!(set.journaled().await, ["2", "3"]);
}

#[tokio::test]
async fn an_event_that_left_the_journal_is_still_delivered_and_then_forgotten() {
    let max_age = Duration::from_hours(1);
    let set = set_with(JournalBounds { max_age, ..JournalBounds::default() });
    set.publish("old", &[("crm", High), ("crm", Low)]).await;
    set.publish("marked", &[]).await;
    record(&set, "marked").await;
    set.clock.advance(max_age + Duration::from_secs(1));
    set.publish("new", &[]).await;
    assert_eq!(set.journaled().await, ["marked", "new"]);
    let mut lanes = set.lanes(1).await;
    let (one, two) = (lanes.next().await.unwrap(), lanes.next().await.unwrap());
    assert_eq!((id(&one), id(&two)), ("old", "old"));
    one.ack().await.unwrap();
    assert_eq!(set.count("envelopes").await, 3);
    two.ack().await.unwrap();
    assert_eq!(set.count("envelopes").await, 2);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named_once_and_holds_nothing_up() {
    let set = set();
    set.publish("1", &[("crm", High)]).await;
    set.publish("2", &[("crm", High)]).await;
    let spoil = "UPDATE envelopes SET body = '{' WHERE id = '1'";
    set.broker.store.write(|tx| Ok::<_, BrokerError>(tx.execute(spoil, [])?)).await.unwrap();
    let mut lanes = set.lanes(1).await;
    let BrokerError::Store(error) = lanes.next().await.unwrap_err() else { panic!() };
    assert!(error.to_string().contains("envelopes 1"), "{error}");
    assert_eq!(id(&lanes.next().await.unwrap()), "2");
    let journal = || set.broker.journal(None);
    assert!(journal().await.unwrap().next(1).await.is_err());
    let entries = journal().await.unwrap().next(1).await.unwrap();
    assert_eq!(entries[0].envelope.event.id.as_str(), "2");
}

#[tokio::test]
async fn every_question_about_lanes_and_journal_is_answered_by_an_index() {
    let set = set();
    let plans = [
        lanes::FIRST.to_owned(),
        lanes::NEXT_DUE.to_owned(),
        lanes::WAITS.to_owned(),
        journal::OLDEST.to_owned(),
        journal::entries_query(),
    ];
    let plan = |tx: &Transaction<'_>, query: &str| -> Result<String, BrokerError> {
        let mut statement = tx.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
        // Unbound parameters are NULL, which is good enough to plan for.
        let lines = statement.raw_query().mapped(|row| row.get::<_, String>("detail"));
        Ok(lines.collect::<Result<Vec<_>, _>>()?.join("\n"))
    };
    let plans = set
        .broker
        .store
        .read(move |tx| plans.iter().map(|query| plan(tx, query)).collect::<Result<Vec<_>, _>>());
    for plan in plans.await.unwrap() {
        let searches = plan.matches("USING INDEX").count() + plan.matches("COVERING INDEX").count();
        assert!(searches > 0, "{plan}");
        assert!(!plan.contains("SCAN jobs"), "{plan}");
        // A few candidates of one lane may be sorted, and nothing else.
        assert!(plan.matches("TEMP B-TREE").count() <= plan.matches("UNION ALL").count());
    }
}
