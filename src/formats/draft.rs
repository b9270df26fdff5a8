//! What a message of interest says, in Deskbell's words.

use serde_json::{Map, Number, Value};

use super::money;

/// What every message tells of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct About {
    /// What happened, as the vendor calls it.
    pub(super) kind: String,
    /// The vendor's id of the message, the same whenever it is sent again.
    pub(super) id: Option<String>,
    /// When it happened, RFC 3339.
    pub(super) time: Option<String>,
}

/// An event's type and data, made of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub(super) event_type: &'static str,
    pub(super) data: Map<String, Value>,
}

impl Draft {
    pub(super) fn of(event_type: &'static str) -> Self {
        Self { event_type, data: Map::new() }
    }

    /// Says `name`, where there is anything to say.
    pub(super) fn say(mut self, name: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.data.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Says which order it is about, and whose.
    ///
    /// A customer without the vendor's id is known by the e-mail address, and one without that by
    /// the order alone, which `order:` says.
    pub(super) fn order(self, order: Option<String>, customer: Customer) -> Self {
        let known = customer.id.clone().or_else(|| customer.email.clone());
        let by_order = || order.as_ref().map(|order| format!("order:{order}"));
        let external_id = known.or_else(by_order);
        self.say("orderId", order)
            .say("customerExternalId", external_id)
            .say("customer", customer.document())
    }

    /// Says an amount with its currency. Without a currency it would mean nothing.
    pub(super) fn amount(self, amount: Option<Number>, currency: Option<String>) -> Self {
        match (amount, currency) {
            (Some(amount), Some(currency)) => {
                self.say("amount", Some(Value::Number(amount))).say("currency", Some(currency))
            }
            _ => self,
        }
    }

    /// Says an amount that the vendor writes as a decimal.
    pub(super) fn decimal(self, amount: Option<&Value>, currency: Option<&str>) -> Self {
        let currency = currency.and_then(money::currency);
        self.amount(amount.and_then(money::decimal), currency)
    }

    /// Says an amount that the vendor writes in minor units.
    pub(super) fn minor(
        self,
        units: money::Units,
        amount: Option<&Value>,
        currency: Option<&str>,
    ) -> Self {
        let currency = currency.and_then(money::currency);
        let major = |currency: &String| units.major(amount?, currency);
        let amount = currency.as_ref().and_then(major);
        self.amount(amount, currency)
    }
}

/// Whom a message is about, as far as it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Customer {
    /// The vendor's id.
    pub(super) id: Option<String>,
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    /// The company's name.
    pub(super) company: Option<String>,
}

impl Customer {
    fn document(self) -> Option<Value> {
        let mut company = Map::new();
        company.extend(self.company.map(|name| ("name".to_owned(), Value::from(name))));
        let mut customer = Map::new();
        for (name, value) in [
            ("externalId", self.id),
            ("email", self.email),
            ("name", self.name),
            ("phone", self.phone),
        ] {
            customer.extend(value.map(|value| (name.to_owned(), Value::from(value))));
        }
        if !company.is_empty() {
            customer.insert("company".to_owned(), Value::Object(company));
        }
        (!customer.is_empty()).then_some(Value::Object(customer))
    }
}

/// A name of its parts; `None` where there are none.
pub(super) fn full_name(parts: [Option<String>; 2]) -> Option<String> {
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_known_by_id_then_by_address_then_by_the_order_alone() {
        let text = |text: &str| Some(text.to_owned());
        for (id, email, expected) in [
            (text("c1"), text("a@b.example"), "c1"),
            (None, text("a@b.example"), "a@b.example"),
            (None, None, "order:A-1"),
        ] {
            let customer = Customer { id, email, ..Customer::default() };
            let draft = Draft::of("order.stuck").order(text("A-1"), customer);
            assert_eq!(draft.data["customerExternalId"], expected);
            assert_eq!(draft.data.contains_key("customer"), expected != "order:A-1");
        }
    }

    #[test]
    fn an_amount_without_a_currency_is_not_said() {
        let draft = Draft::of("payment.failed").decimal(Some(&"1.50".into()), None);
        assert!(draft.data.is_empty());
    }
}
