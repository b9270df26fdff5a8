//! Whose ticket it is: a customer by the upstream application's id, by e-mail or by telephone.
//!
//! Thulium keeps no two customers apart and its filters may find more than they are asked for, so
//! what is found is compared here. Of several the one with the lowest id is taken. A customer who
//! has another id of the upstream application is another customer, whatever else is the same.

use super::{Account, bodies::NewCustomer, filter::CustomerFilter, records::Customer};
use crate::{
    desks::DeskError,
    ticket::{Customer as Named, TicketDraft},
};

/// What a customer is looked up by. Not all of it is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    identifier: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl Wanted {
    /// The draft's customer: by id, then by e-mail.
    pub(super) fn of_draft(draft: &TicketDraft) -> Option<Self> {
        let customer = draft.customer.as_ref()?;
        let sought = Self {
            identifier: said(customer.external_id.as_deref()),
            email: said(customer.email.as_deref()),
            phone: None,
        };
        (sought != Self::default()).then_some(sought)
    }

    /// A customer by one documented filter; `None` for another filter or an empty value.
    pub(super) fn of_match(property: &str, value: &str) -> Option<Self> {
        let value = Some(said(Some(value))?);
        match property {
            "identifier" => Some(Self { identifier: value, ..Self::default() }),
            "email" => Some(Self { email: value, ..Self::default() }),
            "phone_number" => Some(Self { phone: value, ..Self::default() }),
            _ => None,
        }
    }

    /// The questions, in order; each is asked where those before it found nobody.
    pub(super) fn questions(&self) -> Vec<CustomerFilter> {
        let one = || CustomerFilter { limit: Some(100), ..CustomerFilter::default() };
        let by = [
            self.identifier.clone().map(|it| CustomerFilter { identifier: Some(it), ..one() }),
            self.email.clone().map(|it| CustomerFilter { email: Some(it), ..one() }),
            self.phone.clone().map(|it| CustomerFilter { phone_number: Some(it), ..one() }),
        ];
        by.into_iter().flatten().collect()
    }

    /// A name under which the customer is remembered.
    pub(super) fn name(&self) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        [&self.identifier, &self.email, &self.phone].map(part).join("\n")
    }

    /// The customer to make, where the draft gives a name.
    pub(super) fn new_customer(&self, draft: &TicketDraft) -> Option<NewCustomer> {
        let Named { name, email, phone, .. } = draft.customer.clone().unwrap_or_default();
        let name = said(name.as_deref())?;
        let (first, last) = match name.rsplit_once(char::is_whitespace) {
            Some((first, last)) => (Some(first.trim().to_owned()), last.to_owned()),
            None => (None, name),
        };
        Some(NewCustomer {
            name: first,
            surname: last,
            email: self.email.clone().or_else(|| said(email.as_deref())),
            phone_number: self.phone.clone().or_else(|| said(phone.as_deref())),
            identifier: self.identifier.clone(),
            company_id: super::ties::company(draft),
            ..NewCustomer::default()
        })
    }

    /// The id of the customer who is sought, if the system has one.
    pub(super) async fn find(&self, account: &Account) -> Result<Option<String>, DeskError> {
        for question in self.questions() {
            let page = account.customers_page(&question).await?;
            let mut found: Vec<_> =
                page.result.iter().filter(|customer| self.is(customer, &question)).collect();
            found.sort_by_key(|customer| oldest_first(&customer.customer_id));
            if let Some(customer) = found.first() {
                return Ok(Some(customer.customer_id.clone()));
            }
        }
        Ok(None)
    }

    fn is(&self, customer: &Customer, question: &CustomerFilter) -> bool {
        let is_answer = match question {
            CustomerFilter { identifier: Some(identifier), .. } => {
                return customer.identifier.as_ref() == Some(identifier);
            }
            CustomerFilter { email: Some(email), .. } => {
                customer.email.iter().any(|known| is_same_address(known, email))
            }
            CustomerFilter { phone_number: Some(phone), .. } => {
                let numbers = customer.phone_numbers.iter().chain(&customer.phone_number);
                numbers.map(|number| digits(number)).any(|known| known == digits(phone))
            }
            _ => false,
        };
        let is_other = match (&self.identifier, &customer.identifier) {
            (Some(wanted), Some(known)) => wanted != known,
            _ => false,
        };
        is_answer && !is_other
    }
}

/// Numbers by size, and before anything else.
pub(super) fn oldest_first(id: &str) -> (u64, String) {
    (id.parse().unwrap_or(u64::MAX), id.to_owned())
}

/// A field may hold several addresses, with commas between them.
fn is_same_address(known: &str, wanted: &str) -> bool {
    known.split([',', ';']).any(|known| known.trim().eq_ignore_ascii_case(wanted))
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn said(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn draft(name: &str, external_id: &str, email: &str) -> TicketDraft {
        let text = |text: &str| Some(text.to_owned());
        let customer = Named {
            external_id: text(external_id),
            name: text(name),
            email: text(email),
            phone: text("+48 22 1"),
        };
        TicketDraft { customer: Some(customer), ..TicketDraft::default() }
    }

    #[test]
    fn a_customer_is_made_of_a_name_with_a_surname_at_its_end() {
        for (name, first, last) in
            [("Jan Maria Kowalski", Some("Jan Maria"), "Kowalski"), (" ACME ", None, "ACME")]
        {
            let draft = draft(name, "user_42", "jan@foo.bar");
            let customer = Wanted::of_draft(&draft).unwrap().new_customer(&draft).unwrap();
            assert_eq!((customer.name.as_deref(), customer.surname.as_str()), (first, last));
            assert_eq!(customer.identifier.as_deref(), Some("user_42"));
        }
    }

    #[test]
    fn a_customer_without_a_name_is_not_made_and_one_without_id_and_address_not_sought() {
        let nameless = draft(" ", "user_42", "");
        assert_eq!(Wanted::of_draft(&nameless).unwrap().new_customer(&nameless), None);
        assert_eq!(Wanted::of_draft(&draft("Jan", " ", "")), None);
        assert_eq!(Wanted::of_draft(&TicketDraft::default()), None);
    }

    #[test]
    fn a_customer_with_another_id_upstream_is_another_customer() {
        let sought = Wanted::of_draft(&draft("Jan", "user_42", "jan@foo.bar")).unwrap();
        let question = &sought.questions()[1];
        let known = |identifier: &str, email: &str| Customer {
            identifier: said(Some(identifier)),
            email: vec![email.to_owned()],
            ..Customer::default()
        };
        assert!(sought.is(&known("user_42", "JAN@foo.bar"), question));
        assert!(sought.is(&known("", "other@foo.bar, jan@foo.bar"), question));
        assert!(!sought.is(&known("user_43", "jan@foo.bar"), question));
        assert!(!sought.is(&known("", "jan@foo.barbados"), question));
    }
}
