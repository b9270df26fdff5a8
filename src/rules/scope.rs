//! What templates see of an event: `event`, `data` and `source`.
//!
//! JSON is handed to the engine by hand: through serde, numbers that keep their digits would arrive
//! as tables.

use std::{collections::HashMap, fmt, sync::Arc};

use minijinja::{
    State, Value,
    value::{Enumerator, Object, ObjectRepr, ValueKind},
};
use serde_json::{Map, Value as Json};

use super::numbers::{Digits, Huge, Written};
use crate::event::{Event, Redaction, SourceName};

/// The name under which the formatter finds how decimals were written. No template can say it.
const WRITTEN: &str = "\u{0}written";

/// All that a template sees of one event, or of one body that is none yet.
#[derive(Clone)]
pub struct Scope {
    root: Value,
    written: Arc<Written>,
    whole: Option<Box<Scope>>,
}

impl Scope {
    /// Reads `event` once, for any number of templates: what `redaction` hides is not there.
    pub fn of(event: &Event, redaction: &Redaction) -> Self {
        if redaction.is_empty() {
            return Self::over(event, &event.data);
        }
        let whole = Some(Box::new(Self::over(event, &event.data)));
        Self { whole, ..Self::over(event, &redaction.without(&event.data)) }
    }

    /// The event with what is hidden: for answers of which nobody can read it.
    pub(super) fn whole(&self) -> &Self {
        self.whole.as_deref().unwrap_or(self)
    }

    fn over(event: &Event, data: &Json) -> Self {
        let written = Arc::new(Written::default());
        let text = |text: &str| Node::Ready(Value::from(text));
        let mut attributes = Members::of(&event.attributes.extensions, &written);
        let mut put = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                attributes.put(name, text(value));
            }
        };
        put("id", Some(event.id.as_str()));
        put("type", Some(event.event_type.as_str()));
        put("source", Some(&event.attributes.source));
        put("specversion", Some("1.0"));
        put("subject", event.attributes.subject.as_deref());
        put("time", event.attributes.time.as_deref());
        put("dataschema", event.attributes.dataschema.as_deref());
        let mut root = Members::of(&Map::new(), &written);
        root.put("event", Node::Ready(Value::from_object(attributes)));
        root.put("data", Node::of(data, &written));
        root.put("source", text(event.source.as_str()));
        root.put(WRITTEN, Node::Ready(Value::from_dyn_object(Arc::clone(&written))));
        Self { root: Value::from_object(root), written, whole: None }
    }

    /// Reads a body that is no event yet: `body`, and `headers` by their names in lower case.
    pub fn of_body<'h>(
        body: &Json,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
        source: &SourceName,
    ) -> Self {
        let written = Arc::new(Written::default());
        let mut named = Members::of(&Map::new(), &written);
        for (name, value) in headers {
            named.put(&name.to_ascii_lowercase(), Node::Ready(Value::from(value)));
        }
        let mut root = Members::of(&Map::new(), &written);
        root.put("body", Node::of(body, &written));
        root.put("headers", Node::Ready(Value::from_object(named)));
        root.put("source", Node::Ready(Value::from(source.as_str())));
        root.put(WRITTEN, Node::Ready(Value::from_dyn_object(Arc::clone(&written))));
        Self { root: Value::from_object(root), written, whole: None }
    }

    /// What a template is rendered with.
    pub(super) fn root(&self) -> Value {
        self.root.clone()
    }

    /// `value` as JSON, with the digits as sent; `None` where it is missing, null or no JSON.
    pub(super) fn json(&self, value: &Value) -> Option<Json> {
        Some(json(value, &self.written)).filter(|json| !json.is_null())
    }
}

/// `value` as text: as JSON has it, except that a text stands without quotes and null is empty.
pub(super) fn text(state: &State<'_, '_>, value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => String::new(),
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::Number if !value.is_integer() => {
            let lookup = state.lookup(WRITTEN);
            let written = lookup.as_ref().and_then(Value::downcast_object_ref::<Written>);
            let digits = |double| written.and_then(|written| written.digits(double));
            let double = f64::try_from(value.clone()).ok();
            double.and_then(digits).map_or_else(|| value.to_string(), |digits| digits.to_string())
        }
        _ => value.to_string(),
    }
}

