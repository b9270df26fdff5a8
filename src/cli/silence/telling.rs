//! Silences, as people and programs read them.

use super::super::{Exit, clock, output};
use crate::{ledger::Silence, operators::views::SilenceView};

/// A silence as it stands now.
pub(super) fn view(silence: &Silence) -> SilenceView {
    SilenceView::of(silence, clock().now())
}

/// Says that there is none.
pub(super) fn unknown() -> Exit {
    output::aside("there is no silence of that number");
    Exit::No
}

/// Prints one silence.
pub(super) fn shown(silence: Option<Silence>, json: bool) -> anyhow::Result<Exit> {
    let Some(silence) = silence else { return Ok(unknown()) };
    let view = view(&silence);
    if json {
        output::json(&view)?;
        return Ok(Exit::Done);
    }
    output::line(format_args!("silence {}: {}", view.id, view.state.as_str()))?;
    for (name, words) in [
        ("from", output::instant(view.from)),
        ("until", output::instant(view.until)),
        ("about", about(&view)),
        ("by", format!("{}: {}", view.who, view.why)),
        ("ended", ended(&view)),
        ("suppresses", count(&view)),
    ] {
        if !words.is_empty() {
            output::line(format_args!("  {name:<11}{words}"))?;
        }
    }
    Ok(Exit::Done)
}

fn ended(view: &SilenceView) -> String {
    let ended = view.ended_at.zip(view.ended_by.as_ref());
    ended.map_or_else(String::new, |(at, who)| format!("{} by {who}", output::instant(at)))
}

fn count(SilenceView { suppressed, released, releasing, .. }: &SilenceView) -> String {
    let more = if *releasing { ", and more are being released" } else { "" };
    format!("{suppressed} deliveries; {released} were released{more}")
}

/// What a silence is about, in one line.
fn about(view: &SilenceView) -> String {
    let lists = [("", &view.types), ("from ", &view.sources), ("at ", &view.desks)];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
    let mut parts: Vec<String> =
        lists.map(|(word, names)| format!("{word}{}", names.join(", "))).collect();
    parts.extend(view.when.as_ref().map(|when| format!("when {when}")));
    parts.join(" ")
}

/// Prints silences.
pub(super) fn list(silences: &[Silence], json: bool) -> anyhow::Result<Exit> {
    let views: Vec<SilenceView> = silences.iter().map(view).collect();
    if json {
        output::json(&views)?;
        return Ok(Exit::Done);
    }
    let mut table = output::table([
        "id",
        "state",
        "from",
        "until",
        "about",
        "suppresses",
        "released",
        "by",
        "why",
    ]);
    for view in &views {
        table.add_row([
            view.id.to_string(),
            view.state.as_str().to_owned(),
            output::instant(view.from),
            output::instant(view.until),
            about(view),
            view.suppressed.to_string(),
            view.released.to_string(),
            view.who.clone(),
            view.why.clone(),
        ]);
    }
    output::line(table)?;
    Ok(Exit::Done)
}
