//! A draft's Markdown as a desk shows it: HTML, plain text, or Markdown cut at the desk's limit.
//!
//! - Raw HTML in Markdown stays text: nothing of an event becomes markup.
//! - A link goes to the web, to a mailbox or to a telephone, or it is no link.
//! - What is longer than the desk takes is cut, never within a tag or a character, and ends with a
//!   word that it was.
//!
//! Lengths are counted in UTF-16 units, as the desks' JavaScript and Java count them; that is never
//! less than the number of characters.

mod html;
mod plain;

pub use html::html;
pub use plain::plain;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

/// Where a desk documents no limit.
pub const UNLIMITED: usize = usize::MAX;

/// Stands at the end of a text that was cut.
const WAS_CUT: &str = "[… cut: the text is longer than this desk takes]";

/// Schemes that a link may have.
const SCHEMES: [&str; 4] = ["http:", "https:", "mailto:", "tel:"];

/// `text` where it is no longer than `limit`; else its beginning, and a word that it was cut.
pub fn cut(text: &str, limit: usize) -> String {
    if length(text) <= limit {
        return text.to_owned();
    }
    let ending = format!("\n\n{WAS_CUT}");
    match limit.checked_sub(length(&ending)) {
        Some(room) => format!("{}{ending}", beginning(text, room).trim_end()),
        None => beginning(text, limit).to_owned(),
    }
}

/// `text` in UTF-16 units.
fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The longest beginning of `text` that is no longer than `limit`.
fn beginning(text: &str, limit: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find_map(|(at, char)| {
        taken += char.len_utf16();
        (taken > limit).then_some(at)
    });
    &text[..end.unwrap_or(text.len())]
}

/// What `markdown` consists of: without raw HTML and without links to elsewhere. An image is a link
/// to it.
fn events(markdown: &str) -> Vec<Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut events = Vec::new();
    // Whether each open link or image is kept as a link.
    let mut links: Vec<bool> = Vec::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => events.push(Event::Text(text)),
            Event::Start(Tag::HtmlBlock) => events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => events.push(Event::End(TagEnd::Paragraph)),
            Event::Start(
                Tag::Link { link_type, dest_url, title, id }
                | Tag::Image { link_type, dest_url, title, id },
            ) => {
                let is_link = leads_somewhere(&dest_url) && !links.contains(&true);
                if is_link {
                    events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                }
                links.push(is_link);
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if links.pop() == Some(true) {
                    events.push(Event::End(TagEnd::Link));
                }
            }
            event => events.push(event),
        }
    }
    events
}

/// Browsers leave out tabs and line ends before they read a scheme: what holds one is no link.
fn leads_somewhere(url: &CowStr<'_>) -> bool {
    let has = |scheme: &&str| {
        url.get(..scheme.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(scheme))
    };
    SCHEMES.iter().any(has) && !url.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_stays_and_a_longer_one_says_that_it_was_cut() {
        assert_eq!(cut("four", 4), "four");
        let long = "word ".repeat(40);
        let short = cut(&long, 100);
        assert!(short.starts_with("word word") && short.ends_with(WAS_CUT), "{short}");
        assert!(length(&short) <= 100, "{}", length(&short));
    }

    #[test]
    fn a_cut_never_falls_within_a_character() {
        for limit in 0..90 {
            let short = cut(&"😀".repeat(60), limit);
            assert!(length(&short) <= limit, "{limit}: {short}");
        }
    }

    #[test]
    fn only_addresses_that_lead_somewhere_are_links() {
        for good in ["https://a.b", "HTTP://a.b", "mailto:a@b.c", "tel:+48"] {
            assert!(leads_somewhere(&good.into()), "{good}");
        }
        for bad in ["javascript:alert(1)", "java\nscript:x", "data:text/html,x", "//evil", "", "ż"]
        {
            assert!(!leads_somewhere(&bad.into()), "{bad}");
        }
    }
}
