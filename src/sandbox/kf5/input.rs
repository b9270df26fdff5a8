//! The bodies of create and update, read and judged.

use serde_json::Value;

use super::{
    comments::NewComment, refusal::Refusal, settings::Account, ticket::Ticket, users::Users,
};

const KINDS: [&str; 4] = ["problem", "incident", "question", "task"];
const STATUSES: [&str; 5] = ["new", "open", "pending", "solved", "closed"];
const PRIORITIES: [&str; 4] = ["low", "medium", "high", "urgent"];

/// The last of the custom fields.
pub(super) const FIELDS: u32 = 200;

/// The page's list, and what may be chosen from it.
pub(super) const LIST: (&str, [&str; 2]) = ("field_36", ["下拉菜单选项", "下拉菜单选项2"]);

/// What a body changes of a ticket.
#[derive(Debug, Clone, Default)]
pub(super) struct Input {
    pub(super) title: Option<String>,
    pub(super) comment: Option<NewComment>,
    kind: Option<String>,
    status: Option<String>,
    priority: Option<String>,
    assignee: Option<u64>,
    group: Option<u64>,
    pub(super) problem: Option<u64>,
    due: Option<String>,
    tags: Option<Vec<String>>,
    collaborators: Option<Vec<u64>>,
    fields: Vec<(String, Value)>,
}

impl Input {
    /// Reads the member `ticket`.
    pub(super) fn read(ticket: &Value, users: &Users, account: &Account) -> Result<Self, Refusal> {
        let members = ticket.as_object().ok_or(Refusal::Missing("ticket"))?;
        let said = |name: &str| members.get(name).filter(|value| !value.is_null());
        let comment = said("comment").map(NewComment::read).transpose()?;
        let group = number(said("group_id"), "受理组")?;
        let assignee = number(said("assignee_id"), "受理人")?;
        if assignee.is_some_and(|id| !users.is_agent(id)) {
            return Err(Refusal::Invalid("受理人"));
        }
        if group.is_some_and(|id| !account.groups.contains(&id)) {
            return Err(Refusal::Invalid("受理组"));
        }
        Ok(Self {
            title: text(said("title"), "标题")?,
            comment,
            kind: word(said("type"), &KINDS, "类型")?,
            status: word(said("status"), &STATUSES, "状态")?,
            priority: word(said("priority"), &PRIORITIES, "优先级")?,
            assignee,
            group,
            problem: number(said("problem_id"), "故障工单")?,
            due: text(said("due_at"), "截止时间")?,
            tags: texts(said("tags"))?,
            collaborators: collaborators(said("collaborator_ids"), users)?,
            fields: fields(said("custom_fields"), account)?,
        })
    }

    /// Refuses a new ticket without one of the fields that it needs.
    pub(super) fn check_required(&self, account: &Account) -> Result<(), Refusal> {
        let given = |name: &String| self.fields.iter().any(|(field, _)| field == name);
        if account.required_fields.iter().all(given) {
            Ok(())
        } else {
            Err(Refusal::Missing("自定义字段"))
        }
    }

    /// The ticket with everything but the comment; what it must not become is refused.
    pub(super) fn apply(&self, ticket: &Ticket, problem_exists: bool) -> Result<Ticket, Refusal> {
        let mut changed = ticket.clone();
        if let Some(title) = &self.title {
            changed.title.clone_from(title);
        }
        if let Some(status) = &self.status {
            changed.status.clone_from(status);
        }
        changed.kind = self.kind.clone().or(changed.kind);
        changed.priority = self.priority.clone().or(changed.priority);
        changed.assignee = self.assignee.or(changed.assignee);
        changed.group = self.group.or(changed.group);
        changed.problem = self.problem.or(changed.problem);
        changed.due = self.due.clone().or(changed.due);
        changed.tags = self.tags.clone().unwrap_or(changed.tags);
        changed.collaborators = self.collaborators.clone().unwrap_or(changed.collaborators);
        for (name, value) in &self.fields {
            changed.fields.retain(|(other, _)| other != name);
            changed.fields.push((name.clone(), value.clone()));
        }
        let is_incident = changed.kind.as_deref() == Some("incident");
        if self.problem.is_some() && !(is_incident && problem_exists) {
            return Err(Refusal::Invalid("故障工单"));
        }
        if changed.status == "solved" && changed.assignee.is_none() {
            return Err(Refusal::SolvedByNobody);
        }
        Ok(changed)
    }
}

fn text(value: Option<&Value>, name: &'static str) -> Result<Option<String>, Refusal> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Err(Refusal::Missing(name)),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::Invalid(name)),
    }
}

fn word(
    value: Option<&Value>,
    words: &[&str],
    name: &'static str,
) -> Result<Option<String>, Refusal> {
    let text = text(value, name)?;
    match text {
        Some(text) if !words.contains(&text.as_str()) => Err(Refusal::Invalid(name)),
        text => Ok(text),
    }
}

fn number(value: Option<&Value>, name: &'static str) -> Result<Option<u64>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.map(Some).ok_or(Refusal::Invalid(name))
}

fn texts(value: Option<&Value>) -> Result<Option<Vec<String>>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let list = value.as_array().ok_or(Refusal::Invalid("标签"))?;
    let texts: Option<_> = list.iter().map(|tag| tag.as_str().map(str::to_owned)).collect();
    texts.map(Some).ok_or(Refusal::Invalid("标签"))
}

fn collaborators(value: Option<&Value>, users: &Users) -> Result<Option<Vec<u64>>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    let list = value.as_array().ok_or(Refusal::Invalid("副本用户"))?;
    let mut ids = Vec::new();
    for id in list {
        let id = number(Some(id), "副本用户")?.filter(|&id| users.get(id).is_some());
        ids.push(id.ok_or(Refusal::Invalid("副本用户"))?);
    }
    Ok(Some(ids))
}

fn fields(value: Option<&Value>, account: &Account) -> Result<Vec<(String, Value)>, Refusal> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let list = value.as_array().ok_or(Refusal::Invalid("自定义字段"))?;
    let mut fields = Vec::new();
    for field in list {
        let name = field["name"].as_str().filter(|name| exists(name, account));
        let name = name.ok_or(Refusal::Invalid("自定义字段"))?;
        let value = &field["value"];
        let (list, options) = LIST;
        if name == list && !value.as_str().is_some_and(|value| options.contains(&value)) {
            return Err(Refusal::Invalid("下拉菜单"));
        }
        fields.push((name.to_owned(), value.clone()));
    }
    Ok(fields)
}

/// Whether the account has a field of this name.
fn exists(name: &str, account: &Account) -> bool {
    let number = name.strip_prefix("field_").and_then(|number| number.parse::<u32>().ok());
    let is_missing = account.missing_fields.contains(name);
    !is_missing && number.is_some_and(|number| (1..=FIELDS).contains(&number))
}
