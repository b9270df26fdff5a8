//! A RabbitMQ node of a test's own, through `scripts/rabbitmq`.

use std::{path::PathBuf, process::Command};

/// A node that one test may crash. It ends with the test.
#[derive(Debug)]
pub(crate) struct RabbitNode {
    pub(crate) folder: PathBuf,
    url: String,
}

impl RabbitNode {
    pub(crate) fn start() -> Self {
        // What an interrupted test leaves running there, scripts/test stops.
        let nodes = super::variable("DESKBELL_TEST_NODES");
        let nodes = nodes.map_or_else(std::env::temp_dir, PathBuf::from);
        let folder = nodes.join(format!("deskbell-node-{}", uuid::Uuid::now_v7().simple()));
        let url = script(&folder, "start", &[]).trim().to_owned();
        Self { folder, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&self) {
        script(&self.folder, "kill", &[]);
    }

    pub(crate) fn restart(&self) {
        script(&self.folder, "restart", &[]);
    }
}

impl Drop for RabbitNode {
    fn drop(&mut self) {
        let _ = command(&self.folder, "stop", &[]).output();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn command(folder: &PathBuf, verb: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/rabbitmq"));
    command.arg(verb).arg(folder).args(arguments);
    command
}

/// Runs `verb` of the script on the node of this folder; gives what it prints.
pub(crate) fn script(folder: &PathBuf, verb: &str, arguments: &[&str]) -> String {
    let output = command(folder, verb, arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "scripts/rabbitmq {verb}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}
