//! KF5's client against the simulated KF5, which is written from the vendor's page apart from it.

use std::{sync::Arc, time::Duration};

use deskbell::{
    clock::ManualClock,
    delivery::{Step, Verdict},
    desks::{
        Desk, DeskError, Found, Vendor,
        kf5::{
            Change, Client, Kind, Level, ListFilter, NewComment, NewTicket, Order, Requester,
            Search, Settings, Status,
        },
    },
    sandbox::{
        AnswerBody, Fault, FaultKind, FaultPlan, KF5_AGENT, KF5_EMAIL, KF5_TOKEN, Operation,
        Sandbox, SandboxSettings, start,
    },
};
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    accounts::{KEY, ask_ticket, build, config, draft, find, kf5_settings},
    kf5_calls::{id, ids},
};

pub(super) struct Account {
    pub(super) sandbox: Sandbox,
    clock: ManualClock,
    pub(super) client: Client,
    pub(super) desk: Arc<dyn Desk>,
}

impl Account {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(set: impl FnOnce(&mut Settings)) -> Self {
        let clock = ManualClock::starting_at("2026-04-18T10:00:00Z".parse().unwrap());
        let settings = SandboxSettings::on_loopback(Arc::new(clock.clone()));
        let sandbox = start(settings, CancellationToken::new()).unwrap();
        let mut vendor =
            Settings { email: KF5_EMAIL.to_owned(), token: KF5_TOKEN.into(), ..kf5_settings() };
        set(&mut vendor);
        let config = config(&sandbox.kf5().base_url().unwrap(), Vendor::Kf5(vendor.clone()));
        let client = Client::new(&config.settings, &vendor).unwrap();
        Self { sandbox, clock, client, desk: build(&config) }
    }

    fn switch(&self, switches: Value) {
        self.sandbox.kf5().switch(serde_json::from_value(switches).unwrap());
    }

    pub(super) async fn open(&self, title: &str, change: Change) -> String {
        let ticket = NewTicket {
            title: title.to_owned(),
            comment: NewComment::text("c"),
            requester: Some(Requester::Address("jean@acme.com".to_owned())),
            change,
        };
        self.client.create(&ticket).await.unwrap().id
    }
}

#[tokio::test]
async fn pages_are_read_to_the_end_whether_the_next_is_told_or_not() {
    let account = Account::new();
    for number in 0..25 {
        account.open(&format!("t{number}"), Change::default()).await;
    }
    for next_page in [true, false] {
        account.switch(json!({ "next_page": next_page }));
        let filter = ListFilter { per_page: Some(10), ..ListFilter::default() };
        let tickets: Vec<_> = account.client.tickets(&filter).try_collect().await.unwrap();
        let titles: Vec<_> = tickets.iter().map(|ticket| ticket.title.clone().unwrap()).collect();
        assert_eq!(titles, (0..25).map(|number| format!("t{number}")).collect::<Vec<_>>());
    }
    let calls = account.sandbox.kf5().calls(25);
    assert_eq!(calls.len(), 6);
    let newest = ListFilter {
        created_order: Some(Order::Descending),
        per_page: Some(10),
        ..ListFilter::default()
    };
    let first = Box::pin(account.client.tickets(&newest)).next().await.unwrap().unwrap();
    assert_eq!(first.title.as_deref(), Some("t24"));
    // What is not asked for is not read.
    assert_eq!(account.sandbox.kf5().calls(31).len(), 1);
}

#[tokio::test]
async fn a_list_of_whole_pages_ends_too() {
    let account = Account::new();
    account.switch(json!({ "next_page": false }));
    for _ in 0..4 {
        account.open("t", Change::default()).await;
    }
    let filter = ListFilter { per_page: Some(2), ..ListFilter::default() };
    let tickets: Vec<_> = account.client.tickets(&filter).try_collect().await.unwrap();
    assert_eq!(tickets.len(), 4);
}

#[tokio::test]
async fn ids_of_both_shapes_lead_to_the_same_ticket() {
    let account = Account::new();
    for as_text in [false, true] {
        account.switch(json!({ "ids_as_text": as_text }));
        let opened =
            account.open("t", Change { assignee: Some(id(KF5_AGENT)), ..Change::default() }).await;
        let ticket = account.client.show(&id(&opened)).await.unwrap().unwrap();
        assert_eq!(ticket.id.as_str(), opened);
        assert_eq!(ticket.assignee_id, Some(id(KF5_AGENT)));
        assert_eq!(account.client.me().await.unwrap().id, id(KF5_AGENT));
    }
}

#[tokio::test]
async fn a_change_of_many_fails_for_one_and_not_for_its_neighbour() {
    let account = Account::new();
    account.open("nobody's", Change::default()).await;
    account.open("somebody's", Change { assignee: Some(id(KF5_AGENT)), ..Change::default() }).await;
    let solved = Change { status: Some(Status::Solved), ..Change::default() };
    let results = account.client.update_many(&ids(&["1", "2", "9"]), &solved).await.unwrap();
    let told: Vec<_> = results.iter().map(|it| (it.success, it.errors.as_deref())).collect();
    let nobody = Some("状态为已解决时,受理人不能为空");
    assert_eq!(told, [(false, nobody), (true, None), (false, Some("记录不存在"))]);
    let shown = account.client.show_many(&ids(&["1", "2", "9"])).await.unwrap();
    let statuses: Vec<_> = shown.iter().map(|ticket| ticket.status.as_deref().unwrap()).collect();
    assert_eq!(statuses, ["new", "solved"]);
}

