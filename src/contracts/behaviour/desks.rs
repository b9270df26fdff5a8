//! `[desks.<name>]`.

use serde_json::{Value, json};

use super::{
    values::{Variety, choice, count, duration, formed, list, map, or, said, table, text, varied},
    window,
};
use crate::{
    delivery::RetrySchedule,
    desks::kf5::{Kind, Status},
    ticket::Priority,
};

/// https, or http on this machine.
const ADDRESS: &str = r"^https://[^?#@]+$|^http://(localhost|127\.[0-9.]+|\[::1\])([:/][^?#@]*)?$";

/// A custom field of KF5's, or none.
const KF5_FIELD: &str = "^(field_[0-9]+)?$";

/// An id of KF5's.
const KF5_ID: &str = "^[A-Za-z0-9_-]{1,64}$";

/// What all desks may say.
const COMMON: [&str; 7] =
    ["kind", "base_url", "timeout", "pacing", "max_attempts", "max_age", "on_uncertain"];

/// Its schema.
pub(super) fn desk() -> Value {
    let kinds: Vec<&str> = kinds().iter().map(|kind| kind.word).collect();
    let kind = choice("Whose ticket system it is.", &kinds);
    let keys = [("kind", kind)].into_iter().chain(common()).chain(own()).chain(fields());
    varied(table("An account that gets tickets.", keys, &["kind"]), "kind", &COMMON, &self::kinds())
}

fn common() -> Vec<(&'static str, Value)> {
    let schedule = RetrySchedule::default();
    let windows = table(
        "So many requests in so long.",
        window("How many requests …", "… in how long."),
        &["requests", "per"],
    );
    let mut pacing = list(
        "How often the desk may be asked; all windows hold at once. Default: the vendor's.",
        &windows,
    );
    pacing["minItems"] = 1.into();
    vec![
        (
            "base_url",
            formed(
                "Where the desk's API is: https, or http on this machine. Default: HubSpot's or \
                    SupportDesk's own; thulium and kf5 must have one.",
                ADDRESS,
            ),
        ),
        ("timeout", or(duration("For one call."), "10s")),
        ("pacing", pacing),
        (
            "max_attempts",
            or(
                count("How often a delivery is tried before it is a dead letter."),
                schedule.max_attempts,
            ),
        ),
        (
            "max_age",
            or(duration("How long a delivery is tried before it is a dead letter."), "72h"),
        ),
        (
            "on_uncertain",
            or(
                choice(
                    "What is done where an answer was lost and the ticket cannot be looked up: `park` has \
                        an operator look, `retry` asks again, so that there may be two tickets.",
                    &["park", "retry"],
                ),
                "park",
            ),
        ),
    ]
}

fn own() -> Vec<(&'static str, Value)> {
    let version = "^v3$|^[0-9]{4}-[0-9]{2}$";
    vec![
        ("api_key", said("`supportdesk`: the account's key.")),
        ("token", said("`hubspot`, `kf5`: the account's API token.")),
        ("pipeline", said("`hubspot`: the internal id of the pipeline of new tickets, as `0`.")),
        ("stage", said("`hubspot`: the internal id of the stage of new tickets, as `1`.")),
        ("resolved_stage", text("`hubspot`: the internal id of the stage of resolved tickets.")),
        (
            "key_property",
            or(
                text(
                    "`hubspot`: the unique ticket property that holds the delivery's key; `\"\"` where there is none.",
                ),
                "deskbell_key",
            ),
        ),
        (
            "version",
            or(
                formed("`hubspot`: the version of its API, `v3` or a date as `2026-03`.", version),
                "v3",
            ),
        ),
        ("user", said("`thulium`: the API user's name.")),
        ("password", said("`thulium`: the API user's password.")),
        (
            "mailbox",
            said("`thulium`: the address of one of the system's mailboxes, to which tickets go."),
        ),
        ("email", said("`kf5`: the e-mail address of the agent in whose name Deskbell asks.")),
        (
            "key_field",
            text(
                "The custom field that holds the delivery's key; `\"\"` where there is none. `thulium`: its name, `deskbell_key` where nothing is said. `kf5`: as `field_123`, and must be there.",
            ),
        ),
        ("status", text("The status of new tickets. `thulium`: its id. `kf5`: a word, as `open`.")),
        (
            "resolved_status",
            text(
                "The status of resolved tickets. `thulium`: its id. `kf5`: a word, `solved` where nothing is said.",
            ),
        ),
        ("queue", text("`thulium`: the id of the queue of new tickets.")),
        (
            "category",
            text(
                "`thulium`: the id of the category where the rule names none that the system has.",
            ),
        ),
        ("type", choice("`kf5`: the type of new tickets.", &words(Kind::ALL))),
        ("group", formed("`kf5`: the id of the group of new tickets.", KF5_ID)),
        ("assignee", formed("`kf5`: the id of the agent who gets new tickets.", KF5_ID)),
    ]
}

