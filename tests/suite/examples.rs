//! The examples, run as somebody who has read their page would run them.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
};

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use crate::{
    support::{
        rabbit::RabbitNode,
        world::{World, eventually},
    },
    trial::{process::Process, upstream::SECRET},
};

const SENDERS: [&str; 5] = ["send.sh", "send.py", "send.mjs", "send.php", "send.rs"];

const READERS: [&str; 2] = ["read.py", "read.mjs"];

/// The examples with all that they need, made ready once.
static READY: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/examples");
    let made = Command::new(script).arg(&folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    folder
});

/// An example with its arguments. Cargo builds and runs the one in Rust.
fn example(name: &str, arguments: &[&str]) -> Command {
    let folder = &*READY;
    let mut command = match name.strip_suffix(".rs") {
        Some(name) => {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["run", "--quiet", "--locked", "--example", name, "--"]);
            cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
            cargo
        }
        None => Command::new(folder.join(name)),
    };
    let path = std::env::var_os("PATH").unwrap();
    let paths = [folder.join("python/bin")].into_iter().chain(std::env::split_paths(&path));
    command.args(arguments).env("PATH", std::env::join_paths(paths).unwrap());
    command.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    command
}

/// Sends the event `id` by an example.
async fn send(name: &'static str, id: String, url: String, secret: &'static str) -> Output {
    let data = json!({
        "orderId": format!("SO-{id}"),
        "customerExternalId": "user_42",
        "errorCode": "card_declined",
        "amount": 12.5,
    });
    let run = move || {
        let mut command = example(name, &[&id, "payment.failed", &data.to_string()]);
        command.env("DESKBELL_URL", url).env("SHOP_SECRET", secret).output().unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// What the event is called that an example sends: a signed id has no dot.
fn id_of(name: &str) -> String {
    name.replace('.', "-")
}

fn hook(world: &World) -> String {
    format!("http://{}/hooks/shop", world.sender.receiver)
}

#[tokio::test]
async fn every_event_that_an_example_sends_is_read_by_every_example() {
    let node = RabbitNode::start();
    let mut world = World::over_rabbitmq(node.url());
    world.start().await;
    let readers = READERS.map(|name| {
        let output = world.path(name);
        let mut command = example(name, &[&format!("team.{name}"), "payment.*"]);
        command.env("AMQP_URL", node.url()).stdout(File::create(&output).unwrap());
        (output, Process::spawn(command, &world.path("readers")))
    });
    // A queue that is not bound yet would miss what is sent.
    for (output, _) in &readers {
        let name = output.file_name().unwrap().to_string_lossy();
        let queues = || async { node.ctl(&["list_consumers"]).contains(&format!("team.{name}")) };
        eventually("the example waits for events", queues).await;
    }
    for name in SENDERS {
        let sent = send(name, id_of(name), hook(&world), SECRET).await;
        let errors = String::from_utf8_lossy(&sent.stderr);
        assert!(sent.status.success(), "{name}: {errors}");
        let receipt: Value = serde_json::from_slice(&sent.stdout).unwrap();
        assert_eq!(receipt["id"], id_of(name), "{name}");
    }
    let line = |id: String| format!("payment.failed {id} SO-{id}");
    let expected: BTreeSet<String> = SENDERS.map(id_of).map(line).into();
    for (output, _) in &readers {
        let all = || async { read(output) == expected };
        eventually("the example has read all events", all).await;
    }
}

/// The events that a reader has printed: type, id and order.
fn read(output: &Path) -> BTreeSet<String> {
    let printed = fs::read_to_string(output).unwrap();
    let first = |line: &str| line.split(' ').take(3).collect::<Vec<_>>().join(" ");
    printed.lines().map(first).collect()
}

#[tokio::test]
async fn an_example_that_signs_with_another_secret_ends_with_1_and_says_why() {
    let world = World::embedded().await;
    for name in SENDERS {
        let other = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=";
        let sent = send(name, id_of(name), hook(&world), other).await;
        let said = [sent.stdout, sent.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!sent.status.success() && said.contains("signature"), "{name}: {said}");
    }
    assert_eq!(world.books()["events"], 0);
}

#[tokio::test]
async fn an_example_posts_the_same_event_again_until_it_is_durable() {
    for name in SENDERS {
        let receiver = MockServer::start().await;
        let unavailable = ResponseTemplate::new(503).insert_header("retry-after", "0");
        let post = || Mock::given(matchers::method("POST"));
        post().respond_with(unavailable).up_to_n_times(1).mount(&receiver).await;
        post().respond_with(ResponseTemplate::new(202)).mount(&receiver).await;
        let sent = send(name, "evt_1".to_owned(), receiver.uri(), SECRET).await;
        assert!(sent.status.success(), "{name}: {}", String::from_utf8_lossy(&sent.stderr));
        let posts = receiver.received_requests().await.unwrap();
        assert_eq!(posts.len(), 2, "{name}");
        assert_eq!(posts[0].body, posts[1].body, "{name}");
        assert!(posts.iter().all(|post| post.headers["webhook-id"] == "evt_1"), "{name}");
    }
}
