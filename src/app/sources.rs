//! What the receiver knows of each configured source.

use std::collections::BTreeMap;

use super::{Roles, StartError};
use crate::{
    config::SourceConfig,
    event::SourceName,
    receiver::{Certificates, Source, Sources, Tokens},
    signature::Scheme,
};

/// All sources as the receiver knows them.
pub(super) fn sources(configs: BTreeMap<SourceName, SourceConfig>) -> Result<Sources, StartError> {
    configs.into_iter().map(|(name, config)| source(name, config)).collect()
}

fn source(name: SourceName, config: SourceConfig) -> Result<Source, StartError> {
    let SourceConfig { verify, translator, limits, status_tokens, redaction: _, callback: _ } =
        config;
    let scheme = match Scheme::new(verify) {
        Ok(scheme) => scheme,
        Err(source) => return Err(StartError::Secret { source_name: name, source }),
    };
    let tokens = (!status_tokens.is_empty()).then(|| Tokens::new(&status_tokens));
    Ok(Source { name, scheme, translator, limits: limits.into(), tokens })
}

/// What checks the certificates of senders, where a source signs with one.
pub(super) fn certificates(parts: Roles, sources: &Sources) -> Result<Certificates, StartError> {
    if parts.receive && sources.iter().any(|source| source.scheme.needs_certificates()) {
        Ok(Certificates::of_this_machine()?)
    } else {
        Ok(Certificates::default())
    }
}
