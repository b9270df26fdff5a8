//! One process of the product, and what can be done to it from outside.

use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A process, which ends with its owner.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts `command`; what it logs is added to `log`.
    pub(crate) fn spawn(mut command: Command, log: &Path) -> Self {
        let log = File::options().append(true).create(true).open(log).unwrap();
        let child = command.stderr(log).stdout(Stdio::null()).spawn().unwrap();
        Self { child }
    }

    /// Ends it as the kernel does when memory is short; gives its peak of memory in KiB.
    pub(crate) fn kill(mut self) -> u64 {
        let peak = self.peak_memory();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        peak
    }

    /// Asks it to stop and waits until it has; gives its exit code and its peak of memory in KiB.
    pub(crate) fn stop(mut self) -> (Option<i32>, u64) {
        let peak = self.peak_memory();
        self.signal("TERM");
        (self.child.wait().unwrap().code(), peak)
    }

    /// Sends the signal of this name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Whether it has not ended by itself.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The most memory that it has held, in KiB; 0 where the system does not tell.
    fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
