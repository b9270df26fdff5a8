//! `deskbell desk <name> …` against the simulated desks.

mod kf5;
mod thulium;

use std::{fs, process::Output, sync::Arc};

use deskbell::{
    clock::SystemClock,
    sandbox::{LimitSettings, Sandbox, SandboxSettings, start},
};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// The simulated desks, and a folder whose configuration names them.
struct Desks {
    sandbox: Sandbox,
    folder: TempDir,
}

/// What a command printed.
struct Said {
    code: Option<i32>,
    out: String,
    aside: String,
}

impl Said {
    fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.aside);
        serde_json::from_str(&self.out).unwrap()
    }
}

impl Desks {
    fn start() -> Self {
        let settings = SandboxSettings::on_loopback(Arc::new(SystemClock));
        let sandbox = start(settings, CancellationToken::new()).unwrap();
        // Every command is a process of its own, with windows of its own.
        sandbox.supportdesk().limits(LimitSettings::default());
        let folder = tempfile::tempdir().unwrap();
        let example = concat!(env!("CARGO_MANIFEST_DIR"), "/deskbell.toml");
        fs::copy(example, folder.path().join("deskbell.toml")).unwrap();
        Self { sandbox, folder }
    }

    /// `deskbell desk` with these words.
    async fn desk(&self, words: &[&str]) -> Said {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_deskbell"));
        command.arg("desk").args(words).current_dir(self.folder.path()).env_clear().envs([
            ("SHOP_SECRET", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
            ("BILLING_SECRET", "0123456789abcdef0123456789abcdef"),
            ("SUPPORTDESK_API_KEY", "sk_live_sandbox"),
            ("HUBSPOT_TOKEN", "pat-sandbox"),
            ("SUPPORTDESK_URL", &self.sandbox.supportdesk().base_url().unwrap()),
            ("HUBSPOT_URL", &self.sandbox.hubspot().base_url().unwrap()),
        ]);
        let Output { status, stdout, stderr } = command.output().await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { code: status.code(), out: text(stdout), aside: text(stderr) }
    }
}

#[tokio::test]
async fn a_hubspot_ticket_is_opened_shown_changed_and_deleted() {
    let desks = Desks::start();
    let words = [
        "crm",
        "ticket",
        "create",
        "-p",
        "subject=Trouble",
        "-p",
        "hs_pipeline=0",
        "-p",
        "hs_pipeline_stage=1",
        "--associate",
        "contacts/201/16",
        "--json",
    ];
    let id = desks.desk(&words).await.json()["id"].as_str().unwrap().to_owned();
    let words = ["crm", "ticket", "get", &id, "--associations", "contacts", "--json"];
    let shown = desks.desk(&words).await.json();
    assert_eq!(shown["properties"]["subject"], "Trouble");
    assert_eq!(shown["associations"]["contacts"]["results"][0]["id"], "201");
    let words = ["crm", "ticket", "update", &id, "-p", "hs_pipeline_stage=4", "--json"];
    assert_eq!(desks.desk(&words).await.json()["properties"]["hs_pipeline_stage"], "4");
    let table = desks.desk(&["crm", "ticket", "list"]).await;
    assert!(table.out.contains("SUBJECT") && table.out.contains("Trouble"), "{}", table.out);
    assert_eq!(desks.desk(&["crm", "ticket", "delete", &id]).await.code, Some(0));
    let gone = desks.desk(&["crm", "ticket", "get", &id]).await;
    assert_eq!(gone.code, Some(1));
    assert!(gone.aside.contains("Object not found"), "{}", gone.aside);
}

#[tokio::test]
async fn every_call_of_supportdesk_is_made() {
    let desks = Desks::start();
    assert_eq!(desks.desk(&["support", "whoami", "--json"]).await.json()["keyType"], "agent");
    let words = [
        "support",
        "customer",
        "upsert",
        "user_77",
        "--email",
        "lea@acme.com",
        "--name",
        "Léa",
        "--metadata",
        "plan=gold",
        "--json",
    ];
    assert_eq!(desks.desk(&words).await.json()["externalId"], "user_77");
    let words = ["support", "event", "add", "user_77", "payment.recovered", "--json"];
    assert_eq!(desks.desk(&words).await.json()["type"], "payment.recovered");
    let words = [
        "support",
        "ticket",
        "create",
        "--customer",
        "user_77",
        "--subject",
        "Trouble",
        "--description",
        "It **failed**.",
        "--priority",
        "HIGH",
        "--metadata",
        "orderId=7",
        "--json",
    ];
    let ticket = desks.desk(&words).await.json();
    assert_eq!(
        (&ticket["priority"], &ticket["customer"]["externalId"]),
        (&"HIGH".into(), &"user_77".into())
    );
    let unknown = desks.desk(&["support", "event", "add", "nobody", "a"]).await;
    assert_eq!(unknown.code, Some(1));
}

#[tokio::test]
async fn a_call_that_the_vendor_does_not_have_is_told_with_the_desks_kind() {
    let desks = Desks::start();
    for (words, code, told) in [
        (&["crm", "whoami"][..], 2, "of kind hubspot"),
        (&["support", "ticket", "get", "1"], 2, "of kind supportdesk"),
        (&["nowhere", "ticket", "get", "1"], 2, "it has `crm`, `support`"),
        (&["crm", "ticket", "create", "-p", "subject"], 2, "name=value"),
        (&["crm", "status"], 1, "no ledger"),
        (&["crm", "pause"], 1, "no ledger"),
        (&["crm", "stop"], 2, "unrecognized subcommand"),
    ] {
        let said = desks.desk(words).await;
        assert_eq!(said.code, Some(code), "{words:?}: {}", said.aside);
        assert!(said.aside.contains(told), "{words:?}: {}", said.aside);
    }
    let help = desks.desk(&["crm", "--help"]).await;
    assert_eq!(help.code, Some(0));
    assert!(help.out.contains("ticket") && help.out.contains("kind hubspot"), "{}", help.out);
}
