//! Operators' tokens.

use deskbell::ledger::{Ledger, NewToken, Scope, TokenHash, TokenId, TokenRecord};

use super::{
    Bench,
    words::{at, by},
};

fn token(name: &str, text: &str) -> NewToken {
    let (name, hash) = (name.parse().unwrap(), TokenHash::of(text));
    NewToken { name, hash, scope: Scope::Operate, expires_at: Some(at(100)) }
}

async fn create(ledger: &dyn Ledger, name: &str, text: &str) -> Option<TokenRecord> {
    ledger.create_token(&token(name, text), &by(1)).await.unwrap()
}

fn id(text: &str) -> TokenId {
    text.parse().unwrap()
}

pub(super) async fn a_token_is_found_by_its_hash_until_it_ends(bench: impl Bench) {
    let created = create(bench.ledger(), "ci", "dbt_one").await.unwrap();
    assert_eq!((created.name.as_str(), created.scope), ("ci", Scope::Operate));
    assert_eq!((created.created_by.as_str(), created.created_at), ("ada", at(1)));
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let found = ledger.token(&TokenHash::of("dbt_one")).await.unwrap().unwrap();
    assert_eq!(found, created);
    assert!(found.is_live(at(99)) && !found.is_live(at(100)));
    assert_eq!(ledger.token(&TokenHash::of("dbt_other")).await.unwrap(), None);
    let revoked = ledger.revoke_token(&id("ci"), &by(2)).await.unwrap().unwrap();
    assert_eq!(revoked.revoked_at, Some(at(2)));
    let found = ledger.token(&TokenHash::of("dbt_one")).await.unwrap().unwrap();
    assert!(!found.is_live(at(3)));
    assert_eq!(ledger.tokens().await.unwrap(), [found]);
}

pub(super) async fn a_name_is_free_again_when_its_token_is_revoked(bench: impl Bench) {
    let ledger = bench.ledger();
    let first = create(ledger, "ci", "dbt_one").await.unwrap();
    assert_eq!(create(ledger, "ci", "dbt_two").await, None);
    assert_eq!(ledger.token(&TokenHash::of("dbt_two")).await.unwrap(), None);
    let number = id(&first.id.to_string());
    assert!(ledger.revoke_token(&number, &by(2)).await.unwrap().is_some());
    assert!(ledger.revoke_token(&number, &by(3)).await.unwrap().is_none());
    assert!(ledger.revoke_token(&id("ci"), &by(3)).await.unwrap().is_none());
    let second = create(ledger, "ci", "dbt_two").await.unwrap();
    let ids: Vec<i64> = ledger.tokens().await.unwrap().iter().map(|token| token.id).collect();
    assert_eq!(ids, [second.id, first.id]);
}

pub(super) async fn a_token_remembers_when_it_admitted_last(bench: impl Bench) {
    let ledger = bench.ledger();
    let token = create(ledger, "ci", "dbt_one").await.unwrap();
    assert_eq!(token.last_used_at, None);
    ledger.note_token_use(token.id, at(7)).await.unwrap();
    let found = ledger.token(&TokenHash::of("dbt_one")).await.unwrap().unwrap();
    assert_eq!(found.last_used_at, Some(at(7)));
}