/// Where metadata and priorities go.
fn fields() -> Vec<(&'static str, Value)> {
    let tags = Priority::URGENT_FIRST
        .map(|priority| (priority.lane(), text("The tag of this priority; `\"\"` for none.")));
    vec![
        (
            "properties",
            map(
                "`hubspot`: metadata → ticket property. What is not listed is not sent.",
                text("The internal name of a ticket property."),
            ),
        ),
        (
            "custom_fields",
            map(
                "`thulium`: metadata → custom field of the ticket. What is not listed is not sent.",
                text("The name of a custom field."),
            ),
        ),
        (
            "fields",
            map(
                "`kf5`: metadata → custom ticket field. What is not listed is not sent.",
                formed("As `field_124`.", "^field_[0-9]+$"),
            ),
        ),
        ("priority_field", text("`thulium`: the custom field that takes the priority's word.")),
        ("priority_tags", table("`thulium`: tags that stand for priorities.", tags, &[])),
        (
            "comment_field",
            text(
                "`thulium`: the member for the text of comments among agents; without it comments are added as the customer's messages.",
            ),
        ),
    ]
}

fn words<T>(all: &[(&'static str, T)]) -> Vec<&'static str> {
    all.iter().map(|(word, _)| *word).collect()
}

fn kinds() -> Vec<Variety> {
    let variety = |word, keys: &[&'static str], required: &'static [&'static str], besides| {
        Variety { word, keys: keys.to_vec(), required, besides }
    };
    let hubspot =
        ["token", "pipeline", "stage", "resolved_stage", "key_property", "version", "properties"];
    let thulium = [
        "user",
        "password",
        "mailbox",
        "key_field",
        "priority_field",
        "priority_tags",
        "status",
        "resolved_status",
        "queue",
        "category",
        "custom_fields",
        "comment_field",
    ];
    let kf5 = [
        "email",
        "token",
        "key_field",
        "type",
        "group",
        "assignee",
        "status",
        "resolved_status",
        "fields",
    ];
    let status = || choice("One of KF5's words.", &words(Status::ALL));
    let of_kf5 = json!({ "properties": {
        "base_url": formed("", r"/apiv2/*$"),
        "email": formed("", "^[^:]+$"),
        "key_field": formed("", KF5_FIELD),
        "status": status(),
        "resolved_status": status(),
    } });
    let of_thulium = json!({
        "properties": { "user": formed("", "^[^:]+$") },
        "dependentRequired": { "resolved_status": ["status"] },
    });
    vec![
        variety("hubspot", &hubspot, &["token", "pipeline", "stage"], json!({})),
        variety("supportdesk", &["api_key"], &["api_key"], json!({})),
        variety("thulium", &thulium, &["base_url", "user", "password", "mailbox"], of_thulium),
        variety("kf5", &kf5, &["base_url", "email", "token", "key_field"], of_kf5),
    ]
}
