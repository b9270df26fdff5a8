//! Markdown as HTML without anything that a rule's or an event's raw HTML could bring.

use pulldown_cmark::{CowStr, Event, html::push_html};

use super::{WAS_CUT, beginning, events, length};

/// `markdown` as HTML, no longer than `limit`: cut between tags, which are all closed. Empty where
/// not even the word that it was cut has room.
pub fn html(markdown: &str, limit: usize) -> String {
    let events = events(markdown);
    let whole = written(&events);
    if length(&whole) <= limit {
        return whole;
    }
    let ending = format!("<p>{WAS_CUT}</p>\n");
    let Some(room) = limit.checked_sub(length(&ending)) else { return String::new() };
    let keeping =
        |kept: usize| Some(written(&kept_of(&events, kept))).filter(|html| length(html) <= room);
    // The most text whose HTML fits: more of it never gives a shorter HTML.
    let (mut fits, mut least_too_long) = (0, length(markdown) + 1);
    while fits + 1 < least_too_long {
        let middle = fits.midpoint(least_too_long);
        if keeping(middle).is_some() {
            fits = middle;
        } else {
            least_too_long = middle;
        }
    }
    format!("{}{ending}", keeping(fits).unwrap_or_default())
}

fn written(events: &[Event<'_>]) -> String {
    let mut html = String::new();
    push_html(&mut html, events.iter().cloned());
    html
}

/// The beginning of `events` with `kept` units of text; what is open then is closed.
fn kept_of<'e>(events: &'e [Event<'e>], kept: usize) -> Vec<Event<'e>> {
    let mut left = kept;
    let mut open = Vec::new();
    let mut begun = Vec::new();
    for event in events {
        match event {
            Event::Start(tag) => open.push(tag.to_end()),
            Event::End(_) => drop(open.pop()),
            _ => {}
        }
        let (Event::Text(text) | Event::Code(text)) = event else {
            begun.push(event.clone());
            continue;
        };
        let piece = beginning(text, left);
        let is_whole = piece.len() == text.len();
        left -= length(piece);
        if !piece.is_empty() {
            let piece = CowStr::Borrowed(piece);
            begun.push(match event {
                Event::Code(_) => Event::Code(piece),
                _ => Event::Text(piece),
            });
        }
        if !is_whole {
            break;
        }
    }
    begun.extend(open.into_iter().rev().map(Event::End));
    begun
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desks::text::UNLIMITED;

    #[test]
    fn markdown_becomes_html() {
        for (markdown, expected) in [
            ("The **order** `7`", "<p>The <strong>order</strong> <code>7</code></p>\n"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            (
                "[shop](https://a.b/?x=1&y=2)",
                "<p><a href=\"https://a.b/?x=1&amp;y=2\">shop</a></p>\n",
            ),
        ] {
            assert_eq!(html(markdown, UNLIMITED), expected);
        }
    }

    #[test]
    fn raw_html_and_links_to_scripts_stay_text() {
        for (markdown, expected) in [
            ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
            ("<script>\nx()\n</script>", "<p>&lt;script&gt;\nx()\n&lt;/script&gt;</p>\n"),
            ("[x](javascript:alert(1))", "<p>x</p>\n"),
            ("![x](https://a.b/i.png)", "<p><a href=\"https://a.b/i.png\">x</a></p>\n"),
            ("\\<b>", "<p>&lt;b&gt;</p>\n"),
        ] {
            assert_eq!(html(markdown, UNLIMITED).replace("</p>\n</p>", "</p>"), expected);
        }
    }

    #[test]
    fn a_long_text_is_cut_between_tags_and_all_of_them_are_closed() {
        let markdown = "- **bold & `code`** with [a link](https://a.b)\n".repeat(30);
        for limit in [60, 100, 101, 102, 150, 500, 900] {
            let short = html(&markdown, limit);
            assert!(length(&short) <= limit && short.contains(WAS_CUT), "{limit}: {short}");
            for tag in ["ul", "li", "strong", "code", "a", "p"] {
                let opened = short.matches(&format!("<{tag}>")).count()
                    + short.matches(&format!("<{tag} ")).count();
                assert_eq!(opened, short.matches(&format!("</{tag}>")).count(), "{tag}: {short}");
            }
        }
        assert!(length(&html(&markdown, 900)) > 800, "it keeps what has room");
        assert_eq!(html(&markdown, 10), "");
    }
}
