//! What every HTTP surface shares: problem documents and request ids. It knows no domain.

mod described;
mod problem;
mod request_id;

pub use described::{ProblemDocument, ViolationDocument, refusals};
pub use problem::{PROBLEM_JSON, Problem, ProblemType};
pub use request_id::{REQUEST_ID, request_id, stamp};
