//! Desks that operators pause.

use deskbell::{
    event::DeskName,
    ledger::{Act, AuditSearch, Via},
};

use super::{
    Bench,
    words::{at, by},
};

pub(super) async fn a_pause_outlives_the_process_and_is_written_once(bench: impl Bench) {
    let crm: DeskName = "crm".parse().unwrap();
    assert_eq!(bench.ledger().pauses().await.unwrap(), []);
    assert!(bench.ledger().pause_desk(&crm, &by(1)).await.unwrap());
    assert!(!bench.ledger().pause_desk(&crm, &by(2)).await.unwrap());
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let [pause] = &ledger.pauses().await.unwrap()[..] else { panic!() };
    assert_eq!((&pause.desk, pause.since, pause.via), (&crm, at(1), Via::Token));
    assert_eq!((pause.who.as_str(), pause.why.as_deref()), ("ada", Some("because")));
    assert!(ledger.resume_desk(&crm, &by(3)).await.unwrap());
    assert!(!ledger.resume_desk(&crm, &by(4)).await.unwrap());
    assert_eq!(ledger.pauses().await.unwrap(), []);
    let acts: Vec<Act> = ledger
        .audit(&AuditSearch::default(), None, 9)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.act)
        .collect();
    assert_eq!(acts, [Act::ResumeDesk, Act::PauseDesk]);
}
