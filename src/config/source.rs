//! What the behaviour file says of one source.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::Config;
use crate::{
    callbacks::CallbackSettings,
    event::{Redaction, Redactions, SourceName},
    formats::Translator,
    receiver::SourceLimits,
    signature::SchemeSettings,
};

/// `[sources.<name>]`
#[derive(Debug)]
pub struct SourceConfig {
    /// How it proves who it is.
    pub verify: SchemeSettings,
    /// What makes events of its native webhooks, where it posts such.
    pub translator: Option<Translator>,
    /// What it may post.
    pub limits: SourceLimits,
    /// What of its events nobody may read; the rules hide it already.
    pub redaction: Redaction,
    /// What it shows to ask what became of its events, all live; it may not ask where there is none.
    pub status_tokens: Vec<SecretString>,
    /// Where it is called back when a delivery has come to its end.
    pub callback: Option<CallbackSettings>,
}

impl Config {
    /// What of each source's events nobody may read.
    pub fn redactions(&self) -> Redactions {
        redactions(&self.sources)
    }

    /// Who is called back, and how.
    pub fn callbacks(&self) -> BTreeMap<SourceName, CallbackSettings> {
        let callback = |(name, source): (&SourceName, &SourceConfig)| {
            Some((name.clone(), source.callback.clone()?))
        };
        self.sources.iter().filter_map(callback).collect()
    }
}

/// What of these sources' events nobody may read.
pub(super) fn redactions(sources: &BTreeMap<SourceName, SourceConfig>) -> Redactions {
    sources.iter().map(|(name, source)| (name.clone(), source.redaction.clone())).collect()
}
