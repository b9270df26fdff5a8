//! A real browser: Chromium without a window, driven by `WebDriver` (W3C, <https://www.w3.org/TR/webdriver2/>).

mod looks;
mod pointing;

pub(crate) use looks::Look;
pub(crate) use pointing::{ENTER, TAB};

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A browser, which ends with its owner.
pub(crate) struct Chromium {
    driver: Child,
    port: u16,
    session: String,
    http: Client,
    profile: TempDir,
}

impl Chromium {
    /// Starts one that has never been anywhere.
    pub(crate) async fn start() -> Self {
        let script = format!("{}/scripts/chromium", env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(script);
        let mut driver = command.process_group(0).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let said = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        let port = said.unwrap();
        // Whatever it says later must find a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let http = Client::builder().no_proxy().build().unwrap();
        let profile = TempDir::new().unwrap();
        let mut browser = Self { driver, port, session: String::new(), http, profile };
        browser.session = browser.open().await;
        browser
    }

    async fn open(&self) -> String {
        let profile = format!("--user-data-dir={}", self.profile.path().display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            profile.as_str(),
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let opened = self.ask("", Some(&wanted)).await;
        opened["sessionId"].as_str().unwrap().to_owned()
    }

    /// Sends a command; gives its value.
    async fn ask(&self, command: &str, body: Option<&Value>) -> Value {
        self.try_ask(command, body).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    async fn try_ask(&self, command: &str, body: Option<&Value>) -> Result<Value, Value> {
        let session = match self.session.as_str() {
            "" => String::new(),
            session => format!("/{session}"),
        };
        let url = format!("http://127.0.0.1:{}/session{session}{command}", self.port);
        let request = match body {
            None => self.http.get(url),
            Some(body) => self.http.post(url).json(body),
        };
        let answer = request.send().await.unwrap();
        let has_done = answer.status().is_success();
        let mut answer: Value = answer.json().await.unwrap();
        let value = answer["value"].take();
        if has_done { Ok(value) } else { Err(value) }
    }

    /// Opens a page, and waits until it is there.
    pub(crate) async fn goto(&self, url: &str) {
        self.ask("/url", Some(&json!({ "url": url }))).await;
    }

    /// Where it is.
    pub(crate) async fn url(&self) -> String {
        self.ask("/url", None).await.as_str().unwrap().to_owned()
    }

    /// What an expression of JavaScript gives on the page.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        let script = format!("return {expression};");
        self.ask("/execute/sync", Some(&json!({ "script": script, "args": [] }))).await
    }

    /// What the browser has complained about since it was asked last.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.ask("/se/log", Some(&json!({ "type": "browser" }))).await;
        log.as_array().unwrap().iter().map(ToString::to_string).collect()
    }

    /// What Chromium's own protocol can do, and `WebDriver`'s cannot.
    async fn command(&self, name: &str, parameters: &Value) -> Value {
        let body = json!({ "cmd": name, "params": parameters });
        self.ask("/goog/cdp/execute", Some(&body)).await
    }
}

impl Drop for Chromium {
    /// Without the session's end the browser would outlive its driver.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let (session, port) = (&self.session, self.port);
            let head = format!("DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{port}");
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = stream.write_all(format!("{head}\r\n\r\n").as_bytes());
            // The driver keeps the connection open: the first bytes say that it is done.
            let _ = stream.read(&mut [0; 512]);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
