//! KF5: what happens to a ticket after it was made, at the simulated KF5.

use deskbell::{
    delivery::{Outcome, Step, Verdict},
    desks::{
        Found, Sought,
        kf5::{Change, Status},
    },
    sandbox::{Fault, FaultKind, FaultPlan, KF5_AGENT, Operation},
};
use futures_util::TryStreamExt;

use super::{
    accounts::{act_on, draft, mark, ticket},
    kf5_calls::id,
    kf5_simulated::Account,
};

/// What agents see of the only ticket: its priority, its status, and what was added to it.
fn seen(account: &Account) -> (String, String, usize) {
    let [ticket] = &account.sandbox.kf5().tickets()[..] else { panic!() };
    (ticket.priority.clone().unwrap_or_default(), ticket.status.clone(), ticket.comments.len())
}

#[tokio::test]
async fn a_ticket_is_commented_raised_resolved_and_reopened() {
    let account = Account::new();
    account.open("t", Change { assignee: Some(id(KF5_AGENT)), ..Change::default() }).await;
    for (step, expected) in [
        (Step::Comment(mark()), ("", "new", 1)),
        (Step::Raise, ("high", "new", 1)),
        (Step::Resolve, ("high", "solved", 1)),
        // What is solved stays so, and is asked for nothing.
        (Step::Resolve, ("high", "solved", 1)),
        (Step::Reopen, ("high", "open", 1)),
    ] {
        let done = act_on(&*account.desk, &step, &draft(), "1").await.unwrap();
        assert_eq!(done, Outcome::Done);
        let (priority, status, comments) = seen(&account);
        assert_eq!((priority.as_str(), status.as_str(), comments), expected, "{step}");
    }
    let comments: Vec<_> = account.client.comments(&id("1")).try_collect().await.unwrap();
    assert_eq!(comments[1].public, Some(false));
    let html = comments[1].html_content.as_deref().unwrap();
    assert!(html.contains("<strong>No</strong> power."), "{html}");
    assert!(comments[1].content.as_deref().unwrap().ends_with("[deskbell e915b8136583]"));
}

#[tokio::test]
async fn a_ticket_that_is_nobodys_is_solved_in_the_name_of_the_configured_agent() {
    let nobodys = Account::new();
    nobodys.open("t", Change::default()).await;
    let refusal = act_on(&*nobodys.desk, &Step::Resolve, &draft(), "1").await.unwrap_err();
    assert_eq!(refusal.verdict(&Step::Resolve), Verdict::GiveUp);
    assert_eq!(refusal.failure().words, "状态为已解决时,受理人不能为空");
    let configured = Account::with(|settings| settings.assignee = Some(id(KF5_AGENT)));
    for assignee in [None, Some(id("734"))] {
        let opened =
            configured.open("t", Change { assignee: assignee.clone(), ..Change::default() }).await;
        act_on(&*configured.desk, &Step::Resolve, &draft(), &opened).await.unwrap();
        let solved = configured.client.show(&id(&opened)).await.unwrap().unwrap();
        assert_eq!(solved.status.as_deref(), Some("solved"));
        // Who is at a ticket stays at it.
        assert_eq!(solved.assignee_id, assignee.or(Some(id(KF5_AGENT))));
    }
}

#[tokio::test]
async fn a_ticket_that_is_deleted_or_closed_is_gone() {
    let account = Account::new();
    for _ in 0..2 {
        account.open("t", Change::default()).await;
    }
    account.client.delete(&id("1")).await.unwrap();
    let closed = Change { status: Some(Status::Closed), ..Change::default() };
    account.client.update(&id("2"), &closed).await.unwrap();
    for ticket in ["1", "2"] {
        for step in [Step::Comment(mark()), Step::Raise, Step::Reopen] {
            let error = act_on(&*account.desk, &step, &draft(), ticket).await.unwrap_err();
            assert_eq!(error.verdict(&step), Verdict::TicketGone, "{ticket} {step} {error:?}");
        }
    }
    let error = act_on(&*account.desk, &Step::Resolve, &draft(), "1").await.unwrap_err();
    assert_eq!(error.verdict(&Step::Resolve), Verdict::TicketGone);
    // What is closed needs no solving.
    let done = act_on(&*account.desk, &Step::Resolve, &draft(), "2").await.unwrap();
    assert_eq!(done, Outcome::Done);
}

#[tokio::test]
async fn a_doubtful_comment_is_found_by_its_mark() {
    let account = Account::new();
    account.open("t", Change::default()).await;
    let sought = async || {
        let (mark, ticket) = (mark(), ticket("1"));
        account.desk.find(&Sought::Comment { mark: &mark, ticket: &ticket }).await.unwrap()
    };
    assert_eq!(sought().await, Found::Absent);
    let lost = Fault::new(FaultKind::Disconnect).after_creating();
    account.sandbox.kf5().faults(FaultPlan::none().on(Operation::Update, lost));
    let step = Step::Comment(mark());
    let error = act_on(&*account.desk, &step, &draft(), "1").await.unwrap_err();
    assert_eq!(error.verdict(&step), Verdict::LookUp { after: None });
    assert_eq!(sought().await, Found::Comment);
    account.client.delete(&id("1")).await.unwrap();
    assert_eq!(sought().await, Found::Absent);
}
