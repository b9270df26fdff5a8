//! Payloads of CloudEvents that come as `data_base64`.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{Limits, NotACloudEvent, read_json};

/// Puts what `data_base64` holds in the place of `data`. It has to be JSON, and to say nothing else.
///
/// The payload counts towards the limits of the whole body, so that what is taken can be carried.
pub(super) fn decode(document: &mut Map<String, Value>) -> Result<(), NotACloudEvent> {
    if !document.contains_key("data_base64") {
        return Ok(());
    }
    let says_json = match document.get("datacontenttype") {
        None | Some(Value::Null) => true,
        Some(Value::String(media_type)) => is_json(media_type),
        Some(_) => return Err(NotACloudEvent::NotText("datacontenttype".to_owned())),
    };
    let room = Limits::POSTED.nodes.saturating_sub(document.len() + 1);
    let limits = Limits { nodes: room, ..Limits::POSTED };
    let decoded = match document.shift_remove("data_base64") {
        Some(Value::String(text)) if says_json && !document.contains_key("data") => {
            STANDARD.decode(text).ok().and_then(|json| read_json(&json, limits).ok())
        }
        _ => None,
    };
    document.insert("data".to_owned(), decoded.ok_or(NotACloudEvent::Binary)?);
    Ok(())
}

/// Whether `media_type` is JSON, by its name or by its suffix.
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;

    fn decoded(members: Value) -> Result<Value, NotACloudEvent> {
        let Value::Object(mut document) = members else { panic!("an object") };
        decode(&mut document).map(|()| document["data"].take())
    }

    #[test]
    fn json_in_base64_is_the_payload_with_its_digits() {
        let payload = STANDARD.encode(r#"{"amount":12.50}"#);
        for more in [json!({}), json!({ "datacontenttype": "application/vnd.x+JSON; a=b" })] {
            let mut members = json!({ "data_base64": payload });
            members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            assert_eq!(decoded(members).unwrap().to_string(), r#"{"amount":12.50}"#);
        }
    }

    #[test]
    fn a_payload_that_is_no_json_or_is_there_twice_is_refused() {
        let payload = STANDARD.encode("{}");
        for members in [
            json!({ "data_base64": "e30" }),
            json!({ "data_base64": STANDARD.encode("<x/>") }),
            json!({ "data_base64": payload, "data": {} }),
            json!({ "data_base64": payload, "data": null }),
            json!({ "data_base64": payload, "datacontenttype": "application/xml" }),
            json!({ "data_base64": null }),
        ] {
            assert_eq!(decoded(members.clone()), Err(NotACloudEvent::Binary), "{members}");
        }
    }

    #[test]
    fn a_payload_in_base64_counts_towards_the_limits_of_the_body() {
        let fits = format!("[{}]", vec!["0"; Limits::POSTED.nodes - 3].join(","));
        assert!(decoded(json!({ "data_base64": STANDARD.encode(&fits) })).is_ok());
        let beside = json!({ "data_base64": STANDARD.encode(&fits), "id": "1" });
        assert_eq!(decoded(beside), Err(NotACloudEvent::Binary));
    }
}
