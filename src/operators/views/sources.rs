//! Sources.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A source, and how it proves who it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceView {
    /// Its name.
    pub source: String,
    /// The scheme by which it signs.
    pub verify: String,
    /// Its secrets; not what they are, but when each was used.
    pub secrets: Vec<SecretView>,
    /// What was refused of it.
    pub refused: Vec<RefusedView>,
}

/// A secret of a source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SecretView {
    /// Its place in the configuration, from 1, as in the metrics.
    pub secret: usize,
    /// When it last verified; absent where that was never noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, format = DateTime)]
    pub last_verified: Option<Timestamp>,
}

/// What was refused of a source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefusedView {
    /// Why.
    pub reason: String,
    /// How often.
    pub times: i64,
    /// When last.
    #[schema(value_type = String, format = DateTime)]
    pub last: Timestamp,
}
