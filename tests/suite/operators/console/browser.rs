//! A browser without a screen: keeps the cookie, follows nothing by itself.

use std::fmt::Write as _;

use std::sync::atomic::{AtomicUsize, Ordering};

use deskbell::ledger::Scope;
use reqwest::{
    Client, Method, Response,
    header::{CONTENT_TYPE, COOKIE, HeaderMap, ORIGIN},
    redirect::Policy,
};

use crate::support::world::World;

/// A page, or where to go for one.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) html: String,
}

impl Shown {
    /// Where it sends the browser.
    pub(super) fn on_to(&self) -> Option<&str> {
        self.headers.get("location").map(|path| path.to_str().unwrap())
    }

    /// The form token of the page.
    pub(super) fn form_token(&self) -> String {
        let (_, rest) = self.html.split_once(r#"name="form_token" value=""#).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }
}

/// A browser, with what the console gave it.
pub(super) struct Browser<'w> {
    pub(super) world: &'w World,
    client: Client,
    pub(super) cookie: Option<String>,
    pub(super) form_token: String,
}

impl<'w> Browser<'w> {
    /// One that has never been there.
    pub(super) fn new(world: &'w World) -> Self {
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { world, client, cookie: None, form_token: String::new() }
    }

    /// One that is logged in with a token of this scope, made for it.
    pub(super) async fn of(world: &'w World, scope: &str) -> Self {
        let made = world.json(&["token", "create", scope, "--scope", scope]);
        Self::with(world, made["token"].as_str().unwrap()).await
    }

    /// Another one of the same scope: an act may have ended the last session.
    pub(super) async fn of_once(world: &'w World, scope: Scope) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let name = format!("{scope}-{}", MADE.fetch_add(1, Ordering::Relaxed));
        let made = world.json(&["token", "create", &name, "--scope", scope.as_str()]);
        Self::with(world, made["token"].as_str().unwrap()).await
    }

    /// One that is logged in with this token.
    pub(super) async fn with(world: &'w World, token: &str) -> Self {
        let mut browser = Self::new(world);
        let shown = browser.post("/login", &[("token", token)]).await;
        assert_eq!((shown.status, shown.on_to()), (303, Some("/console")), "{shown:?}");
        let set = shown.headers["set-cookie"].to_str().unwrap();
        browser.cookie = Some(set.split_once(';').unwrap().0.to_owned());
        browser.form_token = browser.get("").await.form_token();
        browser
    }

    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.world.operators_address())
    }

    pub(super) async fn get(&self, path: &str) -> Shown {
        self.send(Method::GET, path, &[], None).await
    }

    /// Sends a form as a page of the console does, but for the form token.
    pub(super) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        self.send(Method::POST, path, &[(ORIGIN.as_str(), self.origin().as_str())], Some(fields))
            .await
    }

    /// Sends a form of a page of the console.
    pub(super) async fn act(&self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let token = [("form_token", self.form_token.as_str())];
        self.post(path, &[&token[..], fields].concat()).await
    }

    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
    ) -> Shown {
        let answer = self.ask(method, path, headers, form).await;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Shown { status, headers, html: answer.text().await.unwrap() }
    }

    /// Asks, and reads no more than the head of the answer.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        form: Option<&[(&str, &str)]>,
    ) -> Response {
        let url = format!("{}/console{path}", self.origin());
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        if let Some(fields) = form {
            let pairs: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(pairs.join("&"));
        }
        request.send().await.unwrap()
    }
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "%{byte:02X}").unwrap();
        encoded
    })
}
