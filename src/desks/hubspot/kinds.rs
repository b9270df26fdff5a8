//! The kinds of record that a ticket can be tied to.
//!
//! Source of the numbers: "Associate records", the list of ticket-to-object association types.

/// The property and the kind by which HubSpot keeps contacts apart.
pub(super) const CONTACT: (&str, &str) = ("contacts", "email");

/// The property and the kind by which companies are told apart; HubSpot does not enforce it.
pub(super) const COMPANY: (&str, &str) = ("companies", "domain");

/// One of HubSpot's own kinds.
struct Kind {
    /// As a rule may call it.
    singular: &'static str,
    /// As paths call it; a rule may say this too.
    plural: &'static str,
    /// The type of an unlabelled association from a ticket.
    association: u64,
}

const fn kind(singular: &'static str, plural: &'static str, association: u64) -> Kind {
    Kind { singular, plural, association }
}

const KINDS: &[Kind] = &[
    kind("contact", "contacts", 16),
    kind("company", "companies", 339),
    kind("deal", "deals", 28),
    kind("ticket", "tickets", 452),
    kind("order", "orders", 526),
    kind("payment", "commerce_payments", 1355),
    kind("subscription", "subscriptions", 1122),
    kind("note", "notes", 227),
    kind("call", "calls", 219),
    kind("email", "emails", 223),
    kind("meeting", "meetings", 225),
    kind("task", "tasks", 229),
    kind("communication", "communications", 84),
    kind("postal_mail", "postal_mail", 456),
    kind("thread", "threads", 32),
    kind("conversation", "conversations", 278),
    kind("appointment", "appointments", 947),
    kind("course", "courses", 941),
    kind("listing", "listings", 943),
    kind("service", "services", 797),
    kind("feedback_submission", "feedback_submissions", 99),
    kind("project", "projects", 1241),
];

/// The kind's name in paths; a kind of the account's own (`2-3456`, `p_cars`) is called as it is.
pub(super) fn path_name(object: &str) -> &str {
    find(object).map_or(object, |kind| kind.plural)
}

/// The type of an unlabelled association from a ticket; `None` for a kind of the account's own.
pub(super) fn default_association(object: &str) -> Option<u64> {
    find(object).map(|kind| kind.association)
}

fn find(object: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| {
        object.eq_ignore_ascii_case(kind.singular) || object.eq_ignore_ascii_case(kind.plural)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_goes_by_either_name() {
        for name in ["company", "companies", "Company"] {
            assert_eq!((path_name(name), default_association(name)), ("companies", Some(339)));
        }
    }

    #[test]
    fn a_kind_of_the_accounts_own_has_no_default() {
        assert_eq!((path_name("2-3456"), default_association("2-3456")), ("2-3456", None));
    }
}
