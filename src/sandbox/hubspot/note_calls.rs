//! Reading many notes at once.

use actix_web::{HttpResponse, http::StatusCode, web::Bytes};
use serde_json::{Value, json};

use super::{
    input,
    object_calls::Desk,
    records::{Kind, iso},
    refusal::Refusal,
};

/// Records that one call may ask for.
const MOST_INPUTS: usize = 100;

/// `POST …/notes/batch/read`: those that are there, and which are not.
pub(super) async fn read_batch(desk: Desk, body: Bytes) -> Result<HttpResponse, Refusal> {
    let body = input::json(&body)?;
    let inputs = body["inputs"].as_array();
    let inputs = inputs.ok_or_else(|| Refusal::malformed("java.util.List", "inputs"))?;
    if inputs.len() > MOST_INPUTS {
        return Err(Refusal::validation("The maximum number of inputs is 100"));
    }
    let names: Vec<&str> =
        body["properties"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let now = desk.now();
    let vendor = desk.vendor();
    let (mut results, mut missing) = (Vec::new(), Vec::new());
    for input in inputs {
        let id = input::id(&input["id"])?;
        let note = id.parse().ok().and_then(|id| vendor.portal.record(Kind::Note, id, false).ok());
        match note {
            Some(note) => results.push(note.json(names.iter().copied())),
            None => missing.push(id),
        }
    }
    let mut answer = json!({
        "status": "COMPLETE",
        "results": results,
        "startedAt": iso(now),
        "completedAt": iso(now),
    });
    if missing.is_empty() {
        return Ok(HttpResponse::Ok().json(answer));
    }
    answer["numErrors"] = json!(1);
    answer["errors"] = json!([{
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some NOTE objects, they may be deleted or not exist.",
        "context": {"ids": missing},
    }]);
    Ok(HttpResponse::build(StatusCode::MULTI_STATUS).json(answer))
}
