//! Forms: small, and strict as the API's bodies are.

use std::future::Future;

use actix_web::{
    FromRequest as _, HttpRequest,
    dev::Payload,
    web::{Form, Query},
};
use serde::Serialize;

use super::refusal::Turned;
use crate::operators::api::{body, refusal::Refusal};

/// What is wrong in a form, and in which field.
#[derive(Debug, Serialize)]
pub(super) struct Wrong {
    name: String,
    words: String,
}

impl Wrong {
    /// What the API would say of a parameter; anything else is handed on.
    pub(super) fn of(refusal: Refusal) -> Result<Self, Refusal> {
        match refusal {
            Refusal::Parameter { name, what, allowed } => {
                Ok(Self { name, words: format!("{what}; {allowed}") })
            }
            other => Err(other),
        }
    }

    /// What is to be said of this field.
    pub(super) fn at(name: &str, words: String) -> Self {
        Self { name: name.to_owned(), words }
    }
}

/// The fields of a form that were not taken yet.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a form, of 16 KiB at most where its path has no bound of its own.
    pub(super) fn read(
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self, Turned>> + use<> {
        let reading = Form::<Vec<(String, String)>>::from_request(request, payload);
        async move {
            let form = reading.await.map_err(|_unread| Turned::BadForm)?;
            Ok(Self(form.into_inner()))
        }
    }

    /// What a link fills a form with.
    pub(super) fn of_query(request: &HttpRequest) -> Result<Self, Turned> {
        let sent = Query::<Vec<(String, String)>>::from_query(request.query_string());
        Ok(Self(sent.map_err(|_unread| Turned::BadForm)?.into_inner()))
    }

    /// What stands in a field; `None` where that is nothing.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        let (_, value) = self.0.swap_remove(at);
        Some(value).filter(|value| !value.trim().is_empty())
    }

    /// Why somebody acts, where it has to be said; the last field that is taken.
    pub(super) fn reason(mut self) -> Result<String, Turned> {
        let why = body::reason(self.take("reason"))?;
        self.done().map(|()| why)
    }

    /// Why somebody acts, where it may be said; the last field that is taken.
    pub(super) fn maybe_reason(mut self) -> Result<Option<String>, Turned> {
        let why = body::optional_reason(self.take("reason"))?;
        self.done().map(|()| why)
    }

    /// Refuses a form with fields that nobody took.
    pub(super) fn done(self) -> Result<(), Turned> {
        if self.0.is_empty() { Ok(()) } else { Err(Turned::BadForm) }
    }
}
