//! The log of operators' acts.

use deskbell::{
    delivery::Transition::{Absent, Discard, Replay},
    event::JournalGap,
    ledger::{Act, AuditEntry, AuditSearch, Ledger, NewToken, Scope, TokenHash, Via},
};

use super::{
    Bench,
    words::{at, bury, by, doubt, event, grant, granted, key, mark},
};

async fn all(ledger: &dyn Ledger) -> Vec<AuditEntry> {
    ledger.audit(&AuditSearch::default(), None, 99).await.unwrap()
}

/// Two dead letters, a doubt, and a gap of the journal.
async fn troubles(ledger: &dyn Ledger) {
    let (epoch, first) = granted(ledger).await;
    ledger.advance(&first.key, bury(1, 2)).await.unwrap();
    for (id, ends) in [("2", bury(1, 2)), ("3", doubt(1, 2))] {
        grant(ledger, &event(id, &["crm"]), "crm", epoch).await;
        ledger.advance(&key(id, "crm"), ends).await.unwrap();
    }
    ledger.note_gap(&mark(1), JournalGap::Replaced, at(2)).await.unwrap();
}

pub(super) async fn every_act_of_an_operator_is_written_with_it(bench: impl Bench) {
    let ledger = bench.ledger();
    troubles(ledger).await;
    let crm = "crm".parse().unwrap();
    let discard = Discard { at: at(4), by: "ada".to_owned(), why: "because".to_owned() };
    ledger.operate(&key("1", "crm"), Replay { at: at(3) }, &by(3)).await.unwrap();
    ledger.operate(&key("2", "crm"), discard, &by(4)).await.unwrap();
    ledger.operate(&key("3", "crm"), Absent { at: at(5) }, &by(5)).await.unwrap();
    assert_eq!(ledger.forget_gaps(&by(6)).await.unwrap(), 1);
    assert_eq!(ledger.forget_gaps(&by(6)).await.unwrap(), 0);
    ledger.pause_desk(&crm, &by(7)).await.unwrap();
    ledger.resume_desk(&crm, &by(8)).await.unwrap();
    let (name, hash) = ("ci".parse().unwrap(), TokenHash::of("dbt_one"));
    let token = NewToken { name, hash, scope: Scope::Read, expires_at: None };
    ledger.create_token(&token, &by(9)).await.unwrap();
    ledger.revoke_token(&"ci".parse().unwrap(), &by(10)).await.unwrap();
    let bench = bench.crash().await;
    let entries = all(bench.ledger()).await;
    let told: Vec<_> = entries.iter().map(|it| (it.act, it.subject.as_str(), it.at)).collect();
    assert_eq!(
        told,
        [
            (Act::RevokeToken, "ci", at(10)),
            (Act::CreateToken, "ci", at(9)),
            (Act::ResumeDesk, "crm", at(8)),
            (Act::PauseDesk, "crm", at(7)),
            (Act::ForgetGaps, "journal", at(6)),
            (Act::Settle, key("3", "crm").as_str(), at(5)),
            (Act::Discard, key("2", "crm").as_str(), at(4)),
            (Act::Replay, key("1", "crm").as_str(), at(3)),
        ]
    );
    for AuditEntry { who, via, why, .. } in &entries {
        assert_eq!((who.as_str(), *via, why.as_deref()), ("ada", Via::Token, Some("because")));
    }
    assert!(entries[5].detail.contains("event 3 of shop at crm: there is no ticket"));
}

pub(super) async fn an_act_that_is_refused_leaves_no_entry(bench: impl Bench) {
    let ledger = bench.ledger();
    let (_, delivery) = granted(ledger).await;
    ledger.operate(&delivery.key, Replay { at: at(3) }, &by(3)).await.unwrap_err();
    ledger.operate(&key("2", "crm"), Replay { at: at(3) }, &by(3)).await.unwrap_err();
    assert_eq!(all(ledger).await, []);
}

pub(super) async fn entries_are_chosen_and_come_page_by_page(bench: impl Bench) {
    let ledger = bench.ledger();
    let (crm, support) = ("crm".parse().unwrap(), "support".parse().unwrap());
    for (desk, seconds) in [(&crm, 1), (&support, 2)] {
        ledger.pause_desk(desk, &by(seconds)).await.unwrap();
        ledger.resume_desk(desk, &by(seconds + 10)).await.unwrap();
    }
    let any = AuditSearch::default;
    for (search, expected) in [
        (any(), [4, 3, 2, 1].as_slice()),
        (AuditSearch { since: Some(at(2)), ..any() }, &[4, 3, 2]),
        (AuditSearch { until: Some(at(2)), ..any() }, &[1]),
        (AuditSearch { who: Some("ada".to_owned()), ..any() }, &[4, 3, 2, 1]),
        (AuditSearch { who: Some("eve".to_owned()), ..any() }, &[]),
        (AuditSearch { act: Some(Act::PauseDesk), ..any() }, &[3, 1]),
        (AuditSearch { subject: Some("crm".to_owned()), ..any() }, &[2, 1]),
    ] {
        let found = ledger.audit(&search, None, 9).await.unwrap();
        let numbers: Vec<i64> = found.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, expected, "{search:?}");
    }
    let page = ledger.audit(&any(), Some(4), 2).await.unwrap();
    assert_eq!(page.iter().map(|entry| entry.number).collect::<Vec<_>>(), [3, 2]);
}
