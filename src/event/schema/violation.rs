//! What is wrong with an event's `data`, in words that quote the schema and never the payload.

use jsonschema::{
    ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde::Serialize;
use serde_json::Value;

use crate::event::strict::pointer_step;

/// One thing wrong with an event's `data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where, as a JSON pointer into the event: `/data/orderId`.
    pub pointer: String,
    /// What is wanted there.
    pub detail: String,
}

impl Violation {
    /// The violations of one error: as many as it has members to complain of.
    pub(super) fn all_of(error: &ValidationError<'_>) -> Vec<Self> {
        let base = format!("/data{}", error.instance_path().as_str());
        let members = |names: &[String], detail: &str| {
            let one = |name: &String| Self {
                pointer: format!("{base}{}", pointer_step(name)),
                detail: detail.to_owned(),
            };
            names.iter().map(one).collect()
        };
        match error.kind() {
            Kind::Required { property: Value::String(name) } => {
                members(std::slice::from_ref(name), "is required")
            }
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => members(unexpected, "is not allowed"),
            kind => vec![Self { pointer: base, detail: wanted(kind) }],
        }
    }
}

/// What the schema wants.
fn wanted(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind: TypeKind::Single(name) } => format!("must be of type {name}"),
        Kind::Type { kind: TypeKind::Multiple(names) } => {
            let names: Vec<_> = names.iter().map(|name| name.to_string()).collect();
            format!("must be of type {}", names.join(" or "))
        }
        Kind::Format { format } => format!("must have the format {format}"),
        Kind::Pattern { pattern } => format!("must match {pattern}"),
        Kind::Enum { options } => format!("must be one of {options}"),
        Kind::Constant { expected_value } => format!("must be {expected_value}"),
        Kind::Minimum { limit } => format!("must be at least {limit}"),
        Kind::Maximum { limit } => format!("must be at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("must have at least {limit} characters"),
        Kind::MaxLength { limit } => format!("must have at most {limit} characters"),
        Kind::MinItems { limit } => format!("must have at least {limit} items"),
        Kind::MaxItems { limit } => format!("must have at most {limit} items"),
        Kind::AdditionalItems { limit } => format!("must have at most {limit} items"),
        Kind::MinProperties { limit } => format!("must have at least {limit} members"),
        Kind::MaxProperties { limit } => format!("must have at most {limit} members"),
        Kind::UnevaluatedItems { .. } => "has items that are not allowed".to_owned(),
        Kind::UniqueItems => "must not have the same item twice".to_owned(),
        Kind::Contains => "must have more, or fewer, items of the wanted kind".to_owned(),
        Kind::PropertyNames { .. } => "has a member whose name is not allowed".to_owned(),
        Kind::FalseSchema => "is not allowed".to_owned(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            "must be as one of the schema's alternatives says".to_owned()
        }
        Kind::OneOfMultipleValid { .. } => {
            "must be as only one of the schema's alternatives says".to_owned()
        }
        Kind::Not { .. } => "must not be as the schema's `not` says".to_owned(),
        Kind::ContentEncoding { content_encoding } => format!("must be {content_encoding}"),
        Kind::ContentMediaType { content_media_type } => format!("must be {content_media_type}"),
        Kind::Required { .. }
        | Kind::AdditionalProperties { .. }
        | Kind::UnevaluatedProperties { .. }
        | Kind::FromUtf8 { .. }
        | Kind::BacktrackLimitExceeded { .. }
        | Kind::RegexEngineFailure { .. }
        | Kind::Custom { .. }
        | Kind::Referencing(_) => format!("breaks the keyword `{}`", kind.keyword()),
    }
}
