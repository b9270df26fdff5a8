//! What an operator does: look for something, click, type.

use serde_json::{Value, json};

use super::Chromium;
use crate::trial::eventually;

/// The member under which `WebDriver` names an element (its chapter "Elements").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Whether a click leads to another page: where a form is not filled in, the browser keeps it.
const LEADS_AWAY: &str = "const it = arguments[0];
if (it.matches('a[href]')) return !it.getAttribute('href').startsWith('#');
const form = it.matches('button') && it.type === 'submit' ? it.form : null;
return form !== null && (it.formNoValidate || form.checkValidity());";

/// When the page that is shown was begun.
const BEGUN: &str = "document.readyState === 'complete' && performance.timeOrigin";

/// The key Tab (`WebDriver`, "Keyboard Actions").
pub(crate) const TAB: &str = "\u{E004}";

/// The key Enter.
pub(crate) const ENTER: &str = "\u{E007}";

impl Chromium {
    /// Clicks on a link, button or summary with this text, the first that is to be seen. Where that leads
    /// to another page, waits until it is there: the driver does not always.
    pub(crate) async fn click(&self, text: &str) {
        let quoted = json!(text).to_string();
        let of = ["a", "button", "summary"].map(|tag| {
            format!(
                "//{tag}[normalize-space()={quoted} or starts-with(normalize-space(), {quoted})]"
            )
        });
        let found = self.find_all("xpath", &of.join(" | ")).await;
        for element in found {
            if self.ask(&format!("/element/{element}/displayed"), None).await == json!(true) {
                self.click_on(&element).await;
                return;
            }
        }
        panic!("nothing to click on says {text}: {}", self.text().await);
    }

    async fn click_on(&self, element: &str) {
        let it = json!({ "script": LEADS_AWAY, "args": [{ ELEMENT: element }] });
        let leads_away = self.ask("/execute/sync", Some(&it)).await == json!(true);
        let before = self.evaluate(BEGUN).await;
        self.ask(&format!("/element/{element}/click"), Some(&json!({}))).await;
        if !leads_away {
            return;
        }
        let begun = json!({ "script": format!("return {BEGUN};"), "args": [] });
        eventually("another page is there", || async {
            // Between two pages there is nothing to ask.
            let now = self.try_ask("/execute/sync", Some(&begun)).await;
            now.is_ok_and(|now| now.is_number() && now != before)
        })
        .await;
    }

    /// Writes into the field that this selects, in place of what is there.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        let found = self.find_all("css selector", selector).await;
        let element = found.first().unwrap_or_else(|| panic!("there is no {selector}"));
        self.ask(&format!("/element/{element}/clear"), Some(&json!({}))).await;
        self.ask(&format!("/element/{element}/value"), Some(&json!({ "text": text }))).await;
    }

    /// What stands in the field that this selects.
    pub(crate) async fn value(&self, selector: &str) -> String {
        let expression = format!("document.querySelector({}).value", json!(selector));
        self.evaluate(&expression).await.as_str().unwrap().to_owned()
    }

    /// Presses keys where the focus is.
    pub(crate) async fn press(&self, keys: &str) {
        let active = self.ask("/element/active", None).await;
        let element = active[ELEMENT].as_str().unwrap();
        self.ask(&format!("/element/{element}/value"), Some(&json!({ "text": keys }))).await;
    }

    /// What is written on the page.
    pub(crate) async fn text(&self) -> String {
        self.evaluate("document.body.innerText").await.as_str().unwrap().to_owned()
    }

    /// Reloads the page until this is written on it.
    pub(crate) async fn sees(&self, text: &str) {
        eventually(text, || async {
            if self.text().await.contains(text) {
                return true;
            }
            self.ask("/refresh", Some(&json!({}))).await;
            false
        })
        .await;
    }

    /// Waits until this is written on the page, and does not reload it.
    pub(crate) async fn shows(&self, text: &str) {
        eventually(text, || async { self.text().await.contains(text) }).await;
    }

    async fn find_all(&self, using: &str, value: &str) -> Vec<String> {
        let found = self.ask("/elements", Some(&json!({ "using": using, "value": value }))).await;
        let id = |element: &Value| element[ELEMENT].as_str().unwrap().to_owned();
        found.as_array().unwrap().iter().map(id).collect()
    }
}
