//! Vendors' native webhooks: what of them becomes an event, and which.
//!
//! Promises: an event's id is the vendor's own, the same whenever the message is sent again; every
//! number keeps its digits; nothing is invented (a value that the vendor does not say is left out);
//! a message of no interest is told from one that cannot be read.

mod adyen;
mod draft;
mod error;
mod github;
mod hubspot;
mod maps;
mod message;
mod money;
mod paypal;
mod shopify;
mod stripe;
mod woocommerce;

pub use error::FormatError;
pub use maps::{DataMap, EventMap, Maps};

use serde_json::Value;

use self::{
    draft::{About, Draft},
    message::Message,
};
use crate::{
    event::{Attributes, Event, EventId, EventType, InItem, Limits, SourceName, read_json},
    signature::Verified,
};

/// The `CloudEvents` extension that holds the vendor's own name of what happened.
const NATIVE_TYPE: &str = "nativetype";

/// A vendor's way of writing webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Adyen's standard webhooks.
    Adyen,
    /// GitHub's deliveries.
    GitHub,
    /// HubSpot's changes.
    HubSpot,
    /// `PayPal`'s events.
    PayPal,
    /// Shopify's topics.
    Shopify,
    /// Stripe's events.
    Stripe,
    /// `WooCommerce`'s topics.
    WooCommerce,
}

/// Makes events of what one source posts in another form than Deskbell's own.
#[derive(Debug, Default)]
pub struct Translator {
    format: Option<Format>,
    maps: Maps,
}

/// What became of one item of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Translated {
    /// It is an event.
    Event(Box<Event>),
    /// It is of no interest: what the vendor calls it.
    PassedOver(String),
}

/// The items of a request: whether there is only the body itself, and each item.
struct Items {
    are_listed: bool,
    items: Vec<Value>,
}

impl Format {
    /// All formats, each by its name in the configuration.
    pub const ALL: [(&'static str, Self); 7] = [
        ("adyen", Self::Adyen),
        ("github", Self::GitHub),
        ("hubspot", Self::HubSpot),
        ("paypal", Self::PayPal),
        ("shopify", Self::Shopify),
        ("stripe", Self::Stripe),
        ("woocommerce", Self::WooCommerce),
    ];

    /// What the vendor wants to read in the answer, where that is not JSON of ours.
    pub fn acknowledgement(self) -> Option<&'static str> {
        match self {
            Self::Adyen => Some(adyen::ACKNOWLEDGEMENT),
            Self::GitHub
            | Self::HubSpot
            | Self::PayPal
            | Self::Shopify
            | Self::Stripe
            | Self::WooCommerce => None,
        }
    }

    fn items(self, body: Value) -> Result<Items, FormatError> {
        match self {
            Self::Adyen => adyen::items(body),
            Self::HubSpot => hubspot::items(body),
            Self::GitHub | Self::PayPal | Self::Shopify | Self::Stripe | Self::WooCommerce => {
                one(body)
            }
        }
    }

    fn about(self, message: &Message<'_>) -> Result<About, FormatError> {
        match self {
            Self::Adyen => adyen::about(message),
            Self::GitHub => github::about(message),
            Self::HubSpot => hubspot::about(message),
            Self::PayPal => paypal::about(message),
            Self::Shopify => shopify::about(message),
            Self::Stripe => stripe::about(message),
            Self::WooCommerce => woocommerce::about(message),
        }
    }

    fn draft(self, message: &Message<'_>) -> Option<Draft> {
        match self {
            Self::Adyen => adyen::draft(message),
            Self::GitHub => github::draft(message),
            Self::HubSpot => hubspot::draft(message),
            Self::PayPal => paypal::draft(message),
            Self::Shopify => shopify::draft(message),
            Self::Stripe => stripe::draft(message),
            Self::WooCommerce => woocommerce::draft(message),
        }
    }
}

impl Translator {
    /// What is asked of `maps` first, and of the vendor's format where none of them takes it.
    pub fn new(format: Option<Format>, maps: Maps) -> Self {
        Self { format, maps }
    }

    /// The vendor's format.
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// Reads all items of a request, or none: one that cannot be read refuses all.
    pub fn translate(
        &self,
        source: &SourceName,
        headers: &[(&str, &[u8])],
        verified: &Verified<'_>,
    ) -> Result<Vec<Translated>, InItem<FormatError>> {
        let whole = |cause| InItem { item: None, cause };
        let body = read_json(verified.body(), Limits::POSTED)
            .map_err(|cause| whole(FormatError::NotJson(cause)))?;
        let Items { are_listed, items } = match self.format {
            Some(format) => format.items(body),
            None => Ok(listed(body)),
        }
        .map_err(whole)?;
        let translate = |(item, body): (usize, Value)| {
            let item = are_listed.then_some(item);
            let message = Message { body: &body, headers };
            self.item(source, &message).map_err(|cause| InItem { item, cause })
        };
        items.into_iter().enumerate().map(translate).collect()
    }

    fn item(&self, source: &SourceName, message: &Message<'_>) -> Result<Translated, FormatError> {
        let about = match self.format {
            Some(format) => format.about(message)?,
            None => About::default(),
        };
        if let Some(event) = self.maps.event(source, message, &about)? {
            return Ok(Translated::Event(Box::new(event)));
        }
        match self.format.and_then(|format| format.draft(message)) {
            Some(Draft { event_type, data }) => {
                let event_type = event_type.to_owned();
                let event = event(source, event_type, about, Value::Object(data))?;
                Ok(Translated::Event(Box::new(event)))
            }
            None => Ok(Translated::PassedOver(about.kind)),
        }
    }
}

/// A body that is one message.
fn one(body: Value) -> Result<Items, FormatError> {
    match body {
        body @ Value::Object(_) => Ok(Items { are_listed: false, items: vec![body] }),
        _ => Err(FormatError::NotAnObject),
    }
}

/// A body that is a list of messages, or one of any kind.
fn listed(body: Value) -> Items {
    match body {
        Value::Array(items) => Items { are_listed: true, items },
        body => Items { are_listed: false, items: vec![body] },
    }
}

/// The event of a message.
fn event(
    source: &SourceName,
    event_type: String,
    about: About,
    data: Value,
) -> Result<Event, FormatError> {
    let unusable = |what| move |rule| FormatError::Unusable { what, rule };
    let id = about.id.ok_or(FormatError::NoId)?;
    let mut attributes =
        Attributes { source: source.to_string(), time: about.time, ..Attributes::default() };
    if !about.kind.is_empty() {
        attributes.extensions.insert(NATIVE_TYPE.to_owned(), about.kind.into());
    }
    Ok(Event {
        source: source.clone(),
        id: EventId::try_from(id).map_err(unusable("id"))?,
        event_type: EventType::try_from(event_type).map_err(unusable("type"))?,
        attributes,
        data,
    })
}
