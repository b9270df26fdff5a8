//! The demo as a newcomer meets it, who leaves it running.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use reqwest::Client;

/// A demo that runs until it is dropped.
struct Demo(Child);

impl Demo {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
        command.arg("demo").current_dir(folder).env_clear().stdout(Stdio::piped());
        command.envs([("DESKBELL_LISTEN", "127.0.0.1:0"), ("DESKBELL_OPS_LISTEN", "127.0.0.1:0")]);
        Self(command.spawn().unwrap())
    }

    /// All lines that it prints until one ends so, that line included.
    fn lines_until(&mut self, end: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for line in BufReader::new(self.0.stdout.take().unwrap()).lines() {
            lines.push(line.unwrap().trim().to_owned());
            if lines.last().unwrap().ends_with(end) {
                return lines;
            }
        }
        panic!("no line ends with `{end}`: {lines:#?}");
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_demo_leads_to_its_console_and_to_commands_that_work_as_printed() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(folder.path());
    let lines = demo.lines_until(" books");

    let console = lines.iter().position(|line| line.ends_with("/console")).unwrap();
    let (address, token) = (&lines[console], &lines[console + 1]);
    let page = Client::new().get(address).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let api = address.replace("/console", "/api/v1/audit");
    let answer = Client::new().get(&api).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 200, "the token admits to what admins may");

    for (part, shown) in [
        ("events list --where ", "-payment"),
        ("events show ", "ticketed"),
        ("dead list", "unknown-customer"),
        ("books", "balance"),
    ] {
        let line = lines.iter().find(|line| line.contains(&format!("/deskbell {part}"))).unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(folder.path()).env_clear();
        let output = shell.output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {told}");
        assert!(told.contains(shown), "{line}: {told}");
    }
}
