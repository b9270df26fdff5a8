//! GitHub's webhooks: workflows, checks and deployments, as integrations of the default branch.
//!
//! Source: docs.github.com, "Webhook events and payloads".

use super::{
    FormatError,
    draft::{About, Draft},
    message::Message,
};

/// Conclusions that say that something is broken.
const BROKEN: [&str; 3] = ["failure", "startup_failure", "timed_out"];

/// The app whose checks are told by their workflow.
const ACTIONS: &str = "github-actions";

/// The delivery's own words about itself. GitHub sends one again under the same id.
pub(super) fn about(message: &Message<'_>) -> Result<About, FormatError> {
    let name = "X-GitHub-Event";
    let event = message.header(name).ok_or(FormatError::MissingHeader(name))?;
    let kind = match message.text("/action") {
        Some(action) => format!("{event}.{action}"),
        None => event.to_owned(),
    };
    let id = message.header("X-GitHub-Delivery").map(str::to_owned);
    let time =
        ["/workflow_run/updated_at", "/check_run/completed_at", "/deployment_status/created_at"];
    Ok(About { kind, id, time: time.iter().find_map(|pointer| message.instant(pointer)) })
}

/// What the delivery means, where it is of interest.
pub(super) fn draft(message: &Message<'_>) -> Option<Draft> {
    match message.header("X-GitHub-Event")? {
        "workflow_run" if message.is("/action", &["completed"]) => {
            let words = ["/workflow_run/display_title", "/workflow_run/html_url"];
            let draft = concluded(message, "/workflow_run/conclusion", &words)?;
            is_of_default_branch(message, "/workflow_run/head_branch")
                .then(|| named(draft, message, "/workflow_run/name", "/workflow_run/id"))
        }
        "check_run"
            if message.is("/action", &["completed"])
                && !message.is("/check_run/app/slug", &[ACTIONS]) =>
        {
            let words = ["/check_run/output/title", "/check_run/html_url"];
            let draft = concluded(message, "/check_run/conclusion", &words)?;
            is_of_default_branch(message, "/check_run/check_suite/head_branch")
                .then(|| named(draft, message, "/check_run/name", "/check_run/id"))
        }
        "deployment_status" => {
            let words = ["/deployment_status/description", "/deployment_status/log_url"];
            let state = "/deployment_status/state";
            let draft = if message.is(state, &["error"]) {
                failed(message, state, &words)
            } else {
                concluded(message, state, &words)?
            };
            Some(named(draft, message, "/deployment/environment", "/deployment/id"))
        }
        _ => None,
    }
}

/// By its conclusion; `None` where that says neither that it is broken nor that it works.
fn concluded(message: &Message<'_>, conclusion: &str, words: &[&str]) -> Option<Draft> {
    if message.is(conclusion, &BROKEN) {
        return Some(failed(message, conclusion, words));
    }
    message.is(conclusion, &["success"]).then(|| Draft::of("integration.recovered"))
}

fn failed(message: &Message<'_>, conclusion: &str, words: &[&str]) -> Draft {
    Draft::of("integration.error")
        .say("errorCode", message.text(conclusion))
        .say("message", message.first(words))
}

fn named(draft: Draft, message: &Message<'_>, name: &str, run: &str) -> Draft {
    let parts = [message.text("/repository/full_name"), message.text(name)];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
    let time = about(message).ok().and_then(|about| about.time);
    draft
        .say("integration", (!name.is_empty()).then_some(name))
        .say("runId", message.text(run))
        .say("occurredAt", time)
}

/// Work in progress on other branches fails all the time, and nobody waits for it.
fn is_of_default_branch(message: &Message<'_>, branch: &str) -> bool {
    let default = message.text("/repository/default_branch");
    default.is_none() || message.text(branch) == default
}
