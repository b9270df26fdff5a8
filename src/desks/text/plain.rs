//! Markdown as plain text that a person reads with ease.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::{cut, events};

/// `markdown` as plain text, no longer than `limit`. Emphasis goes; lists, quotes, code, tables and
/// the addresses of links stay recognisable.
pub fn plain(markdown: &str, limit: usize) -> String {
    let mut page = Page::default();
    for event in events(markdown) {
        page.take(event);
    }
    page.text.truncate(page.text.trim_end().len());
    cut(&page.text, limit)
}

/// The text so far.
#[derive(Default)]
struct Page {
    text: String,
    /// Line ends that are due before the next piece.
    due: usize,
    /// What every line begins with: of quotes and of list items.
    margins: Vec<String>,
    /// The next number of each open list that has numbers.
    lists: Vec<Option<u64>>,
    /// The open link's address, and where its text begins.
    link: Option<(String, usize)>,
    /// A bullet was written and nothing after it.
    is_at_bullet: bool,
    is_in_row: bool,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.begin(tag),
            Event::End(tag) => self.end(tag),
            Event::SoftBreak | Event::HardBreak => self.due += 1,
            Event::Rule => {
                self.part(2);
                self.write("---");
                self.part(2);
            }
            Event::Text(text)
            | Event::Code(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => {
                for (number, line) in text.split('\n').enumerate() {
                    self.due += usize::from(number > 0);
                    self.write(line);
                }
            }
            Event::TaskListMarker(is_done) => self.write(if is_done { "[x] " } else { "[ ] " }),
        }
    }

    fn begin(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::List(first) => {
                self.part(if self.lists.is_empty() { 2 } else { 1 });
                self.lists.push(first);
            }
            Tag::Item => self.bullet(),
            Tag::BlockQuote(_) => {
                self.part(2);
                self.margins.push("> ".to_owned());
            }
            Tag::Link { dest_url, .. } => {
                self.link = Some((dest_url.into_string(), self.text.len()));
            }
            Tag::TableHead | Tag::TableRow => {
                self.part(1);
                self.is_in_row = false;
            }
            Tag::TableCell => {
                if self.is_in_row {
                    self.write(" | ");
                }
                self.is_in_row = true;
            }
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => {}
            _ => self.part(2),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.lists.pop();
                self.part(if self.lists.is_empty() { 2 } else { 1 });
            }
            TagEnd::Item => {
                self.is_at_bullet = false;
                self.margins.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.margins.pop();
                self.part(2);
            }
            TagEnd::Link => self.address(),
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::TableCell => {}
            _ => self.part(2),
        }
    }

    /// The next piece begins at least so many lines on. Not right after a bullet.
    fn part(&mut self, lines: usize) {
        if !self.is_at_bullet {
            self.due = self.due.max(lines);
        }
    }

    fn bullet(&mut self) {
        self.is_at_bullet = false;
        self.part(1);
        let bullet = match self.lists.last_mut() {
            Some(Some(number)) => {
                let bullet = format!("{number}. ");
                *number += 1;
                bullet
            }
            _ => "- ".to_owned(),
        };
        self.write(&bullet);
        self.margins.push(" ".repeat(bullet.len()));
        self.is_at_bullet = true;
    }

    fn address(&mut self) {
        let Some((url, start)) = self.link.take() else { return };
        let shown = self.text.get(start..).unwrap_or_default().trim();
        if shown != url && url.strip_prefix("mailto:") != Some(shown) {
            self.write(&format!(" ({url})"));
        }
    }

    fn write(&mut self, piece: &str) {
        if piece.is_empty() {
            return;
        }
        if self.text.is_empty() {
            self.text.extend(self.margins.iter().map(String::as_str));
        } else if self.due > 0 {
            self.text.extend(std::iter::repeat_n('\n', self.due));
            self.text.extend(self.margins.iter().map(String::as_str));
        }
        self.due = 0;
        self.is_at_bullet = false;
        self.text.push_str(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desks::text::{UNLIMITED, WAS_CUT};

    #[test]
    fn markdown_becomes_text_that_reads_with_ease() {
        for (markdown, expected) in [
            ("# Failed\nThe **order** `7` \\*now\\*\nsoon", "Failed\n\nThe order 7 *now*\nsoon"),
            ("a\n\n- b\n- c\n  - d\n\ne", "a\n\n- b\n- c\n  - d\n\ne"),
            ("3. a\n4. b\n\n   c", "3. a\n\n4. b\n\n   c"),
            ("> a\n> b\n\nc", "> a\n> b\n\nc"),
            ("```sh\nls\n\n  cat\n```\nz", "ls\n\n  cat\n\nz"),
            ("[shop](https://a.b) <https://c.d> <e@f.g>", "shop (https://a.b) https://c.d e@f.g"),
            ("[x](javascript:y) ![z](https://i.j)", "x z (https://i.j)"),
            ("|a|b|\n|-|-|\n|1|2|", "a | b\n1 | 2"),
            ("a\n\n---\n\n<b>c</b>", "a\n\n---\n\n<b>c</b>"),
        ] {
            assert_eq!(plain(markdown, UNLIMITED), expected, "{markdown}");
        }
    }

    #[test]
    fn a_long_plain_text_says_that_it_was_cut() {
        let short = plain(&"*word* ".repeat(100), 120);
        assert!(short.starts_with("word word") && short.ends_with(WAS_CUT), "{short}");
    }
}
