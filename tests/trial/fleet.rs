//! The product as one process or several, around simulated desks that outlive them all.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use deskbell::{
    clock::SystemClock,
    sandbox::{self, LimitSettings, Sandbox, SandboxSettings, SandboxTicket},
};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{
    checker::{
        self, Verdict,
        history::{self, DeskLine, Line, TicketLine},
        ledger,
    },
    eventually,
    history::History,
    process::{Process, command, free_address},
    sender::Sender,
    settings::{DeskSettings, Environment, behaviour, surroundings},
};

/// The processes of one trial, and what is around them.
#[derive(Debug)]
pub(crate) struct Fleet {
    pub(crate) sandbox: Sandbox,
    pub(crate) history: History,
    pub(crate) sender: Sender,
    binary: PathBuf,
    directory: TempDir,
    pub(crate) environment: Environment,
    processes: Mutex<BTreeMap<&'static str, Process>>,
    peak: Mutex<u64>,
}

impl Fleet {
    /// Nothing runs yet but the desks. Without an address of RabbitMQ: on the embedded store.
    pub(crate) fn new(binary: PathBuf, amqp_url: Option<&str>, desks: &DeskSettings) -> Self {
        let settings = SandboxSettings::on_loopback(Arc::new(SystemClock));
        let sandbox = sandbox::start(settings, CancellationToken::new()).unwrap();
        sandbox.supportdesk().limits(LimitSettings::default());
        sandbox.hubspot().limits(LimitSettings::default());
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("deskbell.toml"), behaviour(desks)).unwrap();
        let receiver = free_address();
        let history = History::default();
        for (desk, looks_up) in [("crm", true), ("support", false)] {
            let may_repeat = !looks_up && desks.on_uncertain == "retry";
            history.note(Line::Desk(DeskLine { desk: desk.to_owned(), looks_up, may_repeat }));
        }
        Self {
            environment: surroundings(&receiver, &sandbox, amqp_url),
            sandbox,
            sender: Sender::new(receiver, history.clone()),
            history,
            binary,
            directory,
            processes: Mutex::default(),
            peak: Mutex::default(),
        }
    }

    /// Starts a process under a name: `receive`, `deliver` or `run`. It waits for nothing.
    pub(crate) fn start(&self, name: &'static str, command: &str) {
        let mut process = self.command(&[command]);
        process.env("DESKBELL_OPS_LISTEN", free_address());
        process.stdout(Stdio::null());
        let process = Process::spawn(process, &self.path("log"));
        assert!(self.processes().insert(name, process).is_none(), "{name} runs already");
    }

    /// Waits until the receiver takes events.
    pub(crate) async fn until_ready(&self) {
        eventually("the receiver takes events", || self.sender.upstream.is("ready")).await;
    }

    /// Ends a process with SIGKILL, and notes it.
    pub(crate) fn kill(&self, name: &'static str) {
        self.history.fault(&format!("kill {name}"));
        let process = self.processes().remove(name).unwrap();
        self.note_peak(process.kill());
    }

    /// Waits until every event that was accepted is recorded, and every delivery settled.
    pub(crate) async fn until_settled(&self) {
        let accepted = |line: &Line| match line {
            Line::Sent(sent) => sent.answer == history::Answer::Accepted,
            _ => false,
        };
        let accepted = self.history.lines().iter().filter(|line| accepted(line)).count() as u64;
        let ledger = self.ledger();
        let mut last = (0, 0);
        let settling = async {
            // A sabotaged product loses events: what no longer changes is settled, too.
            let mut quiet = 0;
            while quiet < QUIET {
                let now = ledger::progress(&ledger).unwrap_or_default();
                if now.0 >= accepted && now.1 == 0 {
                    return;
                }
                quiet = if now == last { quiet + 1 } else { 0 };
                last = now;
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        };
        settling.await;
        for (name, process) in self.processes().iter_mut() {
            assert!(process.is_alive(), "{name} has ended by itself");
        }
    }

    /// Stops what runs and judges the trial by what was seen.
    pub(crate) fn judge(&self) -> Verdict {
        let names: Vec<_> = self.processes().keys().copied().collect();
        for name in names {
            let process = self.processes().remove(name).unwrap();
            let (code, peak) = process.stop();
            self.note_peak(peak);
            assert_eq!(code, Some(0), "{name} did not stop well");
        }
        let mut lines = self.history.lines();
        let desks = [
            ("crm", self.sandbox.hubspot().tickets()),
            ("support", self.sandbox.supportdesk().tickets()),
        ];
        for (desk, tickets) in desks {
            let line = |SandboxTicket { id, key, .. }| {
                Line::Ticket(TicketLine { desk: desk.to_owned(), key, id })
            };
            lines.extend(tickets.into_iter().map(line));
        }
        lines.extend(ledger::rows(&self.ledger()).unwrap());
        lines.extend(ledger::accounts(&self.books()));
        let text = history::write(&lines);
        fs::write(self.path("history.jsonl"), &text).unwrap();
        checker::judge(&text)
    }

    /// The most memory that any of the processes has held, in KiB.
    pub(crate) fn peak_memory(&self) -> u64 {
        *self.peak.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.path("deskbell-data/ledger.db")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn books(&self) -> Value {
        let output = self.command(&["books", "--json"]).output().unwrap();
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("books: {}", String::from_utf8_lossy(&output.stderr)))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        command(&self.binary, self.directory.path(), &self.environment, arguments)
    }

    /// The running processes, by name.
    pub(crate) fn processes(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, Process>> {
        self.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_peak(&self, peak: u64) {
        let mut most = self.peak.lock().unwrap_or_else(PoisonError::into_inner);
        *most = peak.max(*most);
    }
}

/// Looks at the ledger, a quarter of a second apart, that must show no change before a trial counts
/// as being at its end: longer than any wait of the product for a crashed worker.
const QUIET: u32 = 360;

impl Drop for Fleet {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let kept = self.directory.path().display();
            eprintln!("log, ledger and history are kept in {kept}");
            self.directory.disable_cleanup(true);
        }
    }
}
