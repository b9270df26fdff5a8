//! Holds property values against the schema, and names every one that is not valid.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    pipelines::Pipeline,
    properties::{Properties, Property},
    records::Values,
    refusal::{PORTAL_ID, Refusal},
};

/// A value that is not valid.
struct Flaw<'a> {
    name: &'a str,
    error: &'static str,
    message: String,
}

/// The given values as strings; an empty one clears.
pub(super) fn check(
    properties: &Properties,
    pipelines: &[Pipeline],
    given: &Map<String, Value>,
) -> Result<Values, Refusal> {
    let mut values = Values::new();
    let mut flaws = Vec::new();
    for (name, value) in given {
        let value = match value {
            Value::String(value) => value.as_str(),
            Value::Null => "",
            _ => return Err(Refusal::malformed("java.lang.String", name)),
        };
        match flaw_of(properties, pipelines, name, value) {
            Some((error, message)) => flaws.push(Flaw { name, error, message }),
            None => {
                values.insert(name.clone(), value.to_owned());
            }
        }
    }
    if flaws.is_empty() { Ok(values) } else { Err(refusal(&flaws)) }
}

/// Refuses a stage that is not one of the pipeline's.
pub(super) fn check_stage(pipelines: &[Pipeline], values: &Values) -> Result<(), Refusal> {
    let (Some(pipeline), Some(stage)) =
        (values.get("hs_pipeline"), values.get("hs_pipeline_stage"))
    else {
        return Ok(());
    };
    let pipeline = pipelines.iter().find(|known| known.id == *pipeline);
    let stages = pipeline.map(Pipeline::stage_ids).unwrap_or_default();
    if stages.contains(&stage.as_str()) {
        return Ok(());
    }
    let message = not_an_option(stage, &stages);
    Err(refusal(&[Flaw { name: "hs_pipeline_stage", error: "INVALID_OPTION", message }]))
}

/// The longest body of a note, in characters.
const LONGEST_NOTE: usize = 65_536;

/// Refuses a note without a time, or too long.
pub(super) fn check_note(values: &Values) -> Result<(), Refusal> {
    if !values.contains_key("hs_timestamp") {
        return Err(Refusal::required("NOTE", &["hs_timestamp"]));
    }
    match values.get("hs_note_body") {
        Some(body) if body.chars().count() > LONGEST_NOTE => {
            Err(Refusal::validation("hs_note_body is longer than 65536 characters"))
        }
        Some(_) | None => Ok(()),
    }
}

fn flaw_of(
    properties: &Properties,
    pipelines: &[Pipeline],
    name: &str,
    value: &str,
) -> Option<(&'static str, String)> {
    let Some(property) = properties.find(name) else {
        let message = format!("Property \"{name}\" does not exist");
        return Some(("PROPERTY_DOESNT_EXIST", message));
    };
    if property.read_only {
        let message = format!("\"{name}\" is a read only property; its value cannot be set.");
        return Some(("READ_ONLY_VALUE", message));
    }
    if value.is_empty() {
        return None;
    }
    match (name, property.value_type.as_str()) {
        // A stage is held against its pipeline once the whole record is known.
        ("hs_pipeline_stage", _) => None,
        ("hs_pipeline", _) => {
            let ids: Vec<&str> = pipelines.iter().map(|pipeline| pipeline.id.as_str()).collect();
            let message = not_an_option(value, &ids);
            (!ids.contains(&value)).then_some(("INVALID_OPTION", message))
        }
        (_, "enumeration") => flaw_of_option(property, value),
        (_, "bool") => {
            let message = not_an_option(value, &["true", "false"]);
            (!["true", "false"].contains(&value)).then_some(("INVALID_OPTION", message))
        }
        (_, "number") => value
            .parse::<f64>()
            .is_err()
            .then(|| ("INVALID_INTEGER", format!("{name} was not a valid number"))),
        (_, "date" | "datetime") => {
            let is_instant = value.parse::<Timestamp>().is_ok()
                || value.parse::<jiff::civil::Date>().is_ok()
                || value.parse::<i64>().is_ok();
            (!is_instant).then(|| ("INVALID_DATE", format!("{value} was not a valid date")))
        }
        _ => None,
    }
}

fn flaw_of_option(property: &Property, value: &str) -> Option<(&'static str, String)> {
    let known: Vec<&str> = property.options.iter().map(|option| option.value.as_str()).collect();
    let is_allowed = if property.is_multiple() {
        value.split(';').filter(|part| !part.is_empty()).all(|part| known.contains(&part))
    } else {
        known.contains(&value)
    };
    (!is_allowed).then(|| ("INVALID_OPTION", not_an_option(value, &known)))
}

fn not_an_option(value: &str, allowed: &[&str]) -> String {
    format!("{value} was not one of the allowed options: [{}]", allowed.join(", "))
}

/// The vendor puts a JSON list into the message.
fn refusal(flaws: &[Flaw<'_>]) -> Refusal {
    let list: Vec<Value> = (flaws.iter())
        .map(|flaw| {
            json!({
                "isValid": false,
                "message": flaw.message,
                "error": flaw.error,
                "name": flaw.name,
                "localizedErrorMessage": flaw.message,
                "portalId": PORTAL_ID,
            })
        })
        .collect();
    Refusal::validation(format!("Property values were not valid: {}", json!(list)))
}
