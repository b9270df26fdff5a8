//! One source as the receiver knows it, and all of them by name.

use std::collections::HashMap;

use super::{limits::Limits, status::Tokens};
use crate::{event::SourceName, formats::Translator, signature::Scheme};

/// Who posts to one path, how that is proved, and what may be posted.
#[derive(Debug)]
pub struct Source {
    /// What its path ends with.
    pub name: SourceName,
    /// How it proves who it is.
    pub scheme: Scheme,
    /// What makes events of its native webhooks, where it posts such.
    pub translator: Option<Translator>,
    /// What it may post.
    pub limits: Limits,
    /// What it shows to ask what became of its events; `None` where it may not ask.
    pub tokens: Option<Tokens>,
}

impl Source {
    /// A source that posts events alone, as many as it likes, and may ask for none of them.
    pub fn new(name: SourceName, scheme: Scheme) -> Self {
        Self { name, scheme, translator: None, limits: Limits::default(), tokens: None }
    }
}

/// The sources that may post.
#[derive(Debug, Default)]
pub struct Sources(HashMap<SourceName, Source>);

impl FromIterator<Source> for Sources {
    fn from_iter<I: IntoIterator<Item = Source>>(all: I) -> Self {
        Self(all.into_iter().map(|source| (source.name.clone(), source)).collect())
    }
}

impl Sources {
    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.values()
    }

    /// The one of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Source> {
        self.0.get(name)
    }
}
