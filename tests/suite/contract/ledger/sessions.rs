//! Operators' sessions in browsers.

use deskbell::ledger::{AuditSearch, NewSession, NewToken, Scope, TokenHash, TokenRecord};

use super::{
    Bench,
    words::{at, by},
};

async fn token(bench: &impl Bench, name: &str) -> TokenRecord {
    let (name, hash) = (name.parse().unwrap(), TokenHash::of(name));
    let token = NewToken { name, hash, scope: Scope::Operate, expires_at: Some(at(100)) };
    bench.ledger().create_token(&token, &by(1)).await.unwrap().unwrap()
}

fn session(text: &str, token: &TokenRecord, end: u64) -> NewSession {
    NewSession { hash: TokenHash::of(text), token: token.id, expires_at: at(end) }
}

pub(super) async fn a_session_admits_until_it_or_its_token_ends(bench: impl Bench) {
    let ann = token(&bench, "ann").await;
    let (short, long) = (session("short", &ann, 50), session("long", &ann, 200));
    bench.ledger().open_session(&short, &by(2)).await.unwrap();
    bench.ledger().open_session(&long, &by(3)).await.unwrap();
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let found = ledger.session(&short.hash).await.unwrap().unwrap();
    assert_eq!((&found.token, found.opened_at, found.expires_at), (&ann, at(2), at(50)));
    assert!(found.is_live(at(49)) && !found.is_live(at(50)));
    let found = ledger.session(&long.hash).await.unwrap().unwrap();
    assert!(found.is_live(at(99)) && !found.is_live(at(100)));
    ledger.revoke_token(&"ann".parse().unwrap(), &by(4)).await.unwrap().unwrap();
    for known in [&short, &long] {
        assert!(!ledger.session(&known.hash).await.unwrap().unwrap().is_live(at(5)));
    }
    assert_eq!(ledger.session(&TokenHash::of("other")).await.unwrap(), None);
}

pub(super) async fn a_session_that_was_ended_is_not_found_again(bench: impl Bench) {
    let (ann, bob) = (token(&bench, "ann").await, token(&bench, "bob").await);
    let ledger = bench.ledger();
    let sessions = ["one", "two", "three"].map(|text| session(text, &ann, 50));
    let others = session("other", &bob, 50);
    for known in sessions.iter().chain([&others]) {
        ledger.open_session(known, &by(2)).await.unwrap();
    }
    assert!(ledger.end_session(&sessions[0].hash, &by(3)).await.unwrap());
    assert!(!ledger.end_session(&sessions[0].hash, &by(3)).await.unwrap());
    assert_eq!(ledger.session(&sessions[0].hash).await.unwrap(), None);
    assert_eq!(ledger.end_sessions(ann.id, &by(4)).await.unwrap(), 2);
    for known in &sessions {
        assert_eq!(ledger.session(&known.hash).await.unwrap(), None);
    }
    assert!(ledger.session(&others.hash).await.unwrap().is_some());
    let entries = ledger.audit(&AuditSearch::default(), None, 2).await.unwrap();
    let acts: Vec<&str> = entries.iter().map(|entry| entry.act.as_str()).collect();
    assert_eq!(acts, ["session.end", "session.end"]);
}

pub(super) async fn sessions_that_are_over_are_forgotten_when_one_is_opened(bench: impl Bench) {
    let ann = token(&bench, "ann").await;
    let ledger = bench.ledger();
    let (old, new) = (session("old", &ann, 50), session("new", &ann, 90));
    ledger.open_session(&old, &by(2)).await.unwrap();
    ledger.open_session(&new, &by(50)).await.unwrap();
    assert_eq!(ledger.session(&old.hash).await.unwrap(), None);
    assert!(ledger.session(&new.hash).await.unwrap().is_some());
}
