//! JSON as pages show it.

use serde_json::Value;

/// Over several lines, every digit as it came.
pub(super) fn written(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
