//! Values inside Markdown: what an event says stays text, and forges no link, image or heading.
//!
//! Outside of code a value's Markdown is escaped with backslashes. Inside of code spans and blocks
//! a backslash would be seen, and the only thing that ends code is a backtick: there nothing is
//! escaped, and backticks become apostrophes. Which values stand in code is found in the template's
//! own text, once, when it is compiled.

use std::ops::Range;

/// Stands for a value in a template's text while its code is looked for.
const VALUE: char = '\u{FFFC}';

/// Where a value stands in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In prose.
    Prose,
    /// Between backticks, within one line.
    CodeSpan,
    /// In a fenced block.
    CodeBlock,
}

/// The places of values, given the template's text pieces between them.
pub(super) fn places(texts: &[String]) -> Vec<Place> {
    let texts: Vec<String> = texts.iter().map(|text| text.replace(VALUE, " ")).collect();
    let skeleton = texts.join(&VALUE.to_string());
    let code = code(&skeleton);
    skeleton
        .char_indices()
        .filter(|(_, char)| *char == VALUE)
        .map(|(at, _)| {
            code.iter().find(|(range, _)| range.contains(&at)).map_or(Place::Prose, |found| found.1)
        })
        .collect()
}

fn code(text: &str) -> Vec<(Range<usize>, Place)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(['`', '\\']).map(|next| at + next) {
        if text[start..].starts_with('\\') {
            at = start + 1 + text[start + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        let ticks = run(&text[start..]);
        let open = start + ticks;
        let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let is_fence = ticks >= 3 && text[line..start].trim_matches(' ').is_empty();
        at = open;
        if is_fence {
            let end = end_of_fence(text, open, ticks).unwrap_or(text.len());
            found.push((open..end, Place::CodeBlock));
            at = end + run(&text[end..]);
        } else if let Some(end) = end_of_span(text, open, ticks) {
            found.push((open..end, Place::CodeSpan));
            at = end + ticks;
        }
    }
    found
}

fn run(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'`').count()
}

/// A fence ends at a line that begins with as many backticks.
fn end_of_fence(text: &str, from: usize, ticks: usize) -> Option<usize> {
    text[from..].match_indices('\n').map(|(newline, _)| from + newline + 1).find_map(|line| {
        let indent = text[line..].bytes().take_while(|byte| *byte == b' ').count();
        (run(&text[line + indent..]) >= ticks).then_some(line + indent)
    })
}

/// A code span ends at a run of exactly as many backticks. Spans over several lines do not count:
/// whether Markdown takes them for code hangs on what the lines begin with.
fn end_of_span(text: &str, from: usize, ticks: usize) -> Option<usize> {
    let line = text[from..].split('\n').next().unwrap_or_default();
    let mut at = 0;
    while let Some(next) = line[at..].find('`').map(|next| at + next) {
        let length = run(&line[next..]);
        if length == ticks {
            return Some(from + next);
        }
        at = next + length;
    }
    None
}

/// `text` as it stands in `place`.
pub(super) fn set(text: &str, place: Place) -> String {
    match place {
        Place::Prose => escaped(text),
        Place::CodeSpan => {
            text.split(['\n', '\r']).map(str::trim).collect::<Vec<_>>().join(" ").replace('`', "'")
        }
        Place::CodeBlock => text.replace('`', "'"),
    }
}

/// `text` with backslashes where Markdown would read more than text.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut is_line_start = true;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let in_word = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
        let is_active = match char {
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' | '|' => true,
            '_' => !(in_word(before) && in_word(next)),
            '#' | '>' | '=' => is_line_start,
            '+' | '-' => {
                is_line_start && next.is_none_or(|next| next == char || next.is_whitespace())
            }
            '.' | ')' => ends_list_number(&text[..at]) && next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if is_active {
            escaped.push('\\');
        }
        escaped.push(char);
        is_line_start = match char {
            '\n' | '\r' => true,
            ' ' | '\t' => is_line_start,
            _ => false,
        };
        before = Some(char);
    }
    escaped
}

/// Whether `text` ends with a line that is nothing but digits.
fn ends_list_number(text: &str) -> bool {
    let line = text.rsplit(['\n', '\r']).next().unwrap_or_default().trim_start();
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_text_forges_no_link_image_or_heading() {
        for (text, expected) in [
            ("[pay](http://evil)", "\\[pay\\](http://evil)"),
            ("![x](http://evil)", "!\\[x\\](http://evil)"),
            ("<http://evil> <b>", "\\<http://evil> \\<b>"),
            ("# Big\n  ## b", "\\# Big\n  \\## b"),
            ("Big\n===\nb\n---", "Big\n\\===\nb\n\\---"),
            ("> a\n- b\n1. c\n2) d", "\\> a\n\\- b\n1\\. c\n2\\) d"),
            ("`a` **b** _c_ ~d~ \\", "\\`a\\` \\*\\*b\\*\\* \\_c\\_ \\~d\\~ \\\\"),
        ] {
            assert_eq!(escaped(text), expected, "{text}");
        }
    }

    #[test]
    fn plain_words_stay_as_they_are() {
        for text in ["card_declined", "-12.50", "a-b (c) #7, 3.5 > 2.", "2026-01-01", "+48 22 1"] {
            assert_eq!(escaped(text), text);
        }
    }

    #[test]
    fn code_is_found_in_the_template_only_where_it_ends() {
        use Place::{CodeBlock, CodeSpan, Prose};
        for (texts, expected) in [
            (vec!["a `", "` b ", ""], vec![CodeSpan, Prose]),
            (vec!["``", " ` ", "`` ", ""], vec![CodeSpan, CodeSpan, Prose]),
            (vec!["never ` ended ", ""], vec![Prose]),
            (vec!["other ` \n ", " ` "], vec![Prose]),
            (vec!["\\`", "\\`"], vec![Prose]),
            (vec!["a\n```\n", "\n", "\n```\n", ""], vec![CodeBlock, CodeBlock, Prose]),
            (vec!["```sh\n", ""], vec![CodeBlock]),
        ] {
            let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
            assert_eq!(places(&texts), expected, "{texts:?}");
        }
    }

    #[test]
    fn a_value_in_code_cannot_leave_it() {
        assert_eq!(set("a_b` [x](y)\n\n# z", Place::CodeSpan), "a_b' [x](y)  # z");
        assert_eq!(set("a\n```\n# z", Place::CodeBlock), "a\n'''\n# z");
    }
}
