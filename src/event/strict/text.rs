//! Strings, as RFC 8259 section 7 writes them.

use super::{InvalidJson, reader::Reader};

impl Reader<'_> {
    /// The string whose opening quote is the next byte.
    pub(super) fn string(&mut self) -> Result<String, InvalidJson> {
        let start = self.offset;
        let escaped = self.skip_string()?;
        let quoted = &self.text[start..self.offset];
        if !escaped {
            return Ok(quoted[1..quoted.len() - 1].to_owned());
        }
        serde_json::from_str(quoted).map_err(|error| {
            let offset = start + error.column().saturating_sub(1);
            InvalidJson::Syntax(self.place_of(offset))
        })
    }

    /// Goes behind the closing quote, and says whether an escape was on the way.
    fn skip_string(&mut self) -> Result<bool, InvalidJson> {
        let mut escaped = false;
        self.offset += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.offset += 2;
                }
                Some(0..0x20) | None => return Err(self.unexpected()),
                Some(_) => self.offset += 1,
            }
        }
    }
}