fn json(value: &Value, written: &Written) -> Json {
    match value.kind() {
        ValueKind::Bool => Json::Bool(value.is_true()),
        ValueKind::Number => {
            let double = f64::try_from(value.clone()).ok().filter(|_| !value.is_integer());
            let digits = double.and_then(|double| written.digits(double));
            number(&digits.map_or_else(|| value.to_string(), |digits| digits.to_string()))
        }
        ValueKind::String => Json::from(value.as_str().unwrap_or_default()),
        ValueKind::Undefined | ValueKind::None | ValueKind::Invalid => Json::Null,
        ValueKind::Map => {
            let Ok(keys) = value.try_iter() else { return Json::Null };
            let member = |key: Value| {
                let member =
                    value.get_item(&key).map_or(Json::Null, |member| json(&member, written));
                (key.to_string(), member)
            };
            Json::Object(keys.map(member).collect())
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let Ok(items) = value.try_iter() else { return Json::Null };
            Json::Array(items.map(|item| json(&item, written)).collect())
        }
        _ => match value.downcast_object_ref::<Huge>() {
            Some(huge) => number(huge.digits()),
            None => Json::from(value.to_string()),
        },
    }
}

/// What JSON cannot say as a number, as infinity, is null.
fn number(digits: &str) -> Json {
    serde_json::from_str::<serde_json::Number>(digits).map_or(Json::Null, Json::Number)
}

/// A member or an item.
enum Node {
    Ready(Value),
    Digits(Digits),
}

impl Node {
    fn of(json: &Json, written: &Arc<Written>) -> Self {
        Self::Ready(match json {
            Json::Null => Value::from(()),
            Json::Bool(bool) => Value::from(*bool),
            Json::Number(number) => return Self::Digits(Digits::of(number)),
            Json::String(text) => Value::from(text.as_str()),
            Json::Array(items) => {
                let items = items.iter().map(|item| Self::of(item, written)).collect();
                Value::from_object(Items { items, written: Arc::clone(written) })
            }
            Json::Object(members) => Value::from_object(Members::of(members, written)),
        })
    }

    fn value(&self, written: &Written) -> Value {
        match self {
            Self::Ready(value) => value.clone(),
            Self::Digits(digits) => digits.value(written),
        }
    }
}

/// A JSON object, in the sender's order. It prints as JSON.
struct Members {
    order: Vec<Arc<str>>,
    nodes: HashMap<Arc<str>, Node>,
    written: Arc<Written>,
}

impl Members {
    fn of(json: &Map<String, Json>, written: &Arc<Written>) -> Self {
        let mut members =
            Self { order: Vec::new(), nodes: HashMap::new(), written: Arc::clone(written) };
        for (name, value) in json {
            members.put(name, Node::of(value, written));
        }
        members
    }

    fn put(&mut self, name: &str, node: Node) {
        let name: Arc<str> = name.into();
        if self.nodes.insert(Arc::clone(&name), node).is_none() {
            self.order.push(name);
        }
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Members({})", self.order.len())
    }
}

impl Object for Members {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.nodes.get(key).map(|node| node.value(&self.written))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.order.iter().map(|name| Value::from(Arc::clone(name))).collect())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.order.len())
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = Value::from_dyn_object(Arc::clone(self));
        write!(formatter, "{}", json(&value, &self.written))
    }
}

/// A JSON array. It prints as JSON.
struct Items {
    items: Vec<Node>,
    written: Arc<Written>,
}

impl fmt::Debug for Items {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Items({})", self.items.len())
    }
}

impl Object for Items {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.items.get(key.as_usize()?).map(|node| node.value(&self.written))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.items.len())
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = Value::from_dyn_object(Arc::clone(self));
        write!(formatter, "{}", json(&value, &self.written))
    }
}
