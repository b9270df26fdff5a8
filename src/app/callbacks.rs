//! What calls sources back.

use std::collections::BTreeMap;

use super::StartError;
use crate::{
    callbacks::{CallbackSettings, Sender, SenderParts, wishes},
    event::SourceName,
    lifecycle::Lifecycle,
};

/// Tells the ledger what is called back about, and starts what calls. To be awaited before any worker
/// begins: what ends before is told to nobody.
pub(super) async fn start(
    settings: &BTreeMap<SourceName, CallbackSettings>,
    parts: &SenderParts,
    lifecycle: &Lifecycle,
) -> Result<(), StartError> {
    let mut senders = Vec::new();
    for (source, settings) in settings {
        let sender = Sender::to_source(source.clone(), settings, parts);
        senders.push(sender.map_err(|error| StartError::Callback {
            source_name: source.clone(),
            source: error,
        })?);
    }
    parts.ledger.wish_callbacks(&wishes(settings)).await.map_err(StartError::Wishes)?;
    for sender in senders {
        sender.start(lifecycle.tasks(), lifecycle.draining());
    }
    Ok(())
}
