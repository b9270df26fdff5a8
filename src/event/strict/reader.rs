//! The recursive descent over RFC 8259's grammar.

use serde_json::{Map, Value};

use super::{InvalidJson, Limits, Place, pointer_step};

/// The keys under which `serde_json` passes numbers and raw texts through serde's interface.
const RESERVED: [&str; 2] = ["$serde_json::private::Number", "$serde_json::private::RawValue"];

/// A text and how far it is read.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) offset: usize,
    limits: Limits,
    depth: usize,
    nodes: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, limits: Limits) -> Self {
        Self { text, offset: 0, limits, depth: 0, nodes: 0 }
    }

    /// The text's one value.
    pub(super) fn document(mut self) -> Result<Value, InvalidJson> {
        let value = self.value()?;
        match self.next() {
            None => Ok(value),
            Some(_) => Err(InvalidJson::Trailing(self.place())),
        }
    }

    fn value(&mut self) -> Result<Value, InvalidJson> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            return Err(InvalidJson::TooMany { most: self.limits.nodes });
        }
        match self.next() {
            Some(b'{') => self.nested(Self::object).map(Value::Object),
            Some(b'[') => self.nested(Self::array).map(Value::Array),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.unexpected()),
        }
    }

    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, InvalidJson>,
    ) -> Result<T, InvalidJson> {
        if self.depth == self.limits.depth {
            return Err(InvalidJson::TooDeep { most: self.limits.depth, place: self.place() });
        }
        self.depth += 1;
        self.offset += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn array(&mut self) -> Result<Vec<Value>, InvalidJson> {
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(items);
        }
        loop {
            let item = self.value();
            items.push(item.map_err(|error| error.within(&items.len().to_string()))?);
            if self.take(b']') {
                return Ok(items);
            }
            self.require(b',')?;
        }
    }

    fn object(&mut self) -> Result<Map<String, Value>, InvalidJson> {
        let mut members = Map::new();
        if self.take(b'}') {
            return Ok(members);
        }
        loop {
            let (key, start) = self.key()?;
            if members.contains_key(&key) {
                return Err(InvalidJson::DuplicateKey { pointer: pointer_step(&key) });
            }
            if RESERVED.contains(&key.as_str()) {
                return Err(InvalidJson::ReservedKey(self.place_of(start)));
            }
            self.require(b':')?;
            let value = self.value().map_err(|error| error.within(&key))?;
            members.insert(key, value);
            if self.take(b'}') {
                return Ok(members);
            }
            self.require(b',')?;
        }
    }

    fn key(&mut self) -> Result<(String, usize), InvalidJson> {
        match self.next() {
            Some(b'"') => {
                let start = self.offset;
                Ok((self.string()?, start))
            }
            _ => Err(self.unexpected()),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, InvalidJson> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected());
            }
            self.offset += 1;
        }
        Ok(value)
    }

    /// The next byte that is not white space, not yet taken.
    fn next(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.offset += 1;
        }
        self.peek()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.next() == Some(byte);
        self.offset += usize::from(is_next);
        is_next
    }

    fn require(&mut self, byte: u8) -> Result<(), InvalidJson> {
        if self.take(byte) { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn place(&self) -> Place {
        self.place_of(self.offset)
    }

    /// Reads the text from its start: for errors only, or reading would cost its square.
    pub(super) fn place_of(&self, offset: usize) -> Place {
        Place::of(self.text.as_bytes(), offset)
    }

    /// The error of a byte that the grammar does not have here, or of no byte at all.
    pub(super) fn unexpected(&self) -> InvalidJson {
        match self.peek() {
            Some(_) => InvalidJson::Syntax(self.place()),
            None => InvalidJson::Ends(self.place()),
        }
    }
}

impl InvalidJson {
    /// The same error, met below the member or item `step`.
    fn within(self, step: &str) -> Self {
        match self {
            Self::DuplicateKey { pointer } => {
                Self::DuplicateKey { pointer: pointer_step(step) + &pointer }
            }
            other => other,
        }
    }
}
