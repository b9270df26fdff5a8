//! Upstream applications that post events and remember what they were told.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use tokio::task::JoinSet;

use super::{
    checker::history::{Answer, Line, SentLine},
    history::History,
    settings::Kind,
    upstream::Upstream,
};

/// How long a sender waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two tries of one event.
const AGAIN: Duration = Duration::from_millis(100);

/// One in so many senders gives an event up that got no answer; the others try again.
const GIVES_UP: usize = 20;

/// One in so many events is posted once more after its 202, as a sender does that lost it.
const AGAIN_AFTER_202: usize = 20;

/// One in so many events comes with a forged copy, which must be refused.
const FORGED: usize = 100;

/// A sender of the source `shop`.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub(crate) upstream: Upstream,
    history: History,
}

impl Sender {
    pub(crate) fn new(receiver: String, history: History) -> Self {
        Self { upstream: Upstream::of(receiver, PATIENCE), history }
    }

    /// Posts one event until it is answered for good, and notes how.
    pub(crate) async fn post_until_answered(&self, id: &str, kind: Kind, level: &str) {
        let answer = self.answer(id, kind, level, false).await;
        self.note(id, kind, answer);
    }

    async fn answer(&self, id: &str, kind: Kind, level: &str, gives_up: bool) -> Answer {
        loop {
            match self.post(id, kind, level, id).await {
                Answer::Unknown if !gives_up => tokio::time::sleep(AGAIN).await,
                answer => return answer,
            }
        }
    }

    /// Posts the event of this number with all that senders do wrong.
    async fn send(&self, number: usize, kind: Kind) {
        let id = format!("evt_{number}");
        let level = if number.is_multiple_of(10) { "URGENT" } else { "LOW" };
        if number.is_multiple_of(FORGED) {
            let forged = format!("forged_{number}");
            let answer = self.post(&forged, kind, level, &id).await;
            self.note(&forged, kind, answer);
        }
        let answer = self.answer(&id, kind, level, number % GIVES_UP == 7).await;
        self.note(&id, kind, answer);
        if answer == Answer::Accepted && number % AGAIN_AFTER_202 == 3 {
            self.post(&id, kind, level, &id).await;
        }
    }

    /// Notes how an event was answered.
    pub(crate) fn note(&self, id: &str, kind: Kind, answer: Answer) {
        self.history.note(Line::Sent(SentLine {
            source: "shop".to_owned(),
            id: id.to_owned(),
            desks: kind.desks().iter().map(|&desk| desk.to_owned()).collect(),
            answer,
        }));
    }

    /// Posts the event `id` under the signature of `signed`.
    pub(crate) async fn post(&self, id: &str, kind: Kind, level: &str, signed: &str) -> Answer {
        let data = json!({
            "orderId": id,
            "integration": id,
            "customerExternalId": "user_42",
            "errorCode": "card_declined",
            "stage": "packing",
            "level": level,
            "customer": { "email": "jean@acme.com", "name": "Jean" },
        });
        let answer = self.upstream.post(id, signed, kind.event_type(), &data).await;
        match answer.map(|answer| answer.status().as_u16()) {
            Ok(202) => Answer::Accepted,
            Ok(400..500) => Answer::Refused,
            Ok(_) | Err(_) => Answer::Unknown,
        }
    }
}

/// Senders at work, all at a time.
#[derive(Debug)]
pub(crate) struct Senders {
    tasks: JoinSet<()>,
    /// How many events have been answered, or given up.
    pub(crate) sent: Arc<AtomicUsize>,
}

impl Senders {
    /// Starts `at_a_time` senders, which post `kinds` in turn and stop after `events` events. Before
    /// each event a sender asks `may_go`, of the number of events answered: now, not now, or no more.
    pub(crate) fn start(
        sender: &Sender,
        kinds: &'static [Kind],
        events: usize,
        at_a_time: usize,
        may_go: impl Fn(usize) -> ControlFlow<(), bool> + Clone + Send + Sync + 'static,
    ) -> Self {
        let next = Arc::new(AtomicUsize::new(0));
        let sent = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..at_a_time {
            let (sender, may_go) = (sender.clone(), may_go.clone());
            let (next, sent) = (next.clone(), sent.clone());
            tasks.spawn(async move {
                while let ControlFlow::Continue(now) = may_go(sent.load(Ordering::Relaxed)) {
                    if !now {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        continue;
                    }
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= events {
                        return;
                    }
                    sender.send(number, kinds[number % kinds.len()]).await;
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Self { tasks, sent }
    }

    /// Waits until all events are answered.
    pub(crate) async fn end(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }
}
