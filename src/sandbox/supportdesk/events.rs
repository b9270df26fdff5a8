//! Events on customers' time lines.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{customers::Customers, fields::Fields, ids::Ids, refusal::Refusal};

/// The longest type of an event, in characters.
const LONGEST_TYPE: usize = 100;

/// An event on a time line, in the vendor's words.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CustomerEvent {
    id: String,
    customer_external_id: String,
    r#type: String,
    payload: Map<String, Value>,
    occurred_at: Timestamp,
}

impl CustomerEvent {
    /// A text of the payload.
    pub(super) fn member(&self, name: &str) -> Option<&str> {
        self.payload.get(name).and_then(Value::as_str)
    }
}

/// All events, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Events(Vec<CustomerEvent>);

impl Events {
    /// Adds the event of `body` to its customer's time line.
    pub(super) fn add(
        &mut self,
        body: &Value,
        customers: &Customers,
        ids: &mut Ids,
        now: Timestamp,
    ) -> Result<CustomerEvent, Refusal> {
        let mut fields = Fields::of(body)?;
        let customer_external_id = fields.required("customerExternalId");
        let kind = fields.required("type");
        if !kind.is_empty() && !is_type(&kind) {
            fields.fault("type", "Seuls a-z, 0-9, « _ » et « . » sont admis, 100 au plus.");
        }
        let payload = fields.object("payload").unwrap_or_default();
        let occurred_at = fields.instant("occurredAt").unwrap_or(now);
        fields.finish()?;
        customers.find(&customer_external_id)?;
        let id = ids.next(now);
        let event = CustomerEvent { id, customer_external_id, r#type: kind, payload, occurred_at };
        self.0.push(event.clone());
        Ok(event)
    }
}

fn is_type(kind: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.');
    kind.len() <= LONGEST_TYPE && kind.bytes().all(allowed)
}
