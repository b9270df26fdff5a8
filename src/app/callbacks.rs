//! What calls sources back.

use std::{collections::BTreeMap, sync::Arc};

use super::{StartError, chance};
use crate::{
    callbacks::{CallbackSender, CallbackSettings, wishes},
    clock::Clock,
    event::SourceName,
    ledger::Ledger,
    lifecycle::Lifecycle,
};

/// Tells the ledger what is called back about, and starts what calls. To be awaited before any worker
/// begins: what ends before is told to nobody.
pub(super) async fn start(
    settings: &BTreeMap<SourceName, CallbackSettings>,
    ledger: &Arc<dyn Ledger>,
    clock: &Arc<dyn Clock>,
    lifecycle: &Lifecycle,
) -> Result<(), StartError> {
    let mut senders = Vec::new();
    for (source, settings) in settings {
        let (name, ledger, clock) = (source.clone(), ledger.clone(), clock.clone());
        let sender = CallbackSender::new(name, settings, ledger, clock, chance);
        senders.push(sender.map_err(|error| StartError::Callback {
            source_name: source.clone(),
            source: error,
        })?);
    }
    ledger.wish_callbacks(&wishes(settings)).await.map_err(StartError::Wishes)?;
    for sender in senders {
        sender.start(lifecycle.tasks(), lifecycle.draining());
    }
    Ok(())
}
