//! Dead letters as issues.

use deskbell::{
    delivery::{Reason, Transition::Replay},
    event::DeskName,
    ledger::{Act, AuditSearch, IssueStatus, Ledger},
};

use super::{
    Bench,
    words::{at, bury, by, event, grant_at, lease},
};

/// Lets the event's delivery at `crm` die at this second, in its nth claim.
async fn dies(ledger: &dyn Ledger, id: &str, epoch: u64, nth: u32, second: u64) {
    let granted = grant_at(ledger, &event(id, &["crm"]), "crm", epoch, second - 1).await;
    ledger.advance(&granted.delivery.key, bury(nth, second)).await.unwrap();
}

async fn statuses(ledger: &dyn Ledger) -> Vec<(u64, IssueStatus)> {
    ledger.issues().await.unwrap().iter().map(|it| (it.letters, it.status)).collect()
}

pub(super) async fn an_issue_is_there_as_long_as_its_letters(bench: impl Bench) {
    let ledger = bench.ledger();
    assert_eq!(ledger.issues().await.unwrap(), []);
    let epoch = lease(ledger, "crm").await;
    dies(ledger, "1", epoch, 1, 2).await;
    dies(ledger, "2", epoch, 1, 4).await;
    let [issue] = &ledger.issues().await.unwrap()[..] else { panic!() };
    assert_eq!((issue.letters, issue.first, issue.last), (2, at(2), at(4)));
    assert_eq!((issue.desk.as_str(), issue.status), ("crm", IssueStatus::Open));
    for id in ["1", "2"] {
        let key = super::words::key(id, "crm");
        ledger.operate(&key, Replay { at: at(5) }, &by(5)).await.unwrap();
    }
    assert_eq!(ledger.issues().await.unwrap(), []);
}

pub(super) async fn what_is_said_of_an_issue_stays_until_it_dies_of_it_again(bench: impl Bench) {
    let crm: DeskName = "crm".parse().unwrap();
    let epoch = lease(bench.ledger(), "crm").await;
    dies(bench.ledger(), "1", epoch, 1, 2).await;
    let reason: Reason = bench.ledger().issues().await.unwrap()[0].reason;
    for (second, status) in [
        (3, IssueStatus::Acknowledged),
        (4, IssueStatus::Acknowledged),
        (5, IssueStatus::Ignored),
        (6, IssueStatus::Resolved),
    ] {
        let judged = bench.ledger().judge_issue(reason, &crm, status, &by(second)).await.unwrap();
        assert_eq!(judged.unwrap().status, status);
    }
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    assert_eq!(statuses(ledger).await, [(1, IssueStatus::Resolved)]);
    let entries = ledger.audit(&AuditSearch::default(), None, 9).await.unwrap();
    let details: Vec<_> = entries.iter().map(|it| (it.act, it.detail.as_str())).collect();
    assert_eq!(
        details,
        ["resolved", "ignored", "acknowledged"].map(|status| (Act::JudgeIssue, status))
    );
    dies(ledger, "2", epoch, 1, 8).await;
    assert_eq!(statuses(ledger).await, [(2, IssueStatus::Open)]);
    ledger.judge_issue(reason, &crm, IssueStatus::Ignored, &by(9)).await.unwrap();
    dies(ledger, "3", epoch, 1, 11).await;
    assert_eq!(statuses(ledger).await, [(3, IssueStatus::Ignored)]);
    let elsewhere = "support".parse().unwrap();
    let none = ledger.judge_issue(reason, &elsewhere, IssueStatus::Ignored, &by(12)).await;
    assert_eq!(none.unwrap(), None);
}
