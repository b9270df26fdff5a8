//! The journal's bounds.

use std::{sync::Arc, time::Duration};

use deskbell::{
    broker::Broker,
    clock::SystemClock,
    event::{Envelope, JournalGap},
};
use futures_util::future::join_all;
use serde_json::json;

use crate::{
    contract::broker::envelope,
    support::rabbit::{Process, RabbitNode},
};

/// An event of 4 KB.
fn large(id: usize) -> Envelope {
    let mut envelope = envelope(&id.to_string(), &[]);
    envelope.event.data = json!({ "padding": "x".repeat(4_000) });
    envelope
}

async fn publish(broker: &dyn Broker, events: usize) {
    let envelopes: Vec<_> = (0..events).map(large).collect();
    let publishes = envelopes.iter().map(|envelope| broker.publish(envelope));
    assert!(join_all(publishes).await.iter().all(Result::is_ok));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_keeps_to_its_bounds_and_tells_what_was_lost_unread() {
    let node = RabbitNode::start();
    // The declared bounds take 10 GB or a month to reach; a policy may only tighten them. Whole
    // segments go.
    let small = r#""stream-max-segment-size-bytes":500000"#;
    for (name, bound) in [("bytes", r#""max-length-bytes":2000000"#), ("age", r#""max-age":"2s""#)]
    {
        let (pattern, definition) = (format!("^{name}.journal$"), format!("{{{bound},{small}}}"));
        node.ctl(&["set_policy", name, &pattern, &definition]);
    }
    for name in ["bytes", "age"] {
        let process = Process::start_in(node.url(), name, Arc::new(SystemClock)).ready().await;
        let broker = &*process.broker;
        publish(broker, 1).await;
        let mark = broker.journal(None).await.unwrap().next(1).await.unwrap()[0].mark();
        publish(broker, 1_000).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        publish(broker, 500).await;
        let mut journal = broker.journal(Some(&mark)).await.unwrap();
        let Some(JournalGap::Overtaken(lost)) = journal.gap() else {
            panic!("{:?}", journal.gap())
        };
        assert!(lost > 0 && lost < 1_500, "{lost}");
        let first = journal.next(1).await.unwrap()[0].number;
        assert_eq!(first, mark.number + 1 + lost);
    }
    let declared = node.ctl(&["list_queues", "--quiet", "name", "arguments"]);
    for line in declared.lines().filter(|line| line.contains(".journal")) {
        for bound in ["x-max-length-bytes", "10000000000", "x-max-age", "30D"] {
            assert!(line.contains(bound), "{line}");
        }
    }
}
