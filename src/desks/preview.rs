//! What a desk would be asked, for people to look at.

use std::fmt;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A request as it would be sent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Preview {
    /// The step that sends it, as `ticket`.
    pub step: String,
    /// When it is sent, where that depends on an answer: `if the customer is unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// `POST`
    pub method: String,
    /// Absolute.
    pub url: String,
    /// Names and values; a secret's value is masked.
    #[schema(value_type = Vec<Vec<String>>)]
    pub headers: Vec<(String, String)>,
    /// The JSON body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<Value>,
}

/// As HTTP has it, the body over several lines; when it is sent stands before it.
impl fmt::Display for Preview {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(only) = &self.only {
            writeln!(formatter, "# only {only}")?;
        }
        write!(formatter, "{} {}", self.method, self.url)?;
        for (name, value) in &self.headers {
            write!(formatter, "\n{name}: {value}")?;
        }
        match &self.body {
            Some(body) => write!(formatter, "\n\n{body:#}"),
            None => Ok(()),
        }
    }
}
