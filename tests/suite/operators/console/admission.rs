//! Every path of the console, against every kind of session and form.

use deskbell::ledger::Scope;
use reqwest::{Method, header::ORIGIN};

use super::browser::Browser;
use crate::support::world::World;

const KEY: &str = "nothing";

/// What may be looked at, and with which scope.
const PAGES: &[(&str, Scope)] = &[
    ("", Scope::Read),
    ("/events", Scope::Read),
    ("/events/shop/nothing", Scope::Read),
    ("/dead", Scope::Read),
    ("/dead/letters", Scope::Read),
    ("/dead/doubts", Scope::Read),
    ("/deliveries/nothing/edit", Scope::Operate),
    ("/replays", Scope::Read),
    ("/replays/plan", Scope::Read),
    ("/replays/nothing", Scope::Read),
    ("/silences", Scope::Read),
    ("/silences/new", Scope::Operate),
    ("/silences/nothing", Scope::Read),
    ("/desks", Scope::Read),
    ("/brakes", Scope::Read),
    ("/callbacks", Scope::Read),
    ("/books", Scope::Read),
    ("/incidents", Scope::Read),
    ("/sources", Scope::Read),
    ("/audit", Scope::Admin),
    ("/tokens", Scope::Admin),
    ("/privacy", Scope::Admin),
    ("/live", Scope::Read),
    ("/nothing", Scope::Read),
];

/// What may be done, and with which scope. Those that end the session stand last.
fn acts() -> Vec<(String, Scope)> {
    let acts = [
        ("/dead/replay".to_owned(), Scope::Operate),
        ("/dead/discard".to_owned(), Scope::Operate),
        ("/dead/issues/crm/refused".to_owned(), Scope::Operate),
        (format!("/deliveries/{KEY}/edit"), Scope::Operate),
        (format!("/deliveries/{KEY}/replay"), Scope::Operate),
        (format!("/deliveries/{KEY}/discard"), Scope::Operate),
        (format!("/deliveries/{KEY}/settle"), Scope::Operate),
        ("/replays".to_owned(), Scope::Operate),
        ("/replays/nothing/pause".to_owned(), Scope::Operate),
        ("/silences".to_owned(), Scope::Operate),
        ("/silences/nothing/end".to_owned(), Scope::Operate),
        ("/silences/nothing/release".to_owned(), Scope::Operate),
        (format!("/deliveries/{KEY}/release"), Scope::Operate),
        ("/brakes/nothing/nothing/release".to_owned(), Scope::Operate),
        ("/callbacks/resend".to_owned(), Scope::Operate),
        ("/books/forget-gaps".to_owned(), Scope::Operate),
        ("/desks/nothing/pause".to_owned(), Scope::Operate),
        ("/desks/nothing/resume".to_owned(), Scope::Operate),
        ("/tokens".to_owned(), Scope::Admin),
        ("/tokens/nothing/revoke".to_owned(), Scope::Admin),
        ("/privacy/plan".to_owned(), Scope::Admin),
        ("/privacy/erase".to_owned(), Scope::Admin),
        ("/logout".to_owned(), Scope::Read),
        ("/logout-everywhere".to_owned(), Scope::Read),
    ];
    acts.into()
}

#[tokio::test]
async fn no_page_is_shown_without_a_session() {
    let world = World::embedded().await;
    let stranger = Browser::new(&world);
    let mut forger = Browser::new(&world);
    forger.cookie = Some(format!("deskbell-console=dbs_{}", "A".repeat(43)));
    for browser in [&stranger, &forger] {
        for (path, _) in PAGES {
            let shown = browser.get(path).await;
            assert_eq!((shown.status, shown.on_to()), (303, Some("/console/login")), "{path}");
        }
        for (path, _) in acts() {
            assert_eq!(browser.act(&path, &[("reason", "why")]).await.status, 401, "{path}");
        }
        assert_eq!(browser.get("/login").await.status, 200);
        assert_eq!(browser.get("/style.css").await.status, 200);
        assert_eq!(browser.get("/live.js").await.status, 200);
    }
}

