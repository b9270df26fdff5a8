//! Customers. Nothing keeps two of them apart.

use serde_json::{Map, Value, json};

use super::{fields::Fields, query::Query, refusal::Refusal};

/// The most customers of one page.
const LONGEST_PAGE: usize = 1000;

/// The id of the first customer: that of the vendor's example.
const FIRST: u64 = 273;

#[derive(Debug, Clone)]
struct Customer {
    id: u64,
    name: Option<String>,
    surname: String,
    email: Option<String>,
    phone: Option<String>,
    company: Option<String>,
    identifier: Option<String>,
    kind: Option<String>,
    group: Option<String>,
    custom_fields: Map<String, Value>,
}

/// All customers, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Customers(Vec<Customer>);

impl Customers {
    /// Adds the customer of `fields`, and answers its id.
    pub(super) fn add(&mut self, mut fields: Fields) -> Result<u64, Refusal> {
        let id = FIRST + self.0.len() as u64;
        let customer = Customer {
            id,
            surname: fields.required("surname"),
            name: fields.text("name"),
            email: fields.text("email"),
            phone: fields.text("phone_number"),
            company: fields.text("company_id"),
            identifier: fields.text("identifier"),
            kind: fields.text("type"),
            group: fields.text("group"),
            custom_fields: fields.object("custom_fields"),
        };
        fields.finish()?;
        self.0.push(customer);
        Ok(id)
    }

    /// Whether there is a customer with this id.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.find(id).is_some()
    }

    /// The customer's own id upstream, or else its id here.
    pub(super) fn external_id(&self, id: &str) -> Option<String> {
        let customer = self.find(id)?;
        customer.identifier.clone().or_else(|| Some(customer.id.to_string()))
    }

    /// One customer.
    pub(super) fn get(&self, id: &str, query: &Query) -> Result<Value, Refusal> {
        let customer = self.find(id).ok_or(Refusal::NotFound)?;
        Ok(customer.shown(query.flag("include_custom_fields")))
    }

    /// One page of customers.
    pub(super) fn list(&self, query: &Query) -> Result<Value, Refusal> {
        let limit = query.number("limit", 1, LONGEST_PAGE, 100)?;
        let offset = query.number("offset", 0, usize::MAX, 0)?;
        let found: Vec<&Customer> = self.0.iter().filter(|it| it.is_in(query)).collect();
        let page = found.iter().skip(offset).take(limit);
        let with_fields = query.flag("include_custom_fields");
        let result: Vec<Value> = page.map(|customer| customer.shown(with_fields)).collect();
        Ok(json!({"count": found.len(), "result": result}))
    }

    fn find(&self, id: &str) -> Option<&Customer> {
        self.0.iter().find(|customer| customer.id.to_string() == id)
    }
}

impl Customer {
    /// An empty `identifier` asks for customers without one, as does an empty telephone number.
    fn is_in(&self, query: &Query) -> bool {
        let members = [
            ("identifier", &self.identifier),
            ("phone_number", &self.phone),
            ("company_id", &self.company),
            ("type", &self.kind),
            ("group", &self.group),
        ];
        let is_same = |(name, known): (&str, &Option<String>)| {
            query.get(name).is_none_or(|wanted| known.as_deref().unwrap_or_default() == wanted)
        };
        let email = query.get("email").is_none_or(|wanted| {
            self.email.as_deref().unwrap_or_default().eq_ignore_ascii_case(wanted)
        });
        let fields = query.keyed("custom_fields").into_iter().all(|(name, values)| {
            let known = self.custom_fields.get(name).and_then(Value::as_str).unwrap_or_default();
            values.contains(&known)
        });
        members.into_iter().all(is_same) && email && fields
    }

    fn shown(&self, with_fields: bool) -> Value {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut shown = json!({
            "customer_id": self.id,
            "name": text(&self.name),
            "surname": self.surname,
            "phone_number": text(&self.phone),
            "phone_numbers": self.phone.iter().collect::<Vec<_>>(),
            "email": text(&self.email),
            "company_id": text(&self.company),
            "identifier": text(&self.identifier),
            "type": text(&self.kind),
            "group": text(&self.group),
            "company_flag": "",
            "account_manager": "",
            "updated_at": "",
        });
        if with_fields {
            shown["custom_fields"] = Value::Object(self.custom_fields.clone());
        }
        shown
    }
}
