//! What an operator of a world sees of it.

use std::{ffi::OsStr, fs, process::Output};

use serde_json::Value;

use super::{World, eventually, state};

impl World {
    /// Runs a command of the product in the process's environment.
    pub(crate) fn cli(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command of the product as somebody at a terminal does. What it prints and what it says come
    /// together.
    pub(crate) fn at_a_terminal(&self, arguments: &[&str]) -> Output {
        let command = self.command(arguments);
        let words = [command.get_program()].into_iter().chain(command.get_args());
        let quoted = |word: &OsStr| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''"));
        let line = words.map(quoted).collect::<Vec<_>>().join(" ");
        // Of util-linux: its standard input need be no terminal.
        let script = ["--quiet", "--return", "--command", &line, "/dev/null"];
        self.command_of("script".as_ref(), &script).output().unwrap()
    }

    /// What a command prints with `--json`.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.cli(&[arguments, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
            panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr))
        })
    }

    /// The deliveries of an event once none of them is on its way.
    pub(crate) async fn settled(&self, id: &str) -> Vec<Value> {
        self.until(id, |delivery| {
            let settled =
                ["ticketed", "merged", "resolved", "suppressed", "dead", "discarded", "uncertain"];
            settled.contains(&state(delivery))
        })
        .await
    }

    /// The deliveries of an event once there are some and `all` holds of each.
    pub(crate) async fn until(&self, id: &str, all: fn(&Value) -> bool) -> Vec<Value> {
        let mut deliveries = Vec::new();
        eventually("the deliveries have come so far", || {
            let output = self.cli(&["events", "show", id, "--json"]);
            let event: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            let routes = event["routes"].as_array().map_or(1, Vec::len);
            deliveries = event["deliveries"].as_array().cloned().unwrap_or_default();
            let there = deliveries.len() == routes && deliveries.iter().all(all);
            std::future::ready(there)
        })
        .await;
        deliveries
    }

    pub(crate) fn books(&self) -> Value {
        self.json(&["books"])
    }

    /// The log of all starts so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap()
    }

    /// The metrics of the private port, as text.
    pub(crate) async fn metrics(&self) -> String {
        self.operators("/metrics").await.2
    }

    /// Where the private port is.
    pub(crate) fn operators_address(&self) -> &str {
        let mut known = self.environment.iter();
        let (_, address) = known.find(|(name, _)| *name == "DESKBELL_OPS_LISTEN").unwrap();
        address
    }

    /// What the private port answers at `path`: status, content type and text.
    pub(crate) async fn operators(&self, path: &str) -> (u16, String, String) {
        let url = format!("http://{}{path}", self.operators_address());
        let answer = self.sender.client.get(url).send().await.unwrap();
        let content_type = answer.headers().get("content-type");
        let content_type = content_type.map_or("", |value| value.to_str().unwrap()).to_owned();
        (answer.status().as_u16(), content_type, answer.text().await.unwrap())
    }
}
