//! Silences, and what they suppress.

use deskbell::{
    delivery::{NewSilence, SilenceChoice, SilenceId},
    ledger::{Act, AuditSearch, Ledger, Page, Search, Via},
};

use super::{
    Bench,
    words::{at, bury, by, event, grant_at, key, lease, state, suppress},
};

/// From 10 until 20, about failed payments at `crm`.
fn wanted() -> NewSilence {
    let choice = SilenceChoice {
        types: vec!["payment.*".parse().unwrap()],
        desks: vec!["crm".parse().unwrap()],
        when: Some("data.amount < 20".to_owned()),
        ..SilenceChoice::default()
    };
    NewSilence { from: at(10), until: at(20), choice }
}

/// Makes silence 1 and has it suppress the deliveries of these events, one each second from 11 on.
async fn suppressing(ledger: &dyn Ledger, ids: &[&str]) -> SilenceId {
    let silence = ledger.create_silence(&wanted(), &by(1)).await.unwrap();
    let epoch = lease(ledger, "crm").await;
    for (seconds, id) in (11..).zip(ids) {
        suppressed(ledger, id, epoch, seconds).await;
    }
    silence.id
}

async fn suppressed(ledger: &dyn Ledger, id: &str, epoch: u64, seconds: u64) {
    let granted = grant_at(ledger, &event(id, &["crm"]), "crm", epoch, seconds).await;
    let claims = granted.delivery.claims;
    let after = ledger.advance(&granted.delivery.key, suppress(claims, seconds)).await.unwrap();
    assert_eq!(after.state.name(), "suppressed");
}

/// How many a silence suppresses, how many were released, and whether more are being released.
async fn counts(ledger: &dyn Ledger, id: SilenceId) -> (u64, u64, bool) {
    let silence = ledger.silence(id).await.unwrap().unwrap();
    (silence.suppressed, silence.released, silence.is_releasing)
}

async fn acts(ledger: &dyn Ledger) -> Vec<Act> {
    let entries = ledger.audit(&AuditSearch::default(), None, 9).await.unwrap();
    entries.into_iter().rev().map(|entry| entry.act).collect()
}

pub(super) async fn a_silence_outlives_the_process_and_is_ended_once(bench: impl Bench) {
    let made = bench.ledger().create_silence(&wanted(), &by(1)).await.unwrap();
    assert_eq!((made.id, made.via, made.why.as_str()), (SilenceId::of(1), Via::Token, "because"));
    assert_eq!((&made.choice, made.from, made.until), (&wanted().choice, at(10), at(20)));
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    assert_eq!(ledger.silences(None, 9).await.unwrap(), std::slice::from_ref(&made));
    assert_eq!(ledger.silences_at(at(19)).await.unwrap(), std::slice::from_ref(&made));
    assert_eq!(ledger.silences_at(at(20)).await.unwrap(), []);
    for seconds in [12, 13] {
        let ended = ledger.end_silence(made.id, &by(seconds)).await.unwrap().unwrap();
        assert_eq!(ended.ended, Some((at(12), "ada".to_owned())));
    }
    assert_eq!(ledger.silences_at(at(11)).await.unwrap(), []);
    assert_eq!(ledger.end_silence(SilenceId::of(9), &by(14)).await.unwrap(), None);
    assert_eq!(acts(ledger).await, [Act::CreateSilence, Act::EndSilence]);
}

pub(super) async fn what_a_silence_suppressed_is_counted_found_and_released_after_a_crash(
    bench: impl Bench,
) {
    let id = suppressing(bench.ledger(), &["1", "2", "3"]).await;
    let search = Search { silence: Some(id), ..Search::default() };
    let page = Page { after: None, most: 9 };
    let found = bench.ledger().search_deliveries(&search, &page).await.unwrap().items;
    let ids: Vec<_> = found.iter().map(|delivery| delivery.event.id.as_str()).collect();
    assert_eq!(ids, ["3", "2", "1"]);
    assert_eq!(bench.ledger().search_events(&search, &page).await.unwrap().items.len(), 3);
    assert_eq!(counts(bench.ledger(), id).await, (3, 0, false));
    let released = bench.ledger().release_silence(id, &by(15)).await.unwrap().unwrap();
    assert!(released.is_releasing);
    assert_eq!(bench.ledger().release_some(at(15), 2).await.unwrap(), 2);
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    assert_eq!(counts(ledger, id).await, (1, 2, true));
    assert_eq!(ledger.release_some(at(16), 2).await.unwrap(), 1);
    assert_eq!(ledger.release_some(at(16), 2).await.unwrap(), 0);
    assert_eq!(counts(ledger, id).await, (0, 3, false));
    let requeues = ledger.requeues(9).await.unwrap();
    let keys: Vec<_> = requeues.iter().map(|requeue| requeue.delivery.key.clone()).collect();
    assert_eq!(keys, ["1", "2", "3"].map(|id| key(id, "crm")));
    assert!(requeues.iter().all(|it| it.delivery.release.is_some_and(|it| it.known == id)));
    assert!(ledger.books().await.unwrap().balanced);
    assert_eq!(acts(ledger).await, [Act::CreateSilence, Act::ReleaseSilence]);
    assert_eq!(ledger.release_silence(SilenceId::of(9), &by(17)).await.unwrap(), None);
}

pub(super) async fn what_is_suppressed_after_the_release_stays_so(bench: impl Bench) {
    let ledger = bench.ledger();
    let id = suppressing(ledger, &["1"]).await;
    ledger.release_silence(id, &by(12)).await.unwrap();
    let epoch = lease(ledger, "crm").await;
    suppressed(ledger, "2", epoch, 13).await;
    assert_eq!(ledger.release_some(at(14), 9).await.unwrap(), 1);
    assert_eq!(counts(ledger, id).await, (1, 1, false));
    // What was released is not suppressed again by a silence that was known then.
    let granted = grant_at(ledger, &event("1", &["crm"]), "crm", epoch, 15).await;
    let claims = granted.delivery.claims;
    ledger.advance(&granted.delivery.key, suppress(claims, 15)).await.unwrap_err();
}

pub(super) async fn one_delivery_is_released_by_itself(bench: impl Bench) {
    let ledger = bench.ledger();
    let id = suppressing(ledger, &["1", "2"]).await;
    let later = ledger.create_silence(&wanted(), &by(13)).await.unwrap();
    let released = ledger.release_delivery(&key("1", "crm"), &by(14)).await.unwrap();
    assert_eq!(released.release.map(|it| (it.silence, it.known)), Some((id, later.id)));
    assert_eq!(ledger.requeues(9).await.unwrap().len(), 1);
    assert_eq!(counts(ledger, id).await, (1, 1, false));
    ledger.release_delivery(&key("1", "crm"), &by(15)).await.unwrap_err();
    let epoch = lease(ledger, "crm").await;
    let granted = grant_at(ledger, &event("3", &["crm"]), "crm", epoch, 16).await;
    ledger.advance(&granted.delivery.key, bury(1, 16)).await.unwrap();
    ledger.release_delivery(&key("3", "crm"), &by(17)).await.unwrap_err();
    assert_eq!(state(ledger, &key("3", "crm")).await.name(), "dead");
    let expected = [Act::CreateSilence, Act::CreateSilence, Act::Release];
    assert_eq!(acts(ledger).await, expected);
}
