//! Numbers, as RFC 8259 section 6 writes them.

use serde_json::Number;

use super::{InvalidJson, LONGEST_NUMBER, reader::Reader};

impl Reader<'_> {
    pub(super) fn number(&mut self) -> Result<Number, InvalidJson> {
        let start = self.offset;
        self.skip(b"-");
        if !self.skip(b"0") {
            self.digits()?;
        }
        if self.skip(b".") {
            self.digits()?;
        }
        if self.skip(b"eE") {
            self.skip(b"+-");
            self.digits()?;
        }
        let text = &self.text[start..self.offset];
        if text.len() > LONGEST_NUMBER {
            return Err(InvalidJson::LongNumber(self.place_of(start)));
        }
        text.parse().map_err(|_not_a_number| InvalidJson::Syntax(self.place_of(start)))
    }

    fn skip(&mut self, any_of: &[u8]) -> bool {
        let is_next = self.peek().is_some_and(|byte| any_of.contains(&byte));
        self.offset += usize::from(is_next);
        is_next
    }

    fn digits(&mut self) -> Result<(), InvalidJson> {
        let start = self.offset;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.offset += 1;
        }
        if self.offset == start { Err(self.unexpected()) } else { Ok(()) }
    }
}
