//! One KF5 account over HTTP: every documented ticket call, typed.

use futures_util::{Stream, TryStreamExt};

use super::{
    Attachment, Change, Changed, Comment, Group, Id, Ids, ListFilter, NewTicket, Search, Settings,
    Ticket, TicketField, User, answers, calls,
    pages::{self, Listing, Page},
    reading::Record,
};
use crate::{
    delivery::Step,
    desks::{
        BuildError, DeskError, DeskSettings, Pacer, Preview,
        call::{Call, Credential},
        caller::Caller,
        reply::Reply,
    },
    ticket::TicketRef,
};

/// Sends KF5's requests and reads its answers.
#[derive(Debug)]
pub struct Client {
    caller: Caller,
}

impl Client {
    /// Sets the account's client up; nothing is sent.
    pub fn new(settings: &DeskSettings, vendor: &Settings) -> Result<Self, BuildError> {
        // The token stands for the password of the agent with this address ("Introduction").
        let user = format!("{}/token", vendor.email);
        let credential = Credential::basic(&user, &vendor.token);
        Ok(Self { caller: Caller::new(settings, credential)? })
    }

    /// All tickets that `filter` lets through, page after page. For administrators alone.
    pub fn tickets(
        &self,
        filter: &ListFilter,
    ) -> impl Stream<Item = Result<Ticket, DeskError>> + use<'_> {
        pages::records(self, calls::list(filter))
    }

    /// The tickets of one agent, page after page.
    pub fn tickets_of(
        &self,
        agent: &Id,
        filter: &ListFilter,
    ) -> impl Stream<Item = Result<Ticket, DeskError>> + use<'_> {
        pages::records(self, calls::list_of(agent, filter))
    }

    /// The tickets that `search` finds, page after page. How soon search learns of a ticket, and
    /// whether it takes a value to the letter, is not documented.
    pub fn search(
        &self,
        search: &Search,
    ) -> impl Stream<Item = Result<Ticket, DeskError>> + use<'_> {
        pages::records(self, calls::search(search))
    }

    /// The incidents of a problem.
    pub fn incidents(
        &self,
        problem: &Id,
    ) -> impl Stream<Item = Result<Ticket, DeskError>> + use<'_> {
        pages::records(self, calls::incidents(problem))
    }

    /// All problems, the one that was changed last first.
    pub fn problems(&self) -> impl Stream<Item = Result<Ticket, DeskError>> + use<'_> {
        pages::records(self, calls::problems())
    }

    /// The users who may get copies of a ticket.
    pub fn collaborators(
        &self,
        ticket: &Id,
    ) -> impl Stream<Item = Result<User, DeskError>> + use<'_> {
        pages::records(self, calls::collaborators(ticket))
    }

    /// The comments of a ticket, the oldest first.
    pub fn comments(
        &self,
        ticket: &Id,
    ) -> impl Stream<Item = Result<Comment, DeskError>> + use<'_> {
        pages::records(self, calls::comments(ticket))
    }

    /// Users by words; the search is not to the letter.
    pub fn users(&self, words: &str) -> impl Stream<Item = Result<User, DeskError>> + use<'_> {
        pages::records(self, calls::users(words))
    }

    /// The custom fields that tickets may have.
    pub async fn ticket_fields(&self) -> Result<Vec<TicketField>, DeskError> {
        pages::records(self, calls::ticket_fields()).try_collect().await
    }

    /// One ticket; `None` where there is none.
    pub async fn show(&self, id: &Id) -> Result<Option<Ticket>, DeskError> {
        let reply = self.send("show", &calls::show(id)).await?;
        // A page of a proxy does not say that there is no ticket.
        if reply.status == 404 && !reply.is_page() {
            return Ok(None);
        }
        answers::one(&reply, "ticket").map(Some)
    }

    /// Those of `ids` that there are.
    pub async fn show_many(&self, ids: &Ids) -> Result<Vec<Ticket>, DeskError> {
        answers::many(&self.send("show", &calls::show_many(ids)).await?, "tickets")
    }

    /// Makes a ticket.
    pub async fn create(&self, ticket: &NewTicket) -> Result<TicketRef, DeskError> {
        self.create_by(&calls::create(ticket)).await
    }

    /// Changes a ticket, and adds the reply that the change holds.
    pub async fn update(&self, id: &Id, change: &Change) -> Result<Ticket, DeskError> {
        self.update_for("update", id, change).await
    }

    /// Makes one change to several tickets, and tells of each what came of it.
    pub async fn update_many(&self, ids: &Ids, change: &Change) -> Result<Vec<Changed>, DeskError> {
        answers::many(&self.send("update", &calls::update_many(ids, change)).await?, "results")
    }

    /// Deletes a ticket. For administrators alone.
    pub async fn delete(&self, id: &Id) -> Result<(), DeskError> {
        answers::done(&self.send("delete", &calls::delete(id)).await?)
    }

    /// Deletes several tickets. For administrators alone.
    pub async fn delete_many(&self, ids: &Ids) -> Result<(), DeskError> {
        answers::done(&self.send("delete", &calls::delete_many(ids)).await?)
    }

    /// The agent whose key it is.
    pub async fn me(&self) -> Result<User, DeskError> {
        answers::one(&self.send("me", &calls::me()).await?, "user")
    }

    /// Those users of `ids` that there are.
    pub async fn show_users(&self, ids: &Ids) -> Result<Vec<User>, DeskError> {
        answers::many(&self.send("users", &calls::show_users(ids)).await?, "users")
    }

    /// One group of agents.
    pub async fn group(&self, id: &Id) -> Result<Group, DeskError> {
        answers::one(&self.send("group", &calls::group(id)).await?, "group")
    }

    /// Uploads a file, to be named in one comment by its token.
    pub async fn upload(&self, name: &str, content: Vec<u8>) -> Result<Attachment, DeskError> {
        answers::one(&self.send("upload", &calls::upload(name, content)).await?, "attachment")
    }

    pub(super) async fn create_by(&self, call: &Call) -> Result<TicketRef, DeskError> {
        answers::created(&self.send(&Step::Ticket.to_string(), call).await?)
    }

    pub(super) async fn update_for(
        &self,
        step: &str,
        id: &Id,
        change: &Change,
    ) -> Result<Ticket, DeskError> {
        answers::one(&self.send(step, &calls::update(id, change)).await?, "ticket")
    }

    pub(super) async fn page<T: Record>(&self, listing: &Listing) -> Result<Page<T>, DeskError> {
        listing.read(&self.send("list", &listing.call()).await?)
    }

    pub(super) fn pacer(&self) -> &Pacer {
        self.caller.pacer()
    }

    pub(super) fn preview(&self, step: &Step, only: Option<&str>, call: Call) -> Preview {
        self.caller.preview(step, only, call)
    }

    async fn send(&self, step: &str, call: &Call) -> Result<Reply, DeskError> {
        self.caller.send(step, call).await
    }
}
