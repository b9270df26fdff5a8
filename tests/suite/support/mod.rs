//! What several tests share.

pub(crate) mod rabbit;
pub(crate) mod world;
pub(crate) mod visitor;
