//! One message of a vendor, as its format reads it.

use serde_json::Value;

use crate::event::is_rfc3339;

/// One item of a request, with the request's headers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'m> {
    /// The item's JSON.
    pub(super) body: &'m Value,
    /// Names and values of headers.
    pub(super) headers: &'m [(&'m str, &'m [u8])],
}

impl<'m> Message<'m> {
    /// The text of the header `name`, where it is there once.
    pub(super) fn header(&self, name: &str) -> Option<&'m str> {
        let mut named = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let (_, value) = named.next()?;
        let text = std::str::from_utf8(value).ok().map(str::trim);
        text.filter(|text| !text.is_empty() && named.next().is_none())
    }

    /// The value at a JSON pointer.
    pub(super) fn at(&self, pointer: &str) -> Option<&'m Value> {
        self.body.pointer(pointer)
    }

    /// What the text or number at a JSON pointer says.
    pub(super) fn text(&self, pointer: &str) -> Option<String> {
        self.at(pointer).and_then(text)
    }

    /// What the first of these JSON pointers says that says anything.
    pub(super) fn first(&self, pointers: &[&str]) -> Option<String> {
        pointers.iter().find_map(|pointer| self.text(pointer))
    }

    /// The time at a JSON pointer, where it is as RFC 3339 writes it.
    pub(super) fn instant(&self, pointer: &str) -> Option<String> {
        self.text(pointer).filter(|time| is_rfc3339(time))
    }

    /// Whether the text at a JSON pointer is one of `words`.
    pub(super) fn is(&self, pointer: &str, words: &[&str]) -> bool {
        let text = self.at(pointer).and_then(Value::as_str);
        text.is_some_and(|text| words.contains(&text))
    }
}

/// A text without the white space around it, or a number's digits; `None` where nothing is said.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_and_what_says_nothing_is_passed_over() {
        let body: Value =
            serde_json::from_str(r#"{"id":820982911946154508123,"a":" x ","b":" ","c":null}"#)
                .unwrap();
        let message = Message { body: &body, headers: &[] };
        assert_eq!(message.text("/id").unwrap(), "820982911946154508123");
        assert_eq!(message.first(&["/c", "/b", "/gone", "/a"]).unwrap(), "x");
    }

    #[test]
    fn a_header_that_is_there_twice_says_nothing() {
        let headers: [(&str, &[u8]); 3] = [("X-A", b" a "), ("x-b", b"b"), ("X-B", b"c")];
        let message = Message { body: &Value::Null, headers: &headers };
        assert_eq!(message.header("x-a"), Some("a"));
        assert_eq!((message.header("x-b"), message.header("x-c")), (None, None));
    }
}
