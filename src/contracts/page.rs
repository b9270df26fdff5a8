//! A page to read the documents on: one file, nothing loaded from elsewhere, no script.

use minijinja::{
    AutoEscape, Environment, Error, HtmlEscape, UndefinedBehavior, Value as Known, context,
    value::Serde,
};
use serde_json::Value;

/// The page of the documents of both ports and of the events.
pub fn page(receiver: &Value, operators: &Value, events: &Value) -> String {
    // The template is ours, and what is put into it has no say in whether it renders.
    rendered(receiver, operators, events).unwrap_or_else(|error| error.to_string())
}

fn rendered(receiver: &Value, operators: &Value, events: &Value) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_filter("last", |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned());
    environment.add_filter("words", words);
    environment.add_template("page", include_str!("page.html"))?;
    environment.get_template("page")?.render(context! {
        documents => Serde([receiver, operators]),
        events => Serde(events),
    })
}

/// A description: what stands between backticks is code, and all else is text.
fn words(text: &str) -> Known {
    let parts = text.split('`').enumerate().map(|(number, part)| {
        let part = HtmlEscape(part).to_string();
        if number % 2 == 1 { format!("<code>{part}</code>") } else { part }
    });
    Known::from_safe_string(parts.collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::{
        contracts::{events, operators, receiver},
        event::SchemaBook,
    };

    fn builtin() -> String {
        let schemas = SchemaBook::builtin();
        rendered(&receiver(&schemas), &operators(), &events(&schemas)).unwrap()
    }

    #[test]
    fn the_page_tells_every_call_and_every_event() {
        let page = builtin().replace("&#x2f;", "/");
        for told in ["/hooks/{source}", "/metrics", "/health/ready", "deskbell.events"] {
            assert!(page.contains(told), "{told}");
        }
        for event_type in SchemaBook::builtin().types() {
            assert!(page.contains(&format!("id=\"Data.{event_type}\"")), "{event_type}");
        }
    }

    #[test]
    fn the_page_loads_nothing() {
        let page = builtin();
        for loading in ["<script", "<link", "<img", "@import", "url(", "src="] {
            assert!(!page.contains(loading), "{loading}");
        }
    }

    #[test]
    fn what_a_schema_says_is_text_on_the_page() {
        let events = serde_json::json!({
            "info": { "title": "<b>bold</b>" }, "components": { "schemas": {} },
        });
        let page = rendered(&operators(), &operators(), &events).unwrap();
        assert!(page.contains("&lt;b&gt;bold"), "{page}");
    }
}
