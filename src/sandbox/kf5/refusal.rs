//! What the simulated KF5 refuses. The vendor documents neither statuses nor bodies of errors, but
//! for one sentence: that a solved ticket needs an assignee.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde_json::json;
use thiserror::Error;

use crate::sandbox::answers;

/// A call that KF5 refuses.
#[derive(Debug, Error)]
pub(super) enum Refusal {
    #[error("用户名或密码错误")]
    Key,
    #[error("没有权限")]
    Role,
    #[error("记录不存在")]
    NotFound,
    #[error("请求过于频繁")]
    TooMany,
    #[error("请求内容不是有效的JSON")]
    NotJson,
    #[error("{0}不能为空")]
    Missing(&'static str),
    #[error("{0}无效")]
    Invalid(&'static str),
    /// The one sentence of the vendor's page.
    #[error("状态为已解决时,受理人不能为空")]
    SolvedByNobody,
    #[error("工单已关闭")]
    Closed,
    #[error("一次操作最多100个工单")]
    TooManyTickets,
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Key => StatusCode::UNAUTHORIZED,
            Self::Role => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::NotJson | Self::TooManyTickets => StatusCode::BAD_REQUEST,
            Self::Missing(_) | Self::Invalid(_) | Self::SolvedByNobody | Self::Closed => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    }

    /// The whole answer.
    pub(super) fn response(&self) -> HttpResponse {
        HttpResponse::build(self.status()).json(json!({ "message": self.to_string() }))
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.response()
    }
}

/// The answer to a status that a fault asks for; a proxy's page where it is none of the above.
pub(super) fn answer(status: StatusCode) -> HttpResponse {
    match status.as_u16() {
        400 => Refusal::NotJson.response(),
        401 => Refusal::Key.response(),
        403 => Refusal::Role.response(),
        404 => Refusal::NotFound.response(),
        422 => Refusal::Missing("标题").response(),
        429 => Refusal::TooMany.response(),
        _ => answers::html(status),
    }
}