#[tokio::test]
async fn no_page_is_shown_and_nothing_done_without_its_scope() {
    let world = World::embedded().await;
    for has in Scope::ALL {
        for (path, scope) in PAGES {
            let browser = Browser::of_once(&world, has).await;
            let shown = browser.get(path).await;
            assert_eq!(has < *scope, shown.status == 403, "{path} {has}: {shown:?}");
            assert!(![303, 401, 500].contains(&shown.status), "{path} {has}: {shown:?}");
        }
        for (path, scope) in acts() {
            let browser = Browser::of_once(&world, has).await;
            let shown = browser.act(&path, &[]).await;
            assert_eq!(has < scope, shown.status == 403, "{path} {has}: {shown:?}");
            assert!(![401, 500].contains(&shown.status), "{path} {has}: {shown:?}");
        }
    }
}

#[tokio::test]
async fn a_form_without_the_token_of_its_session_does_nothing() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "admin").await;
    let other = Browser::of(&world, "operate").await;
    for (path, _) in acts() {
        for token in [None, Some(""), Some("AAAA"), Some(other.form_token.as_str())] {
            let fields: Vec<(&str, &str)> =
                token.map(|token| ("form_token", token)).into_iter().collect();
            let shown = browser.post(&path, &fields).await;
            assert_eq!(shown.status, 403, "{path} {token:?}: {shown:?}");
        }
    }
    assert_eq!(browser.get("").await.status, 200);
}

#[tokio::test]
async fn a_form_of_another_page_does_nothing() {
    let world = World::embedded().await;
    let made = world.json(&["token", "create", "ann", "--scope", "admin"]);
    let token = made["token"].as_str().unwrap();
    let browser = Browser::with(&world, token).await;
    let own = browser.origin();
    let form = [("form_token", browser.form_token.as_str())];
    for headers in [
        &[][..],
        &[(ORIGIN.as_str(), "http://evil.example")],
        &[(ORIGIN.as_str(), "null")],
        &[(ORIGIN.as_str(), own.as_str()), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        for (path, _) in acts() {
            let shown = browser.send(Method::POST, &path, headers, Some(&form)).await;
            assert_eq!(shown.status, 403, "{path} {headers:?}: {shown:?}");
        }
        let login = browser.send(Method::POST, "/login", headers, Some(&[("token", token)])).await;
        assert_eq!(login.status, 403, "{headers:?}");
        assert!(!login.headers.contains_key("set-cookie"));
    }
    assert_eq!(browser.get("").await.status, 200);
}

#[tokio::test]
async fn a_page_loads_nothing_from_elsewhere_and_runs_the_one_script_of_the_console_alone() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "admin").await;
    for (path, _) in PAGES.iter().chain(&[("/login", Scope::Read)]) {
        let shown = browser.get(path).await;
        let policy = shown.headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none';",
            "style-src 'self';",
            "script-src 'self';",
            "connect-src 'self';",
            "form-action 'self';",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        assert_eq!(shown.headers["cache-control"], "no-store", "{path}");
        let script = r#"<script src="/console/live.js" defer></script>"#;
        let scripts = shown.html.matches(script).count();
        assert_eq!(scripts, usize::from(*path != "/login"), "{path}");
        let others = shown.html.replace(script, "");
        for loading in ["<script", "<img", "style=", "src=", "onclick", "@import"] {
            assert!(!others.contains(loading), "{path}: {loading}");
        }
    }
    let script = browser.get("/live.js").await;
    assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(script.headers["x-content-type-options"], "nosniff");
    for elsewhere in ["http", "import", "eval", "Function(", "innerHTML"] {
        assert!(!script.html.contains(elsewhere), "{elsewhere}");
    }
}
