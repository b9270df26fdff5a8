//! One Thulium system over HTTP: every documented call about tickets, with types.

use futures_util::{Stream, stream};

use super::{
    Settings, answers,
    bodies::{CustomerResponse, NewCustomer, NewTicket, TicketChange},
    filter::{CustomerFilter, LONGEST_CUSTOMER_PAGE, LONGEST_TICKET_PAGE, TicketFilter},
    records::{Customer, Entry, Page, Ticket},
    requests,
};
use crate::{
    delivery::Step,
    desks::{
        BuildError, DeskError, DeskSettings, Pacer, Preview,
        call::{Call, Credential},
        caller::Caller,
    },
};

/// Sends Thulium's requests and reads its answers. Nothing of it e-mails a customer, but a new
/// ticket with [`Direction::Out`](super::Direction::Out).
#[derive(Debug)]
pub struct Account {
    caller: Caller,
}

impl Account {
    /// Sets the client up; nothing is sent.
    pub fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        let credential = Credential::basic(&vendor.user, &vendor.password);
        Ok(Self { caller: Caller::new(settings, credential)? })
    }

    /// One page of tickets.
    pub async fn tickets_page(&self, filter: &TicketFilter) -> Result<Page<Ticket>, DeskError> {
        answers::page(&self.caller.send("tickets", &requests::tickets(filter)).await?)
    }

    /// All tickets from the filter's offset to the end, page by page. Without an order the oldest
    /// come first, so that none moves to another page while they are read.
    pub fn tickets(
        &self,
        filter: TicketFilter,
    ) -> impl Stream<Item = Result<Ticket, DeskError>> + '_ {
        let mut filter = filter;
        filter.limit.get_or_insert(LONGEST_TICKET_PAGE);
        if filter.order.is_empty() {
            filter.order.push("create_date".to_owned());
        }
        let first = filter.offset.unwrap_or_default();
        pages(first, move |offset| {
            let filter = TicketFilter { offset: Some(offset), ..filter.clone() };
            async move { self.tickets_page(&filter).await }
        })
    }

    /// One ticket, with its messages and custom fields; `None` where there is none.
    pub async fn ticket(&self, id: &str) -> Result<Option<Ticket>, DeskError> {
        answers::record(&self.caller.send("ticket", &requests::ticket(id)?).await?)
    }

    /// Opens a ticket; its id.
    pub async fn create_ticket(&self, ticket: &NewTicket) -> Result<String, DeskError> {
        let reply = self.caller.send("ticket", &requests::create_ticket(ticket)?).await?;
        answers::created(&reply, &["ticket_id", "id"])
    }

    /// Changes a ticket.
    pub async fn update_ticket(&self, id: &str, change: &TicketChange) -> Result<(), DeskError> {
        answers::changed(&self.caller.send("update", &requests::update_ticket(id, change)?).await?)
    }

    /// Adds a message to a ticket as if the customer had written it.
    pub async fn respond_as_customer(
        &self,
        id: &str,
        response: &CustomerResponse,
    ) -> Result<(), DeskError> {
        let call = requests::customer_response(id, response)?;
        answers::changed(&self.caller.send("comment", &call).await?)
    }

    /// Adds a comment that agents see. The call's page is not public: `field` is the member that
    /// takes the text.
    pub async fn comment(&self, id: &str, field: &str, text: &str) -> Result<(), DeskError> {
        let call = requests::comment(id, field, text)?;
        answers::changed(&self.caller.send("comment", &call).await?)
    }

    /// One page of customers.
    pub async fn customers_page(
        &self,
        filter: &CustomerFilter,
    ) -> Result<Page<Customer>, DeskError> {
        answers::page(&self.caller.send("customers", &requests::customers(filter)).await?)
    }

    /// All customers from the filter's offset to the end, page by page.
    pub fn customers(
        &self,
        filter: CustomerFilter,
    ) -> impl Stream<Item = Result<Customer, DeskError>> + '_ {
        let mut filter = filter;
        filter.limit.get_or_insert(LONGEST_CUSTOMER_PAGE);
        let first = filter.offset.unwrap_or_default();
        pages(first, move |offset| {
            let filter = CustomerFilter { offset: Some(offset), ..filter.clone() };
            async move { self.customers_page(&filter).await }
        })
    }

    /// One customer; `None` where there is none.
    pub async fn customer(&self, id: &str) -> Result<Option<Customer>, DeskError> {
        answers::record(&self.caller.send("customer", &requests::customer(id)?).await?)
    }

    /// Makes a customer; its id.
    pub async fn create_customer(&self, customer: &NewCustomer) -> Result<String, DeskError> {
        let reply = self.caller.send("customer", &requests::create_customer(customer)?).await?;
        answers::created(&reply, &["customer_id", "id"])
    }

    /// The states that tickets can be in.
    pub async fn statuses(&self) -> Result<Vec<Entry>, DeskError> {
        self.entries("/ticket_statuses").await
    }

    /// The queues.
    pub async fn queues(&self) -> Result<Vec<Entry>, DeskError> {
        self.entries("/ticket_queues").await
    }

    /// The categories.
    pub async fn categories(&self) -> Result<Vec<Entry>, DeskError> {
        self.entries("/ticket_categories").await
    }

    /// The agents, by login.
    pub async fn agents(&self) -> Result<Vec<Entry>, DeskError> {
        self.entries("/agents").await
    }

    /// One agent; `None` where there is none.
    pub async fn agent(&self, login: &str) -> Result<Option<Entry>, DeskError> {
        answers::entry(&self.caller.send("agent", &requests::agent(login)?).await?)
    }

    async fn entries(&self, path: &'static str) -> Result<Vec<Entry>, DeskError> {
        answers::entries(&self.caller.send("schema", &requests::entries(path)).await?)
    }

    pub(super) fn pacer(&self) -> &Pacer {
        self.caller.pacer()
    }

    pub(super) fn latest_begin(&self) -> Option<tokio::time::Instant> {
        self.caller.latest_begin()
    }

    pub(super) fn preview(&self, step: &Step, only: Option<&str>, call: Call) -> Preview {
        self.caller.preview(step, only, call)
    }
}

/// The items of all pages. The end is a page without items, or the count.
fn pages<T, A, R>(first: u64, ask: A) -> impl Stream<Item = Result<T, DeskError>>
where
    A: Fn(u64) -> R,
    R: Future<Output = Result<Page<T>, DeskError>>,
{
    let begin = (first, true, Vec::new().into_iter(), ask);
    stream::try_unfold(begin, |(mut offset, mut is_more, mut items, ask)| async move {
        loop {
            if let Some(item) = items.next() {
                return Ok(Some((item, (offset, is_more, items, ask))));
            }
            if !is_more {
                return Ok(None);
            }
            let page = ask(offset).await?;
            offset += page.result.len() as u64;
            is_more = !page.result.is_empty() && page.count.is_none_or(|count| offset < count);
            items = page.result.into_iter();
        }
    })
}
