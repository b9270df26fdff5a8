//! A request's headers, as far as signatures need them.

use super::SignatureError;

/// Borrowed names and values of a request's headers, in no web framework's own type.
#[derive(Debug, Clone, Default)]
pub struct Headers<'h>(Vec<(&'h str, &'h [u8])>);

impl<'h> FromIterator<(&'h str, &'h [u8])> for Headers<'h> {
    fn from_iter<I: IntoIterator<Item = (&'h str, &'h [u8])>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl<'h> Headers<'h> {
    /// Whether there is a header of this name, in any case of letters.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
    }

    /// The one value of the header `name`. Two values are refused: which was signed is a guess.
    pub(super) fn one(&self, name: &str) -> Result<&'h str, SignatureError> {
        let mut values =
            self.0.iter().filter(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
        let (_, value) = values.next().ok_or_else(|| SignatureError::Missing(name.to_owned()))?;
        match (std::str::from_utf8(value), values.next()) {
            (Ok(text), None) => Ok(text),
            _ => Err(SignatureError::Malformed(name.to_owned())),
        }
    }
}
