//! What tells operators of the house's own troubles.

use std::{collections::BTreeMap, sync::Arc};

use super::StartError;
use crate::{
    broker::Broker,
    callbacks::{NotifySettings, Sender, SenderParts},
    event::{DeskName, ReceiverName},
    lifecycle::Lifecycle,
    worker::Watchman,
};

/// Starts what looks and what tells; nothing, where nobody is to be told.
pub(super) async fn start(
    receivers: &BTreeMap<ReceiverName, NotifySettings>,
    desks: Vec<DeskName>,
    broker: &Arc<dyn Broker>,
    parts: &SenderParts,
    lifecycle: &Lifecycle,
) -> Result<(), StartError> {
    let mut senders = Vec::new();
    for (name, settings) in receivers {
        let sender = Sender::to_operators(name.clone(), settings, broker, parts);
        senders
            .push(sender.map_err(|source| StartError::Notify { receiver: name.clone(), source })?);
    }
    let names: Vec<ReceiverName> = receivers.keys().cloned().collect();
    parts.ledger.keep_receivers(&names).await.map_err(StartError::Wishes)?;
    let (tasks, draining) = (lifecycle.tasks(), lifecycle.draining());
    for sender in senders {
        sender.start(tasks, draining);
    }
    if !names.is_empty() {
        let (ledger, clock) = (parts.ledger.clone(), parts.clock.clone());
        Watchman { ledger, clock, desks, receivers: names }.start(tasks, draining);
    }
    Ok(())
}
