//! One process of the product, and what can be done to it from outside.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Child, Command},
};

use super::{dice::Dice, settings::Environment};

/// A command of the product: it sees nothing of the tests' own environment but the path.
pub(crate) fn command(
    binary: &Path,
    directory: &Path,
    environment: &Environment,
    arguments: &[&str],
) -> Command {
    let mut command = Command::new(binary);
    command.args(arguments).current_dir(directory).env_clear();
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}

/// A free port below those that the kernel gives to outgoing connections: it stays free while a
/// killed process is being started again.
pub(crate) fn free_address() -> String {
    let mut dice = Dice::seeded(Dice::any_seed());
    loop {
        let address = format!("127.0.0.1:{}", 10_000 + dice.throw(10_000));
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

/// A process, which ends with its owner.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts `command`; what it logs is added to `log`. Where it prints to, `command` says.
    pub(crate) fn spawn(mut command: Command, log: &Path) -> Self {
        let log = File::options().append(true).create(true).open(log).unwrap();
        let child = command.stderr(log).spawn().unwrap();
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
