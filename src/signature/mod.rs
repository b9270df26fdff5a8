//! Proof that a body was posted by its source.

mod settings;

pub use settings::{Encoding, Hash, HmacSettings, SchemeSettings, Timestamped};
