//! The command line as its users meet it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Runs the product in `folder` with nothing in the environment but `variables`.
fn deskbell(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    command.args(arguments).current_dir(folder).env_clear();
    command.envs([("DESKBELL_LISTEN", "127.0.0.1:0"), ("DESKBELL_OPS_LISTEN", "127.0.0.1:0")]);
    command.envs(variables.iter().copied()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The repository's example with what it needs from the environment.
const SECRETS: [(&str, &str); 4] = [
    ("SHOP_SECRET", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ("BILLING_SECRET", "0123456789abcdef0123456789abcdef"),
    ("SUPPORTDESK_API_KEY", "sk_live_canary_4711"),
    ("HUBSPOT_TOKEN", "pat-canary-4711"),
];

fn example() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/deskbell.toml");
    fs::copy(example, folder.path().join("deskbell.toml")).unwrap();
    folder
}

#[test]
fn without_arguments_it_says_what_it_can_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = deskbell(folder.path(), &[], &[]);
    assert_eq!(output.status.code(), Some(0));
    let help = text(&output.stdout);
    for command in ["run", "receive", "deliver", "demo", "sandbox", "check", "send", "preview"] {
        assert!(help.contains(command), "{command} in {help}");
    }
    assert_eq!(deskbell(folder.path(), &["nonsense"], &[]).status.code(), Some(2));
}

#[test]
fn the_demo_makes_the_right_tickets_of_its_sample_events() {
    let folder = tempfile::tempdir().unwrap();
    let output = deskbell(folder.path(), &["demo", "--exit", "--json"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut statuses: Vec<_> = printed["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["type"].as_str().unwrap(), event["status"].as_u64().unwrap()))
        .collect();
    statuses.sort_unstable();
    assert_eq!(
        statuses,
        [
            ("integration.error", 202),
            ("order.released", 202),
            ("order.stuck", 202),
            ("order.stuck", 202),
            ("payment.failed", 202),
            ("payment.failed", 202),
            ("payment.failed", 202),
            ("payment.failed", 202),
            ("payment.failed", 401),
            ("payment.failed", 422),
            ("payment.recovered", 202),
        ]
    );
    let tickets = printed["tickets"].as_array().unwrap();
    let ticket = |desk: &str, event: &str| {
        let is = |ticket: &&Value| {
            ticket["desk"] == desk && ticket["event"].as_str().unwrap().ends_with(event)
        };
        let found: Vec<_> = tickets.iter().filter(is).collect();
        assert_eq!(found.len(), 1, "{desk} {event}: {tickets:#?}");
        found[0]
    };
    let payment = ticket("support", "-payment");
    assert_eq!(payment["priority"], "URGENT");
    assert_eq!(payment["metadata"]["amount"].to_string(), "1299.90");
    assert_eq!(payment["metadata"]["deskbell_key"], payment["key"]);
    let payment = ticket("crm", "-payment");
    assert_eq!(payment["metadata"]["order_id"], "SO-1001");
    let tied = |ticket: &Value| -> Vec<Value> {
        let ties = ticket["associations"].as_array().unwrap().iter();
        ties.map(|tie| json!([tie["object"], tie["type_id"]])).collect()
    };
    // The last is the comment of the event that resolved it.
    let all = [json!(["contacts", 16]), json!(["companies", 339]), json!(["notes", 227])];
    assert_eq!(tied(payment), all);
    assert_eq!(ticket("crm", "-integration")["priority"], "CRITICAL");
    assert_eq!(ticket("support", "-order")["priority"], "MEDIUM");
    ticket("support", "-new-customer");
    ticket("crm", "-unknown-customer");
    assert_eq!(tickets.len(), 8);

    let [dead] = &printed["dead"].as_array().unwrap()[..] else { panic!("{printed}") };
    assert_eq!((&dead["desk"], &dead["reason"]), (&json!("support"), &json!("unknown-customer")));
    assert!(dead["event"].as_str().unwrap().ends_with("-unknown-customer"));
    assert_eq!(printed["books"]["balanced"], true);
    assert_eq!(printed["books"]["unmatched"], 1);
    assert_eq!(printed["books"]["events"], 8);
}

#[test]
fn the_demo_never_takes_a_services_data_for_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("deskbell-data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("ledger.db"), "a service's").unwrap();
    let output = deskbell(folder.path(), &["demo", "--exit"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(data.join("ledger.db")).unwrap(), "a service's");
    assert!(data.join("demo/ledger.db").exists());
    // A second demo begins anew, so that its books are its own.
    let again = deskbell(folder.path(), &["demo", "--exit", "--json"], &[]);
    let printed: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(printed["books"]["events"], 8);
}

#[test]
fn check_tells_all_faults_at_once_with_place_and_cure() {
    let folder = example();
    let sound = deskbell(folder.path(), &["check"], &SECRETS);
    assert_eq!(sound.status.code(), Some(0), "{}", text(&sound.stderr));

    let path = folder.path().join("deskbell.toml");
    let broken = fs::read_to_string(&path)
        .unwrap()
        .replace("subject = \"Order", "subjet = \"Order")
        .replace("desks = [\"crm\"]", "desks = [\"crn\"]");
    fs::write(&path, broken).unwrap();
    let faulty = deskbell(folder.path(), &["check"], &SECRETS[..3]);
    assert_eq!(faulty.status.code(), Some(2));
    let told = text(&faulty.stderr);
    for part in ["deskbell.toml:", "subjet", "did you mean", "crn", "HUBSPOT_TOKEN"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(!told.contains("canary"), "{told}");
    // What does not pass the check does not start.
    assert_eq!(deskbell(folder.path(), &["run"], &SECRETS[..3]).status.code(), Some(2));
}

#[test]
fn preview_prints_the_exact_requests_and_no_secret() {
    let folder = example();
    let event = json!({ "type": "payment.failed", "id": "evt_1", "data": {
        "orderId": "SO-1", "customerExternalId": "user_42", "errorCode": "card_declined",
        "amount": 50, "customer": { "email": "jean@acme.com", "name": "Jean" },
    }});
    fs::write(folder.path().join("event.json"), event.to_string()).unwrap();
    let output = deskbell(folder.path(), &["preview", "event.json", "--json"], &SECRETS);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    assert!(!printed.contains("canary"), "{printed}");
    let desks: Value = serde_json::from_str(&printed).unwrap();
    let requests: Vec<_> = desks
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|desk| desk["requests"].as_array().unwrap())
        .map(|request| json!([request["method"], request["url"]]))
        .collect();
    let support = "https://supportdesk.innovartx.com/api/v1";
    assert!(requests.contains(&json!(["POST", format!("{support}/tickets/api-create")])));
    assert!(requests.contains(&json!(["PATCH", format!("{support}/customers/user_42")])));
    let hubspot = "https://api.hubapi.com/crm/v3/objects";
    assert!(requests.contains(&json!(["POST", format!("{hubspot}/tickets")])), "{requests:?}");
    let people = deskbell(folder.path(), &["preview", "event.json"], &SECRETS);
    assert!(text(&people.stdout).contains("POST https://api.hubapi.com/crm/v3/objects/tickets"));
}

#[test]
fn preview_tells_what_an_event_does_to_the_ticket_of_its_incident() {
    let folder = example();
    let event = json!({ "type": "payment.recovered", "id": "evt_2", "data": {
        "orderId": "SO-1", "customerExternalId": "user_42",
    }});
    fs::write(folder.path().join("event.json"), event.to_string()).unwrap();
    let output = deskbell(folder.path(), &["preview", "event.json"], &SECRETS);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(
        said.contains("incident payment:SO-1: its ticket gets a comment and is resolved"),
        "{said}"
    );
    assert!(!said.contains("POST"), "{said}");
}

#[test]
fn a_command_that_reads_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["books"][..], &["events", "list"], &["dead", "list"]] {
        let output = deskbell(folder.path(), arguments, &[]);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(text(&output.stderr).contains("no ledger"), "{arguments:?}");
    }
    assert!(!folder.path().join("deskbell-data").exists());
    let wrong = deskbell(folder.path(), &["dead", "show", "nonsense"], &[]);
    assert_ne!(wrong.status.code(), Some(0));
}

#[test]
fn a_wrong_call_ends_with_code_2_and_says_what_is_wrong_with_it() {
    let folder = example();
    fs::write(folder.path().join("no.json"), "{nope").unwrap();
    let calls: [(&[&str], &str); 8] = [
        (&["send", "payment.failed", "--source", "nope"], "no source `nope`"),
        (&["send", "payment.failed", "--data", "absent.json"], "`absent.json` cannot be read"),
        (&["send", "payment.failed", "--data", "no.json"], "the data is not JSON"),
        (&["send", "payment.failed", "--to", "localhost:1"], "http://"),
        (&["send", "un.known"], "--data"),
        (&["preview", "absent.json"], "`absent.json` cannot be read"),
        (&["preview", "no.json", "--source", "nope"], "no source `nope`"),
        (&["dead", "settle", "0"], "--absent"),
    ];
    for (arguments, words) in calls {
        let output = deskbell(folder.path(), arguments, &SECRETS);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(words), "{arguments:?}: {told}");
    }
    let output = deskbell(folder.path(), &["check"], &[("DESKBELL_LOG", "!!!")]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = example();
    let closed = || std::io::pipe().map(|(_reader, writer)| writer).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
        command.args(arguments).current_dir(folder.path()).env_clear().envs(SECRETS);
        command
    };
    let output = run(&["check"]).stdout(closed()).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let output = run(&["demo", "--exit"]).stdout(closed()).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    // What is told on standard error is told to nobody, and the exit code stays.
    let output = run(&["events", "show", "evt_1"]).stderr(closed()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn receiver_and_workers_apart_need_rabbitmq_between_them() {
    let folder = example();
    for command in ["receive", "deliver"] {
        let output = deskbell(folder.path(), &[command], &SECRETS);
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(text(&output.stderr).contains("DESKBELL_AMQP_URL"), "{command}");
    }
}

#[test]
fn the_sources_are_listed_with_what_each_proves_itself_by() {
    let folder = example();
    let output = deskbell(folder.path(), &["sources", "list", "--json"], &SECRETS);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let sources: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = json!([
        { "source": "billing", "verify": "hmac", "secrets": [{ "secret": 1 }], "refused": [] },
        {
            "source": "shop", "verify": "standard-webhooks", "secrets": [{ "secret": 1 }],
            "refused": []
        },
    ]);
    assert_eq!(sources, expected);
    assert!(text(&output.stderr).contains("nothing is noted"), "{}", text(&output.stderr));
    let table = text(&deskbell(folder.path(), &["sources"], &SECRETS).stdout);
    assert!(table.contains("1 of 1") && table.contains("never noted"), "{table}");
}

#[test]
fn nothing_is_sent_for_a_source_whose_key_is_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "[sources.pay]\nverify = \"paypal\"\nwebhook_id = \"WID\"\n";
    fs::write(folder.path().join("deskbell.toml"), lines).unwrap();
    let output = deskbell(folder.path(), &["send", "payment.failed"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("only the sender itself can sign for `pay`"));
}
