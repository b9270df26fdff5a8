//! The whole product as a process, with simulated desks around it that outlive it.

mod operators;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use deskbell::{
    clock::{Clock, SystemClock},
    delivery::DeliveryKey,
    sandbox::{self, LimitSettings, Sandbox, SandboxSettings},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::sender::Sender;
pub(crate) use crate::trial::eventually;
use crate::trial::{
    process::{command, free_address},
    settings::{Environment, surroundings},
    upstream::Upstream,
    variable,
};

/// What every test is configured with.
const CONFIG: &str = include_str!("world/deskbell.toml");

/// A configured Deskbell, its desks, and the process while it runs.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    directory: TempDir,
    environment: Environment,
    process: Option<Child>,
    pub(crate) sender: Sender,
}

impl World {
    /// On the embedded store; the process is running and takes events.
    pub(crate) async fn embedded() -> Self {
        let mut world = Self::set_up(None);
        world.start().await;
        world
    }

    /// On the embedded store; the process is not started.
    pub(crate) fn embedded_on_hold() -> Self {
        Self::set_up(None)
    }

    /// On the embedded store, with one more variable.
    pub(crate) async fn embedded_with(name: &'static str, value: &str) -> Self {
        let mut world = Self::set_up(None);
        world.set(name, value);
        world.start().await;
        world
    }

    /// On the embedded store in `data`; the process is not started.
    pub(crate) fn embedded_in(data: &Path) -> Self {
        let mut world = Self::set_up(None);
        world.set("DESKBELL_DATA_DIR", data.to_str().unwrap());
        world
    }

    /// Sets a variable of the processes that are started from now on.
    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.environment.retain(|(known, _)| *known != name);
        self.environment.push((name, value.to_owned()));
    }

    /// Takes a variable away.
    pub(crate) fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| *known != name);
    }

    /// Starts another process of the same configuration, on addresses of its own.
    pub(crate) fn start_beside(&self, command: &str) -> Child {
        let log = File::options().append(true).create(true).open(self.log_path()).unwrap();
        self.command(&[command])
            .env("DESKBELL_LISTEN", "127.0.0.1:0")
            .env("DESKBELL_OPS_LISTEN", "127.0.0.1:0")
            .stderr(log)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// A file of the process's working directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Over the RabbitMQ of this address; the process is not started.
    pub(crate) fn over_rabbitmq(amqp_url: &str) -> Self {
        Self::set_up(Some(amqp_url))
    }

    fn set_up(amqp_url: Option<&str>) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let desks = SandboxSettings::on_loopback(clock);
        let sandbox = sandbox::start(desks, CancellationToken::new()).unwrap();
        sandbox.supportdesk().limits(LimitSettings::default());
        sandbox.hubspot().limits(LimitSettings::default());
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("deskbell.toml"), CONFIG).unwrap();
        let receiver = free_address();
        let mut environment = surroundings(&receiver, &sandbox, amqp_url);
        environment.push(("DESKBELL_OPS_LISTEN", free_address()));
        Self { sandbox, directory, environment, process: None, sender: Sender::to(receiver) }
    }

    /// Starts the process and waits until it takes events.
    pub(crate) async fn start(&mut self) {
        self.spawn();
        self.wait_until_ready().await;
    }

    /// Starts the process with the receiver alone and waits until it takes events.
    pub(crate) async fn start_receiver(&mut self) {
        self.spawn_command("receive");
        self.wait_until_ready().await;
    }

    /// Starts the process and waits for nothing.
    pub(crate) fn spawn(&mut self) {
        self.spawn_command("run");
    }

    fn spawn_command(&mut self, command: &str) {
        let file = |path| File::options().append(true).create(true).open(path).unwrap();
        let (log, output) = (file(self.log_path()), file(self.path("output")));
        let process = self.command(&[command]).stderr(log).stdout(output).spawn().unwrap();
        self.process = Some(process);
    }

    async fn wait_until_ready(&self) {
        self.wait_until_healthy("ready").await;
    }

    pub(crate) async fn wait_until_alive(&self) {
        self.wait_until_healthy("live").await;
    }

    async fn wait_until_healthy(&self, how: &str) {
        eventually("the receiver answers", || self.sender.is(how)).await;
    }

    /// What the receiver says of its readiness.
    pub(crate) async fn readiness(&self) -> (u16, Value) {
        let Upstream { client, receiver, .. } = &*self.sender;
        let answer = client.get(format!("http://{receiver}/health/ready")).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Ends the process as a power switch would.
    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Asks the process to stop; gives its exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        let mut process = self.process.take().unwrap();
        send(&process, "TERM");
        process.wait().unwrap().code()
    }

    /// Sends the process the signal of this name.
    pub(crate) fn signal(&self, name: &str) {
        send(self.process.as_ref().unwrap(), name);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        // A build that is broken on purpose, by which a test shows that it can fail.
        let binary = variable("DESKBELL_TEST_BINARY");
        let binary = binary.unwrap_or_else(|| env!("CARGO_BIN_EXE_deskbell").to_owned());
        self.command_of(binary.as_ref(), arguments)
    }

    /// A command of another program in the process's environment.
    fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        command(program, self.directory.path(), &self.environment, arguments)
    }

    /// Posts a signed event that is accepted.
    pub(crate) async fn post(&self, id: &str, event_type: &str, data: &Value) -> Value {
        let (status, answer) = self.sender.try_post(id, event_type, data).await.unwrap();
        assert_eq!(status, 202, "{answer}");
        answer
    }

    fn log_path(&self) -> PathBuf {
        self.directory.path().join("log")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.kill());
            drop(process.wait());
        }
        if std::thread::panicking() {
            let log = fs::read_to_string(self.log_path()).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(30).collect();
            eprintln!("the last lines of the log, the latest first:\n{}", last.join("\n"));
        }
    }
}

fn send(process: &Child, signal: &str) {
    let arguments = [format!("-{signal}"), process.id().to_string()];
    assert!(Command::new("kill").args(arguments).status().unwrap().success());
}

/// A payment of the customer whom both simulated desks know.
pub(crate) fn payment(order: &str) -> Value {
    json!({
        "orderId": order,
        "customerExternalId": "user_42",
        "errorCode": "card_declined",
        "amount": serde_json::from_str::<Value>("1299.90").unwrap(),
        "customer": { "email": "jean@acme.com", "name": "Jean" },
    })
}

pub(crate) fn state(delivery: &Value) -> &str {
    delivery["state"].as_str().unwrap()
}

/// The delivery for `desk` among those of an event.
pub(crate) fn of_desk<'a>(deliveries: &'a [Value], desk: &str) -> &'a Value {
    deliveries.iter().find(|delivery| delivery["desk"] == desk).unwrap()
}

/// The key of an event of `shop` at `desk`.
pub(crate) fn key(id: &str, desk: &str) -> String {
    let key =
        DeliveryKey::of(&"shop".parse().unwrap(), &id.parse().unwrap(), &desk.parse().unwrap());
    key.to_string()
}
