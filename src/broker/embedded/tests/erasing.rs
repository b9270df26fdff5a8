use super::*;
use crate::{broker::embedded::JournalEraser, event::Erased};

#[tokio::test]
async fn a_payload_is_erased_beside_a_broker_that_runs_and_its_jobs_stay() {
    let set = set();
    let envelope = envelope("1", set.clock.now(), &[("crm", High)]);
    set.broker.publish(&envelope).await.unwrap();
    let eraser = JournalEraser::open(set.directory.path()).unwrap().unwrap();
    let entries = eraser.events(0, 9).await.unwrap();
    let when = Erased { at: Timestamp::UNIX_EPOCH, by: "ann".to_owned() };
    let tombstone = envelope.event.erased(&when);
    assert_eq!(entries.len(), 1);
    eraser.replace(vec![(entries[0].0, tombstone.clone())]).await.unwrap();
    assert!(eraser.close().await.unwrap());
    for name in ["broker.db", "broker.db-wal"] {
        let bytes = std::fs::read(set.directory.path().join(name)).unwrap();
        assert!(!bytes.windows(3).any(|window| window == b"A-1"), "{name}");
    }
    let desk = "crm".parse().unwrap();
    let mut lanes = set.broker.lanes(&desk, NonZeroU16::MIN).await.unwrap();
    let lease = lanes.next().await.unwrap();
    assert_eq!(lease.job().envelope.event, tombstone);
    lease.ack().await.unwrap();
    // A reader knows its place in the journal by what stays.
    let mut journal = set.broker.journal(None).await.unwrap();
    let entry = journal.next(9).await.unwrap().remove(0);
    assert_eq!(entry.mark(), JournalMark::of(entry.number, &envelope));
}

#[test]
fn where_there_is_no_store_there_is_nothing_to_erase() {
    let directory = tempfile::tempdir().unwrap();
    assert!(JournalEraser::open(directory.path()).unwrap().is_none());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}
