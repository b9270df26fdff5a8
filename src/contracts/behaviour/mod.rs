//! JSON Schema (2020-12) of the behaviour file, for editors: they complete keys, tell what each means and
//! mark errors.
//!
//! A test holds it to the reader, key by key. What editors do not know is left to `deskbell check`: which
//! variables are set, which types and desks there are, whether a template compiles. Editors of TOML take
//! no words from beside a `$ref`, and none from a table with `allOf`: neither is used.

mod desks;
mod operators;
mod rules;
mod sources;
mod values;

use serde_json::{Value, json};

use self::values::{duration, duration_or, map, or, table};
use crate::ledger::Retention;

/// What a name of a source, a desk or a rule looks like.
const NAME: &str = "^[a-z0-9][a-z0-9_-]{0,62}$";

/// The schema of `deskbell.toml`.
pub fn behaviour() -> Value {
    let root = table(
        "What Deskbell does: who posts events, which desks get tickets, and what the tickets say. \
            In every text `${NAME}` is the environment's variable, or what the file holds that `NAME_FILE` \
            names; `${NAME:-text}` has a default, and `$${` is `${`.",
        [
            (
                "sources",
                named(map("Who posts events, to `/hooks/<name>`, by name.", sources::source())),
            ),
            ("desks", named(map("The accounts that get tickets, by name.", desks::desk()))),
            ("rules", rules::rules()),
            ("preflight", preflight()),
            ("operators", operators::operators()),
            ("privacy", privacy()),
        ],
        &[],
    );
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The behaviour file of Deskbell",
    });
    if let (Value::Object(schema), Value::Object(root)) = (&mut schema, root) {
        schema.extend(root);
    }
    schema
}

fn named(mut map: Value) -> Value {
    map["propertyNames"] = json!({ "pattern": NAME });
    map
}

fn preflight() -> Value {
    let every = or(duration_or("How often, as `30m`; `off` for never.", &["off"]), "1h");
    table(
        "How often each desk's account is asked whether what this file relies on is still there.",
        [("every", every)],
        &[],
    )
}

fn privacy() -> Value {
    let words = "The member of the payload that names its customer, or several: by it `deskbell erase` finds \
        a customer's events.";
    let path = values::formed("", r"^data(\.[^.]+)+$");
    let default = json!(["data.customerExternalId", "data.customer.externalId"]);
    let customer = or(values::texts(words, path), default);
    let members = [("customer", customer), ("retention", retention())];
    table("What of an event is about a person, and how long it is kept.", members, &[])
}

fn retention() -> Value {
    let time = |end| {
        let of = match end {
            Retention::UNMATCHED => "of events that no rule matched".to_owned(),
            state => format!("of events whose deliveries are `{state}`"),
        };
        (end, duration(&format!("How long what is said {of} is kept. Default: for ever.")))
    };
    let words = "How long the ledger keeps what events say, by what became of them. An event goes when the \
        time of all of its deliveries is over; ids, states, tickets and times stay.";
    table(words, Retention::ENDS.map(time), &[])
}

/// So many in so long.
fn window(words: &str, per: &str) -> [(&'static str, Value); 2] {
    [("requests", values::count(words)), ("per", duration(per))]
}
