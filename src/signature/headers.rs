//! What stands before a body, as far as signatures need it.

use super::{Certificate, SignatureError};

/// Borrowed names and values of a request's headers, in no web framework's own type; with its method
/// and, where the scheme asks for one, the certificate that a header names.
#[derive(Debug, Clone)]
pub struct Headers<'h> {
    pairs: Vec<(&'h str, &'h [u8])>,
    method: &'h str,
    certificate: Option<&'h Certificate>,
}

impl<'h> FromIterator<(&'h str, &'h [u8])> for Headers<'h> {
    fn from_iter<I: IntoIterator<Item = (&'h str, &'h [u8])>>(pairs: I) -> Self {
        Self { pairs: pairs.into_iter().collect(), method: "POST", certificate: None }
    }
}

/// No header at all.
impl Default for Headers<'_> {
    fn default() -> Self {
        std::iter::empty().collect()
    }
}

impl<'h> Headers<'h> {
    /// The request's method, where it is not `POST`.
    #[must_use]
    pub fn with_method(mut self, method: &'h str) -> Self {
        self.method = method;
        self
    }

    /// The certificate that [`super::Scheme::certificate_url`] asked for.
    #[must_use]
    pub fn with_certificate(mut self, certificate: Option<&'h Certificate>) -> Self {
        self.certificate = certificate;
        self
    }

    pub(super) fn method(&self) -> &'h str {
        self.method
    }

    pub(super) fn certificate(&self) -> Option<&'h Certificate> {
        self.certificate
    }

    /// Whether there is a header of this name, in any case of letters.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
    }

    /// The one value of the header `name`. Two values are refused: which was signed is a guess.
    pub(super) fn one(&self, name: &str) -> Result<&'h str, SignatureError> {
        let mut values =
            self.pairs.iter().filter(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
        let (_, value) = values.next().ok_or_else(|| SignatureError::Missing(name.to_owned()))?;
        match (std::str::from_utf8(value), values.next()) {
            (Ok(text), None) => Ok(text),
            _ => Err(SignatureError::Malformed(name.to_owned())),
        }
    }
}