#[tokio::test]
async fn a_solved_ticket_needs_an_assignee() {
    let account = Account::new();
    account.open("nobody's", Change::default()).await;
    let solved = Change {
        status: Some(Status::Solved),
        comment: Some(NewComment::text("done")),
        ..Change::default()
    };
    let error = account.client.update(&id("1"), &solved).await.unwrap_err();
    assert_eq!(error.verdict(&Step::Ticket), Verdict::GiveUp);
    assert_eq!(error.failure().words, "状态为已解决时,受理人不能为空");
    let comments: Vec<_> = account.client.comments(&id("1")).try_collect().await.unwrap();
    assert_eq!(comments.len(), 1);
    let assigned = Change { assignee: Some(id(KF5_AGENT)), ..solved };
    let ticket = account.client.update(&id("1"), &assigned).await.unwrap();
    assert_eq!(ticket.status.as_deref(), Some("solved"));
    let comments: Vec<_> = account.client.comments(&id("1")).try_collect().await.unwrap();
    assert_eq!(comments[1].content.as_deref(), Some("done"));
}

#[tokio::test]
async fn a_lost_answer_leads_to_the_ticket_that_was_made() {
    for fault in [
        Fault::new(FaultKind::Disconnect),
        Fault::answer_with(502, AnswerBody::Html),
        Fault::answer_with(201, AnswerBody::Cut),
    ] {
        let account = Account::new();
        account
            .sandbox
            .kf5()
            .faults(FaultPlan::none().on(Operation::Create, fault.after_creating()));
        let error = ask_ticket(&*account.desk, &draft()).await.unwrap_err();
        assert_eq!(error.verdict(&Step::Ticket), Verdict::LookUp { after: None }, "{error:?}");
        // At once, when search does not know it, and later.
        for _ in 0..2 {
            let Found::Ticket(ticket) = find(&*account.desk).await.unwrap() else { panic!() };
            assert_eq!(account.sandbox.kf5().tickets_with(KEY)[0].id, ticket.id);
            account.clock.advance(Duration::from_mins(1));
        }
        assert_eq!(account.sandbox.kf5().tickets().len(), 1);
    }
}

#[tokio::test]
async fn an_agents_key_cannot_tell_of_what_search_does_not_know_yet() {
    let account = Account::new();
    account.switch(json!({ "role": "agent" }));
    ask_ticket(&*account.desk, &draft()).await.unwrap();
    assert_eq!(find(&*account.desk).await.unwrap(), Found::CannotTell);
    account.clock.advance(Duration::from_mins(1));
    assert!(matches!(find(&*account.desk).await.unwrap(), Found::Ticket(_)));
    assert!(matches!(account.client.delete(&id("1")).await, Err(DeskError::Account(_))));
}

#[tokio::test]
async fn incidents_collaborators_fields_and_users_are_found() {
    let account = Account::new();
    let problem =
        account.open("503", Change { kind: Some(Kind::Problem), ..Change::default() }).await;
    let incident = Change {
        kind: Some(Kind::Incident),
        problem: Some(id(&problem)),
        priority: Some(Level::Urgent),
        ..Change::default()
    };
    let incident = account.open("service 503", incident).await;
    let Account { client, .. } = &account;
    let incidents: Vec<_> = client.incidents(&id(&problem)).try_collect().await.unwrap();
    assert_eq!(incidents[0].id.as_str(), incident);
    assert_eq!(incidents[0].priority.as_deref(), Some("urgent"));
    let problems: Vec<_> = client.problems().try_collect().await.unwrap();
    assert_eq!(problems.len(), 1);
    let agents: Vec<_> = client.collaborators(&id(&incident)).try_collect().await.unwrap();
    assert_eq!(agents.len(), 2);
    let users: Vec<_> = client.users("jean@").try_collect().await.unwrap();
    assert_eq!(users[0].email.as_deref(), Some("jean@acme.com"));
    let fields = client.ticket_fields().await.unwrap();
    assert_eq!(fields[1].options, ["下拉菜单选项", "下拉菜单选项2"]);
    let own = client.tickets_of(&id(KF5_AGENT), &ListFilter::default());
    assert_eq!(own.try_collect::<Vec<_>>().await.unwrap(), []);
    account.clock.advance(Duration::from_mins(1));
    let search = Search {
        query: Some("service".to_owned()),
        statuses: vec![Status::New],
        ..Search::default()
    };
    let found: Vec<_> = client.search(&search).try_collect().await.unwrap();
    assert_eq!(found[0].id.as_str(), incident);
}

#[tokio::test]
async fn a_file_belongs_to_one_comment() {
    let account = Account::new();
    account.open("t", Change::default()).await;
    let file = account.client.upload("x.png", vec![1, 2, 3]).await.unwrap();
    let comment = NewComment { uploads: vec![file.token], ..NewComment::text("see") };
    let change = Change { comment: Some(comment), ..Change::default() };
    account.client.update(&id("1"), &change).await.unwrap();
    assert!(account.client.update(&id("1"), &change).await.is_err());
}

#[tokio::test]
async fn what_is_deleted_is_gone() {
    let account = Account::new();
    for _ in 0..3 {
        account.open("t", Change::default()).await;
    }
    account.client.delete(&id("1")).await.unwrap();
    account.client.delete_many(&ids(&["2", "3"])).await.unwrap();
    assert_eq!(account.client.show(&id("2")).await.unwrap(), None);
    assert!(matches!(account.client.delete(&id("1")).await, Err(DeskError::Refused(..))));
    assert!(account.sandbox.kf5().tickets().iter().all(|ticket| ticket.archived));
}
