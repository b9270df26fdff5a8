//! Dead letters as issues.

use actix_web::{
    HttpRequest,
    web::{self, Json},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Answer, Refusal,
    admission::{May, Operate, Read},
    body::{Body, optional_reason, reason},
    described::Refused,
    looking::{List, desk_name},
    parameters::Parameters,
};
use crate::{
    delivery::Reason,
    event::DeskName,
    ledger::{Issue, IssueStatus},
    operators::{Office, OfficeError},
};

/// What an operator says of an issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Word {
    /// How it stands.
    #[schema(value_type = IssueStatus, required = true)]
    status: Option<String>,
    /// For those who look later; wanted with `resolved` and `ignored`.
    #[schema(min_length = 1, max_length = 500, pattern = "\\S")]
    reason: Option<String>,
}

/// The dead letters as issues, one for each reason and desk: those with the most first.
#[utoipa::path(
    get, path = "/api/v1/issues", tag = "read", security(("token" = ["read"])),
    params(("status" = Option<IssueStatus>, Query, description = "Those that stand like this.")),
    responses((status = 200, description = "All of them.", body = List<Issue>), Refused),
)]
pub(super) async fn issues(
    _: May<Read>,
    request: HttpRequest,
    office: web::Data<Office>,
) -> Answer<List<Issue>> {
    let mut parameters = Parameters::of(&request)?;
    let wanted = parameters.text("status")?.map(|text| status("status", &text)).transpose()?;
    parameters.done(&["status"])?;
    let mut issues = office.issues().await?;
    issues.retain(|issue| wanted.is_none_or(|wanted| issue.status == wanted));
    Ok(Json(List::whole(issues)))
}

/// Says how an issue stands. One that is resolved is open again when another delivery dies of it.
#[utoipa::path(
    post, path = "/api/v1/issues/{desk}/{died_of}", tag = "operate",
    params(
        ("desk" = String, Path, description = "The desk's name."),
        ("died_of" = String, Path, description = "The reason that the letters died of."),
    ),
    request_body(content = Word), security(("token" = ["operate"])),
    responses((status = 200, description = "The issue.", body = Issue), Refused),
)]
pub(super) async fn judge(
    may: May<Operate>,
    path: web::Path<(String, String)>,
    office: web::Data<Office>,
    Body(Word { status, reason }): Body<Word>,
) -> Answer<Issue> {
    let (status, why) = word(status, reason)?;
    let (desk, died_of) = path.into_inner();
    let (desk, died_of) = named(&desk, &died_of)?;
    let by = office.by_token(&may.token, why);
    Ok(Json(office.judge_issue(&desk, died_of, status, &by).await?))
}

/// What is said of an issue, and why.
pub(in super::super) fn word(
    said: Option<String>,
    why: Option<String>,
) -> Result<(IssueStatus, Option<String>), Refusal> {
    let status = status("status", &said.unwrap_or_default())?;
    let why = match status {
        IssueStatus::Resolved | IssueStatus::Ignored => Some(reason(why)?),
        IssueStatus::Open | IssueStatus::Acknowledged => optional_reason(why)?,
    };
    Ok((status, why))
}

/// The issue of this desk and reason.
pub(in super::super) fn named(desk: &str, died_of: &str) -> Result<(DeskName, Reason), Refusal> {
    let unknown = |_| OfficeError::unknown("issue", format!("{died_of} at {desk}"));
    Ok((desk_name(desk)?, died_of.parse().map_err(unknown)?))
}

fn status(name: &'static str, text: &str) -> Result<IssueStatus, Refusal> {
    text.parse().map_err(|_| {
        let allowed = IssueStatus::ALL.map(IssueStatus::as_str).join(", ");
        Refusal::parameter(name, "is none of the words", format!("allowed are {allowed}"))
    })
}
