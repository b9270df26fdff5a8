//! `[operators.notify.<name>]`: who is told of the house's own troubles.

use std::collections::BTreeMap;

use super::sources::webhook;
use crate::{
    callbacks::NotifySettings,
    config::document::{Document, Said, Table},
    event::ReceiverName,
};

/// Reads all of them. `has_rabbitmq`: there is one that can have a queue.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    root: &Table<'d>,
    has_rabbitmq: bool,
) -> BTreeMap<ReceiverName, NotifySettings> {
    let mut receivers = BTreeMap::new();
    let Some(operators) = document.table(root, "operators", "[operators]") else {
        return receivers;
    };
    if let Some(notify) = document.table(&operators, "notify", "[operators.notify]") {
        for (key, value) in notify.members() {
            let name = Said { value: key.get_ref().to_string(), at: key.span() };
            let title = format!("[operators.notify.{}]", name.value);
            let Some(table) = document.table_of(value, &name.value, title) else { continue };
            let settings = receiver(document, &table, has_rabbitmq);
            document.finish(&table);
            let name = document.name::<ReceiverName>(&name, "receiver");
            receivers.extend(name.zip(settings));
        }
    }
    document.finish(&operators);
    receivers
}

fn receiver<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    has_rabbitmq: bool,
) -> Option<NotifySettings> {
    if document.flag(table, "queue") != Some(true) {
        return webhook(document, table).map(|webhook| NotifySettings::Webhook(Box::new(webhook)));
    }
    let beside =
        ["url", "secret", "allow_private"].into_iter().find(|key| table.get(key).is_some());
    if let Some(key) = beside {
        let what = format!("{} has both `queue` and `{key}`", table.title);
        document.fault(table.at.start, what, "give each receiver one way, and a table of its own");
    }
    if !has_rabbitmq {
        let what = format!("{} wants a queue, and there is no RabbitMQ", table.title);
        document.fault(table.at.start, what, "set DESKBELL_AMQP_URL, or name a `url`");
    }
    Some(NotifySettings::Queue)
}
