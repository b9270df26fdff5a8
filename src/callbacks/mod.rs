//! Calls sources back when a delivery has come to an end, as their configuration wishes, and tells
//! operators of the house's own troubles in the same way.
//!
//! Promises:
//! - a call-back is written in the transaction that ends the delivery, and is sent until its receiver
//!   has it, at least once and always under one id, over about three days;
//! - an operator event is sent until its receiver has it, or a newer one tells of the same condition;
//! - both are signed by Standard Webhooks, and nothing of an event's data is in them;
//! - a receiver that is slow, or away, keeps no other and no desk waiting;
//! - nothing is sent to an address that is not public, unless the configuration allows it;
//! - no log line, and nothing that is stored, holds a receiver's path, a secret or an answer's body.

mod address;
mod caller;
mod outbox;
mod schedule;
mod sender;
mod settings;

pub use address::Reach;
pub use caller::NoClient;
pub use sender::{Sender, SenderParts};
pub use settings::{
    CallbackSettings, InvalidCallbackSecret, InvalidUrl, NotifySettings, Webhook, callback_scheme,
    callback_url,
};

use crate::{event::SourceName, ledger::CallbackWishes};

/// What the ledger is to write call-backs of.
pub fn wishes<'s>(
    settings: impl IntoIterator<Item = (&'s SourceName, &'s CallbackSettings)>,
) -> CallbackWishes {
    settings.into_iter().map(|(source, settings)| (source.clone(), settings.on.clone())).collect()
}
