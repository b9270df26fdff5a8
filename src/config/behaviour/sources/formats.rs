//! `format` and `[[sources.<name>.map]]`: native webhooks, and what is made of them.

use std::fmt::Display;

use toml::{Spanned, de::DeValue};

use crate::{
    config::{
        behaviour::templates,
        document::{Document, Said, Table},
    },
    event::{EventType, is_rfc3339},
    formats::{DataMap, EventMap, Format, Maps, Translator},
    rules::{BadTemplate, Form, Templates, Text},
};

/// Reads what the source's table says about native webhooks; `None` where it posts none.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    knows_type: &dyn Fn(&EventType) -> bool,
) -> Option<Translator> {
    let format = document.choice(table, "format", &Format::ALL);
    let list = document.list(table, "map");
    let is_native = table.get("format").is_some() || list.is_some();
    let mut reader = Reader {
        document,
        templates: Templates::of_bodies(),
        has_format: table.get("format").is_some(),
        knows_type,
    };
    let mut maps = Vec::new();
    for (index, value) in list.into_iter().flatten().enumerate() {
        let title = format!("map {} of {}", index + 1, table.title);
        let Some(table) = reader.document.table_of(value, "map", title) else { continue };
        maps.extend(reader.map(&table));
    }
    is_native.then(|| Translator::new(format, Maps::new(reader.templates, maps)))
}

/// What maps are read with.
struct Reader<'r, 'd> {
    document: &'r mut Document<'d>,
    templates: Templates,
    has_format: bool,
    knows_type: &'r dyn Fn(&EventType) -> bool,
}

impl<'d> Reader<'_, 'd> {
    fn map(&mut self, table: &Table<'d>) -> Option<EventMap> {
        let when = self.document.text(table, "when");
        let when = when.and_then(|text| {
            let condition = self.templates.condition(&text.value);
            self.compiled(condition, &text, "when")
        });
        let event_type = self.event_type(table);
        if !self.has_format && table.get("id").is_none() {
            let cure = "say what the sender knows the message by, the same when it is sent again";
            self.document.missing(table, "id", cure);
        }
        let id = self.text(table, "id");
        let subject = self.text(table, "subject");
        let time = self.time(table);
        let data = if let Some(value) = table.get("data") {
            self.data(value, "data")
        } else {
            let cure = "say what the event holds, as data = { orderId = \"{{ body.id }}\" }";
            self.document.missing(table, "data", cure);
            None
        };
        self.document.finish(table);
        Some(EventMap { when, event_type: event_type?, id, subject, time, data: data? })
    }

    /// The event's type: one that is the same for every message has to have a schema.
    fn event_type(&mut self, table: &Table<'d>) -> Option<Text> {
        let cure = "name the event's type, as type = \"payment.failed\"";
        let said = self.document.required_text(table, "type", cure)?;
        let text = self.template(&said, "type")?;
        if text.literal().is_some() {
            let event_type: EventType = self.document.name(&said, "type")?;
            if !(self.knows_type)(&event_type) {
                let written = self.document.as_written(&said);
                let what = format!("no schema knows the event type `{written}`");
                let cure = format!("add {written}.json to the folder that DESKBELL_SCHEMAS names");
                self.document.fault(said.at.start, what, cure);
            }
        }
        Some(text)
    }

    fn time(&mut self, table: &Table<'d>) -> Option<Text> {
        let said = self.document.text(table, "time")?;
        let text = self.template(&said, "time")?;
        if text.literal().is_some_and(|time| !is_rfc3339(time)) {
            let cure = "take it from the message, as \"{{ body.created_at }}\"";
            self.document.fault(said.at.start, "`time` is no RFC 3339 time", cure);
        }
        Some(text)
    }

    /// `data` or a part of it; a fault makes the whole of it none.
    fn data(&mut self, value: &'d Spanned<DeValue<'d>>, name: &str) -> Option<DataMap> {
        match value.get_ref() {
            DeValue::Table(_) => {
                let members = self.document.table_of(value, name, name)?.members();
                let members = members.into_iter().map(|(key, value)| {
                    let key = key.get_ref().to_string();
                    self.data(value, &format!("{name}.{key}")).map(|data| (key, data))
                });
                members.collect::<Option<_>>().map(DataMap::Members)
            }
            DeValue::Array(items) => {
                let items = items.iter().map(|item| self.data(item, name));
                items.collect::<Option<_>>().map(DataMap::Items)
            }
            _ => {
                let typed = templates::typed(self.document, &mut self.templates, value, name);
                typed.map(DataMap::Value)
            }
        }
    }

    fn text(&mut self, table: &Table<'d>, key: &'static str) -> Option<Text> {
        let text = self.document.text(table, key)?;
        self.template(&text, key)
    }

    fn template(&mut self, text: &Said<String>, key: &str) -> Option<Text> {
        let compiled = self.templates.text(&text.value, Form::Plain);
        self.compiled(compiled, text, key)
    }

    fn compiled<T>(
        &mut self,
        compiled: Result<T, BadTemplate>,
        text: &Said<String>,
        key: impl Display,
    ) -> Option<T> {
        templates::compiled(self.document, compiled, text, key)
    }
}
