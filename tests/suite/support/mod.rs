//! What several tests share.

pub(crate) mod chromium;
pub(crate) mod rabbit;
pub(crate) mod sender;
pub(crate) mod visitor;
pub(crate) mod volume;
pub(crate) mod world;
