//! Erasing customers.

use actix_web::web::{self, Json};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Answer, Refusal,
    admission::{Admin, May},
    body::{Body, optional_reason, reason},
    described::Refused,
};
use crate::operators::{EraseWish, ErasureReport, Office};

/// Whom to erase, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Whom {
    /// The customer's id, with its digits as events have them.
    #[schema(min_length = 1)]
    pub(in super::super) customer: String,
    /// Members of the payload that name the customer, as `data.customerExternalId`; those of
    /// `[privacy]` where nothing is said.
    #[serde(default)]
    pub(in super::super) paths: Vec<String>,
    /// Whether deliveries that have not come to an end are discarded.
    #[serde(default)]
    pub(in super::super) even_open: bool,
    /// Whether nothing is to be written.
    #[serde(default)]
    pub(in super::super) dry_run: bool,
    /// For those who look later; wanted unless nothing is written.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    pub(in super::super) reason: Option<String>,
}

impl Whom {
    /// What is wished, and why. `usual`: the members that name a customer where none is said.
    pub(in super::super) fn read(
        self,
        usual: &[String],
    ) -> Result<(EraseWish, Option<String>), Refusal> {
        let Self { customer, paths, even_open, dry_run, reason: why } = self;
        let why = if dry_run { optional_reason(why)? } else { Some(reason(why)?) };
        if customer.is_empty() {
            return Err(Refusal::parameter("customer", "is missing", "allowed is the id"));
        }
        let paths = if paths.is_empty() { usual } else { &paths };
        let wish = EraseWish::new(paths, &customer).map_err(|error| {
            Refusal::parameter("paths", "cannot be read", format!("each {error}"))
        })?;
        Ok((EraseWish { even_open, dry_run, ..wish }, why))
    }
}

/// Erases what the events of a customer say, from ledger, dead letters and the embedded journal, and
/// tells what it could not.
#[utoipa::path(
    post, path = "/api/v1/erase", tag = "admin",
    request_body(content = Whom), security(("token" = ["admin"])),
    responses((status = 200, description = "What was erased, or would be.", body = ErasureReport), Refused),
)]
pub(super) async fn erase(
    may: May<Admin>,
    office: web::Data<Office>,
    Body(whom): Body<Whom>,
) -> Answer<ErasureReport> {
    let (wish, why) = whom.read(&office.privacy.customer_paths)?;
    Ok(Json(office.erase(&wish, &office.by_token(&may.token, why)).await?))
}
