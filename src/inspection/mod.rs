//! What an inspection of a desk's account finds, and what there is to look for.
//!
//! - A [`Finding`] says what was looked for, what the desk answered, who relies on it and what mends
//!   it. It holds no secret and nothing of an event.
//! - What a vendor documents no call for, or a rule leaves to its events, is [`Soundness::Unknown`]:
//!   nothing is guessed.
//! - Two inspections are told apart by what changed for the worse or for the better, so that what is
//!   known is not said again.

mod finding;
mod needs;

pub use finding::{Change, Finding, Inspection, Soundness};
pub use needs::{AssociationNeed, MetadataNeed, Needs, PriorityNeed, RuleNeeds};
