//! `[[rules]]`.

use serde_json::{Value, json};

use super::{
    NAME,
    sources::EVENT_TYPE,
    values::{choice, count, duration, formed, list, map, or, said, table, text, texts, typed},
};

/// Its schema.
pub(super) fn rules() -> Value {
    let keys = choosing().into_iter().chain(ticket()).chain(ties());
    let required = ["name", "on", "desks", "description"];
    let mut rule =
        table("A rule: which events become tickets, and what those say.", keys, &required);
    let action = |word: &Value| json!({ "required": ["action"], "properties": { "action": word } });
    rule["if"] = action(&json!({ "enum": ["comment", "resolve"] }));
    rule["then"] = json!({ "required": ["incident"] });
    rule["else"] = json!({
        "if": action(&json!({ "not": { "const": "open" } })),
        "else": { "required": ["subject"], "properties": { "subject": { "pattern": r"\S" } } },
    });
    list("Asked in this order; for each desk the first that matches decides.", &rule)
}

fn choosing() -> Vec<(&'static str, Value)> {
    let brake = [
        ("over", count("How many tickets of the rule at one desk, 1000 at most, …")),
        ("within", duration("… in how long, a week at most.")),
    ];
    let flood = "More tickets than these are a flood: one ticket stands for all the rest.";
    vec![
        ("name", formed("The rule's own name; deliveries remember it.", NAME)),
        (
            "on",
            some(texts(
                "The event types, each of which must have a schema.",
                formed("", EVENT_TYPE),
            )),
        ),
        ("when", said("An expression that must be true of the event, as `data.amount >= 10`.")),
        ("desks", some(texts("The desks that get a ticket.", formed("", NAME)))),
        (
            "action",
            or(
                choice(
                    "What is done: `open` a ticket or add to that of its incident, `comment` on the \
                        incident's ticket, or `resolve` it.",
                    &["open", "comment", "resolve"],
                ),
                "open",
            ),
        ),
        (
            "incident",
            text(
                "Names the open problem that the event is about: its events share a ticket at each desk. A template.",
            ),
        ),
        (
            "reopen_within",
            or(duration("How long after its resolution an incident is taken up again."), "24h"),
        ),
        ("brake", table(flood, brake, &["over", "within"])),
    ]
}

fn ticket() -> Vec<(&'static str, Value)> {
    let priority = "LOW, MEDIUM, HIGH, URGENT or CRITICAL; a template. Default: MEDIUM.";
    let customer = [
        (
            "external_id",
            or(
                text("The sender's id of the customer; a template."),
                "{{ data.customerExternalId }}",
            ),
        ),
        (
            "name",
            text("A template; with `email`, a customer whom the desk does not know is created."),
        ),
        ("email", text("A template.")),
        ("phone", text("A template.")),
    ];
    vec![
        ("priority", formed(priority, r"^\s*(LOW|MEDIUM|HIGH|URGENT|CRITICAL)\s*$|\{[{%#]")),
        ("subject", text("One line; a template. Must be there to `open`.")),
        ("description", said("What happened, in Markdown; a template.")),
        ("category", text("A template.")),
        (
            "metadata",
            map(
                "Named values of the ticket; a lone expression keeps its type and digits.",
                typed("A template or a constant."),
            ),
        ),
        ("tags", texts("Templates; those that render empty are left out.", text(""))),
        ("customer", table("Whom the ticket is about.", customer, &[])),
    ]
}

fn ties() -> Vec<(&'static str, Value)> {
    let mut matching = map(
        "The record whose property has this value, as `{ email = \"…\" }`; one property.",
        text("A template."),
    );
    matching["minProperties"] = 1.into();
    matching["maxProperties"] = 1.into();
    let keys = [
        (
            "desk",
            formed(
                "One of the rule's desks; not a `supportdesk`, which has no associations.",
                NAME,
            ),
        ),
        ("object", said("The record's kind in the desk's words: `contact`, `company`, `deal`.")),
        ("id", text("The desk's own id of the record; a template. This or `match`.")),
        ("match", matching),
        ("type", count("The vendor's number of a type. Default: the vendor's default type.")),
        ("category", text("The vendor's category of `type`, as `HUBSPOT_DEFINED`.")),
        ("label", text("A labelled type, by its label.")),
        (
            "missing",
            or(
                choice(
                    "Where there is no such record: `create` it, `skip` the tie, or `fail` the delivery.",
                    &["create", "skip", "fail"],
                ),
                "skip",
            ),
        ),
    ];
    let mut tie =
        table("A record of the desk that the ticket is tied to.", keys, &["desk", "object"]);
    tie["dependentRequired"] = json!({ "category": ["type"] });
    tie["oneOf"] = json!([{ "required": ["id"] }, { "required": ["match"] }]);
    vec![("associations", list("The desk's records that the ticket is tied to.", &tie))]
}

/// A list that is not empty.
fn some(mut texts: Value) -> Value {
    texts["minItems"] = 1.into();
    texts
}
