//! `${NAME}` in texts of the behaviour file.
//!
//! `${NAME}` is the variable's value, `${NAME:-text}` the text where the variable is unset or
//! empty, `$${` the two characters `${`. `${{` is left alone: it is a sign before a template.

use std::ops::Range;

use super::document::Document;

impl Document<'_> {
    /// `text` with what it takes from the environment; `None` where a fault was noted. What comes
    /// from the environment is not looked through again.
    pub(super) fn expanded(&mut self, text: &str, at: &Range<usize>) -> Option<String> {
        let mut expanded = String::with_capacity(text.len());
        let mut is_whole = true;
        let mut rest = text;
        while let Some(dollar) = rest.find("${") {
            let line = text[..text.len() - rest.len() + dollar].matches('\n').count() + 1;
            let (before, reference) = rest.split_at(dollar);
            if before.ends_with('$') {
                expanded.push_str(&before[..dollar - 1]);
                expanded.push_str("${");
                rest = &reference[2..];
                continue;
            }
            expanded.push_str(before);
            if let Some(after) = reference.strip_prefix("${{") {
                expanded.push_str("${{");
                rest = after;
                continue;
            }
            let inside = reference[2..].split_once('}');
            let Some((inside, after)) = inside.filter(|(inside, _)| is_reference(inside)) else {
                let cure = "write ${NAME} or ${NAME:-text}, and $${ for the two characters";
                self.fault_in_text(at, line, "`${` is followed by no variable's name", cure);
                return None;
            };
            match self.value(inside, at, line) {
                Some(value) => expanded.push_str(&value),
                None => is_whole = false,
            }
            rest = after;
        }
        expanded.push_str(rest);
        is_whole.then_some(expanded)
    }

    fn value(&mut self, inside: &str, at: &Range<usize>, line: usize) -> Option<String> {
        let (name, default) = match inside.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inside, None),
        };
        match (self.variables.get(name), default) {
            (Ok(Some(value)), None) => Some(value),
            (Ok(Some(value)), Some(_)) if !value.is_empty() => Some(value),
            (Ok(_), Some(default)) => Some(default.to_owned()),
            (Ok(None), None) => {
                let what = format!("the variable `{name}` is not set");
                let cure = format!("set {name}, or {name}_FILE to a path that holds it");
                self.fault_in_text(at, line, what, cure);
                None
            }
            (Err(unreadable), _) => {
                self.fault_in_text(at, line, unreadable.what, unreadable.cure);
                None
            }
        }
    }
}

fn is_reference(inside: &str) -> bool {
    let name = inside.split_once(":-").map_or(inside, |(name, _)| name);
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
