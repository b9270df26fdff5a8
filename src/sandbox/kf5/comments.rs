//! Comments of tickets, and the files that they name.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{refusal::Refusal, ticket};

/// A comment.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub(super) id: u64,
    pub(super) content: String,
    pub(super) html: Option<String>,
    pub(super) public: bool,
    pub(super) author: u64,
    pub(super) created_at: Timestamp,
    pub(super) attachments: Vec<Value>,
}

/// A comment that a body holds.
#[derive(Debug, Clone)]
pub(super) struct NewComment {
    content: Option<String>,
    html: Option<String>,
    public: bool,
    uploads: Vec<String>,
}

/// Files by their tokens, until a comment names them.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    waiting: HashMap<String, Value>,
    made: u64,
}

impl NewComment {
    /// Reads the member `comment`.
    pub(super) fn read(value: &Value) -> Result<Self, Refusal> {
        let text = |name: &str| {
            value[name].as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
        };
        let (content, html) = (text("content"), text("html_content"));
        if content.is_none() && html.is_none() {
            return Err(Refusal::Missing("工单描述"));
        }
        let public = match &value["public"] {
            Value::Null => true,
            Value::Bool(public) => *public,
            Value::String(public) => public == "true",
            _ => return Err(Refusal::Invalid("public")),
        };
        let uploads = value["uploads"].as_array().into_iter().flatten();
        let uploads = uploads.filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(Self { content, html, public, uploads })
    }

    /// The comment with its files, which are its own from now on.
    pub(super) fn take(
        self,
        id: u64,
        author: u64,
        uploads: &mut Uploads,
        now: Timestamp,
    ) -> Result<Comment, Refusal> {
        let mut attachments = Vec::new();
        for token in &self.uploads {
            let file = uploads.waiting.remove(token).ok_or(Refusal::Invalid("附件"))?;
            attachments.push(file);
        }
        let content = self.content.or_else(|| self.html.clone()).unwrap_or_default();
        let (html, public) = (self.html, self.public);
        Ok(Comment { id, content, html, public, author, created_at: now, attachments })
    }
}

impl Comment {
    /// The comment as calls answer it.
    pub(super) fn shown(&self, ids_as_text: bool) -> Value {
        json!({
            "id": ticket::id(self.id, ids_as_text),
            "content": self.content,
            "html_content": self.html,
            "public": self.public,
            "author_id": ticket::id(self.author, ids_as_text),
            "created_at": ticket::time(self.created_at),
            "attachments": self.attachments,
        })
    }
}

impl Uploads {
    /// Keeps a file for the comment that will name it.
    pub(super) fn keep(&mut self, name: &str, size: usize) -> Value {
        self.made += 1;
        let token = format!("00154af5872418a7{:06x}", self.made);
        let file = json!({
            "id": self.made,
            "name": name,
            "size": size,
            "token": token,
            "content_url": format!("https://sandbox.kf5.com/attachments/{}", self.made),
        });
        self.waiting.insert(token, file.clone());
        file
    }
}
