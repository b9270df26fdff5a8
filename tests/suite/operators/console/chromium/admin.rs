//! Who may, and who did what.

use super::{at, logged_in};
use crate::support::{chromium::Look, world::World};

#[tokio::test]
async fn an_admin_makes_a_token_sees_it_once_revokes_it_and_finds_both_in_the_audit_log() {
    let world = World::embedded().await;
    let chromium = logged_in(&world, "admin").await;
    chromium.click("Admin").await;
    assert_eq!(chromium.url().await, at(&world, "/audit"));
    chromium.click("Tokens").await;
    chromium.fill("#name", "Night shift").await;
    chromium.click("Make the token").await;
    let marked = "document.querySelector('#name-wrong').textContent.length > 0";
    assert_eq!(chromium.evaluate(marked).await, true);
    chromium.fill("#name", "night-shift").await;
    chromium.click("Make the token").await;
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.picture("token", look).await;
        assert!(chromium.fits().await, "{look:?}");
    }
    let token = chromium.evaluate("document.querySelector('#token').textContent").await;
    let token = token.as_str().unwrap().to_owned();
    assert!(token.starts_with("dbt_"), "{token}");
    chromium.click("To the tokens").await;
    assert!(!chromium.text().await.contains(&token));
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.picture("tokens", look).await;
        assert!(chromium.fits().await, "{look:?}");
    }
    chromium.click("Revoke").await;
    chromium.sees("revoked").await;
    chromium.click("Audit log").await;
    let log = chromium.text().await;
    assert!(log.contains("token.create") && log.contains("token.revoke"), "{log}");
    assert!(!log.contains(&token));
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.picture("audit", look).await;
        assert!(chromium.fits().await, "{look:?}");
    }
}
