//! `deskbell issues`: dead letters as issues, and what an operator says of one.

use clap::{Args, Subcommand, ValueEnum};

use super::{Context, Exit, acting::by, argument, output};
use crate::{
    delivery::Reason,
    event::DeskName,
    ledger::{Issue, IssueStatus, Ledger},
};

/// Dead letters as issues, one for each reason and desk: list them, say how one stands.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// The issues, those with the most dead letters first.
    List {
        /// Those that stand like this.
        #[arg(long)]
        status: Option<Status>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Somebody sees to it.
    Acknowledge(Named),
    /// What it came of is mended. Another death opens it again.
    Resolve(Explained),
    /// Nobody need look, whatever else dies of it.
    Ignore(Explained),
    /// It is to be seen to after all.
    Reopen(Named),
}

/// How an issue stands.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Open,
    Acknowledged,
    Resolved,
    Ignored,
}

impl From<Status> for IssueStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Open => Self::Open,
            Status::Acknowledged => Self::Acknowledged,
            Status::Resolved => Self::Resolved,
            Status::Ignored => Self::Ignored,
        }
    }
}

/// An issue, and perhaps why.
#[derive(Debug, Args)]
struct Named {
    /// What its letters died of.
    reason: String,
    /// At this desk.
    #[arg(long)]
    desk: String,
    /// Why, for those who look later.
    #[arg(long)]
    why: Option<String>,
}

/// An issue, and why.
#[derive(Debug, Args)]
struct Explained {
    /// What its letters died of.
    reason: String,
    /// At this desk.
    #[arg(long)]
    desk: String,
    /// Why, for those who look later.
    #[arg(long)]
    why: String,
}

impl From<Explained> for Named {
    fn from(Explained { reason, desk, why }: Explained) -> Self {
        Self { reason, desk, why: Some(why) }
    }
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let ledger = context.ledger()?;
        let (status, named) = match self.act {
            Act::List { status, json } => {
                let mut issues = ledger.issues().await?;
                issues.retain(|issue| status.is_none_or(|wanted| issue.status == wanted.into()));
                return list(&issues, json);
            }
            Act::Acknowledge(named) => (IssueStatus::Acknowledged, named),
            Act::Resolve(named) => (IssueStatus::Resolved, named.into()),
            Act::Ignore(named) => (IssueStatus::Ignored, named.into()),
            Act::Reopen(named) => (IssueStatus::Open, named),
        };
        judge(&*ledger, status, named, context).await
    }
}

async fn judge(
    ledger: &dyn Ledger,
    status: IssueStatus,
    Named { reason, desk, why }: Named,
    context: &Context,
) -> anyhow::Result<Exit> {
    let reason: Reason = argument("reason", &reason)?;
    let desk: DeskName = argument("--desk", &desk)?;
    let Some(issue) = ledger.judge_issue(reason, &desk, status, &by(context, why)).await? else {
        output::aside(format_args!("nothing is dead of {reason} at {desk}"));
        return Ok(Exit::No);
    };
    let (letters, status) = (issue.letters, issue.status);
    output::line(format_args!("{reason} at {desk}: {status}, {letters} dead letters"))?;
    Ok(Exit::Done)
}

fn list(issues: &[Issue], json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(&issues)?;
        return Ok(Exit::Done);
    }
    let mut table = output::table(["reason", "desk", "letters", "first", "last", "status", "why"]);
    for issue in issues {
        let said = issue.said.as_ref().map_or_else(String::new, |said| {
            format!("{}: {}", said.who, said.why.as_deref().unwrap_or("no reason given"))
        });
        table.add_row([
            issue.reason.to_string(),
            issue.desk.to_string(),
            issue.letters.to_string(),
            output::instant(issue.first),
            output::instant(issue.last),
            issue.status.to_string(),
            said,
        ]);
    }
    output::line(table)?;
    Ok(Exit::Done)
}
