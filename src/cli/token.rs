//! `deskbell token`: who may use the operators' API.

use std::time::Duration;

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Span, Timestamp};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{Context, Exit, WrongCall, acting::by, argument, clock, output};
use crate::{
    ledger::{NewToken, Scope, TokenId, TokenName, TokenRecord},
    operators,
};

/// Tokens of the operators' API: create, list, revoke.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Makes a token and shows it, this once.
    Create {
        /// Its name, which stands in the audit log beside what is done with it.
        name: String,
        /// What it admits to; each includes those before it: `read` to look, `operate` to act,
        /// `admin` to see the audit log and to say who may.
        #[arg(long = "scope", value_parser = ["read", "operate", "admin"], default_value = "read")]
        scopes: Vec<String>,
        /// After how long it ends by itself: `90d`, `12h`; or `never`.
        #[arg(long, default_value = "90d")]
        expires: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// All tokens, the newest first; not what they are, but who they are of.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Ends a token at once.
    Revoke {
        /// Its name or its id.
        token: String,
        /// Why, for those who look later.
        #[arg(long)]
        why: Option<String>,
    },
}

impl Options {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self.act {
            Act::Create { name, scopes, expires, json } => {
                let name: TokenName = argument("name", &name)?;
                let scopes: Vec<Scope> = scopes
                    .iter()
                    .map(|scope| argument("--scope", scope))
                    .collect::<Result<_, _>>()?;
                let scope = scopes.into_iter().max().unwrap_or_default();
                create(context, (name, scope), &expires, json).await
            }
            Act::List { json } => list(&context.ledger()?.tokens().await?, json),
            Act::Revoke { token, why } => {
                let which: TokenId = argument("token", &token)?;
                let revoked = context.ledger()?.revoke_token(&which, &by(context, why)).await?;
                let Some(revoked) = revoked else {
                    output::aside(format_args!("there is no token `{token}` to revoke"));
                    return Ok(Exit::No);
                };
                output::line(format_args!("token {} ({}) is revoked", revoked.name, revoked.id))?;
                Ok(Exit::Done)
            }
        }
    }
}

/// When a token ends that is made now; `None`: never.
fn expiry(now: Timestamp, expires: &str) -> anyhow::Result<Option<Timestamp>> {
    if expires == "never" {
        return Ok(None);
    }
    let span: Span = argument("--expires", expires)?;
    let wrong = || WrongCall(format!("--expires `{expires}` is no time such as `90d` or `12h`"));
    let lasts = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours());
    let lasts = lasts.map_err(|_calendar_units| wrong())?;
    if lasts < SignedDuration::from_secs(1) {
        return Err(wrong().into());
    }
    let lasts = Duration::try_from(lasts)?;
    Ok(Some(now.checked_add(lasts).map_err(|_too_far| wrong())?))
}

async fn create(
    context: &Context,
    (name, scope): (TokenName, Scope),
    expires: &str,
    json: bool,
) -> anyhow::Result<Exit> {
    let expires_at = expiry(clock().now(), expires)?;
    let (text, hash) = operators::mint()?;
    let token = NewToken { name, hash, scope, expires_at };
    // The first token may be made before the first start.
    let ledger = context.ledger_or_new()?;
    let Some(record) = ledger.create_token(&token, &by(context, None)).await? else {
        output::aside(format_args!(
            "there is a token `{0}` already: deskbell token revoke {0}",
            token.name.as_str()
        ));
        return Ok(Exit::No);
    };
    if json {
        output::json(&json!({ "token": text.expose_secret(), "record": record }))?;
    } else {
        output::line(text.expose_secret())?;
        output::aside(format_args!(
            "Keep it: it is not shown again. Scope {}, expires {}.",
            record.scope,
            until(record.expires_at)
        ));
    }
    Ok(Exit::Done)
}

fn until(end: Option<Timestamp>) -> String {
    end.map_or_else(|| "never".to_owned(), output::instant)
}

fn list(tokens: &[TokenRecord], json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(&tokens)?;
        return Ok(Exit::Done);
    }
    let now = clock().now();
    let header = ["id", "name", "scope", "state", "created", "by", "expires", "last used"];
    let mut table = output::table(header);
    for token in tokens {
        let state = match (token.revoked_at, token.is_live(now)) {
            (Some(_), _) => "revoked",
            (None, false) => "expired",
            (None, true) => "live",
        };
        table.add_row([
            token.id.to_string(),
            token.name.clone(),
            token.scope.to_string(),
            state.to_owned(),
            output::instant(token.created_at),
            token.created_by.clone(),
            until(token.expires_at),
            token.last_used_at.map_or_else(|| "never".to_owned(), output::instant),
        ]);
    }
    output::line(table)?;
    Ok(Exit::Done)
}
