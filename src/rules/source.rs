//! A template's source cut into its pieces: text, `{{ expressions }}`, `{% tags %}` and comments.
//!
//! The template engine decides what is valid; this only finds where the pieces begin and end, so
//! that comparisons and code spans can be treated before the engine compiles them.

use std::ops::Range;

/// One piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'s> {
    /// Text that is written as it stands.
    Text(&'s str),
    /// What stands between `{{` and `}}`.
    Expression(Inside<'s>),
    /// What stands between `{%` and `%}`.
    Tag(Inside<'s>),
    /// A whole comment or raw block, with its marks.
    Other(&'s str),
}

/// What stands between two marks, without the marks that trim white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inside<'s> {
    /// `-`, `+` or nothing, after the opening mark.
    pub(super) before: &'s str,
    /// The code.
    pub(super) code: &'s str,
    /// `-`, `+` or nothing, before the closing mark.
    pub(super) after: &'s str,
}

impl<'s> Piece<'s> {
    /// What the engine runs of it.
    pub(super) fn code(&self) -> Option<&'s str> {
        match self {
            Self::Expression(inside) | Self::Tag(inside) => Some(inside.code),
            Self::Text(_) | Self::Other(_) => None,
        }
    }
}

/// Cuts `source` into pieces; `None` where a piece does not end.
pub(super) fn pieces(source: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some(at) = next_mark(rest) {
        if at > 0 {
            pieces.push(Piece::Text(&rest[..at]));
        }
        let marked = &rest[at..];
        let length = match marked.as_bytes()[1] {
            b'#' => {
                let length = marked.find("#}")? + 2;
                pieces.push(Piece::Other(&marked[..length]));
                length
            }
            b'{' => {
                let inside = inside(&marked[2..], "}}")?;
                pieces.push(Piece::Expression(trimmed(inside)));
                inside.len() + 4
            }
            _ => {
                let inside = inside(&marked[2..], "%}")?;
                let length = inside.len() + 4;
                if trimmed(inside).code.trim() == "raw" {
                    let length = length + end_of_raw(&marked[length..])?;
                    pieces.push(Piece::Other(&marked[..length]));
                    length
                } else {
                    pieces.push(Piece::Tag(trimmed(inside)));
                    length
                }
            }
        };
        rest = &marked[length..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Some(pieces)
}

fn next_mark(text: &str) -> Option<usize> {
    text.as_bytes().windows(2).position(|pair| matches!(pair, b"{{" | b"{%" | b"{#"))
}

fn end_of_raw(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find("{%")?;
        let inside = inside(&text[start + 2..], "%}")?;
        let end = start + inside.len() + 4;
        if trimmed(inside).code.trim() == "endraw" {
            return Some(end);
        }
        from = end;
    }
}

/// The code before `close`, which does not count inside strings and brackets.
fn inside<'s>(text: &'s str, close: &str) -> Option<&'s str> {
    let mut depth = 0_usize;
    for token in tokens(text) {
        let here = &text[token.start..];
        if depth == 0 && here.starts_with(close) {
            return Some(&text[..token.start]);
        }
        match &text[token.clone()] {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn trimmed(inside: &str) -> Inside<'_> {
    let start = usize::from(inside.starts_with(['-', '+']));
    let end = inside.len() - usize::from(inside.len() > start && inside.ends_with(['-', '+']));
    Inside { before: &inside[..start], code: &inside[start..end], after: &inside[end..] }
}

/// The texts in quotes that the code of `pieces` holds, as they stand between their quotes.
pub(super) fn quoted(pieces: &[Piece<'_>]) -> Vec<String> {
    let codes = pieces.iter().filter_map(Piece::code);
    let texts = codes.flat_map(|code| {
        tokens(code).map(|token| &code[token]).filter(|token| token.starts_with(['\'', '"']))
    });
    texts.map(|text| text.trim_matches(['\'', '"']).to_owned()).collect()
}

/// The tokens of `code`, without white space: words and numbers, strings, operators, brackets.
pub(super) fn tokens(code: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += code[at..].find(|next: char| !next.is_whitespace())?;
        let start = at;
        at += token_length(&code[start..]);
        Some(start..at)
    })
}

fn token_length(code: &str) -> usize {
    let is_word = |next: char| next.is_alphanumeric() || next == '_';
    let Some(first) = code.chars().next() else { return 0 };
    if is_word(first) {
        return code.find(|next| !is_word(next)).unwrap_or(code.len());
    }
    if matches!(first, '\'' | '"') {
        let mut escaped = false;
        for (at, next) in code.char_indices().skip(1) {
            match next {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if next == first => return at + 1,
                _ => {}
            }
        }
        return code.len();
    }
    if ["==", "!=", "<=", ">=", "//", "**"].iter().any(|pair| code.starts_with(pair)) {
        return 2;
    }
    first.len_utf8()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_cut_at_its_marks_only() {
        let source =
            "a{{- b['}}'] | c({'x': {}}) }}{# {{ #}{% if x %}{% raw %}{{ y }}{% endraw %}z";
        let pieces = pieces(source).unwrap();
        assert_eq!(pieces.len(), 6);
        assert_eq!(pieces[0], Piece::Text("a"));
        let Piece::Expression(inside) = pieces[1] else { panic!("{:?}", pieces[1]) };
        assert_eq!((inside.before, inside.code), ("-", " b['}}'] | c({'x': {}}) "));
        assert_eq!(pieces[2], Piece::Other("{# {{ #}"));
        assert!(matches!(pieces[3], Piece::Tag(tag) if tag.code.trim() == "if x"));
        assert_eq!(pieces[4], Piece::Other("{% raw %}{{ y }}{% endraw %}"));
        assert_eq!(pieces[5], Piece::Text("z"));
    }

    #[test]
    fn what_does_not_end_is_not_cut() {
        for source in ["{{ a", "{{ 'a }}", "{% if", "{# a", "{% raw %}{{ a }}"] {
            assert_eq!(pieces(source), None, "{source}");
        }
    }
}
