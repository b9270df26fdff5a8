//! What the inspections of all desks share: when they ask, and what an answer tells.

use tokio::sync::watch;

use super::{Answer, DeskError};
use crate::inspection::Finding;

/// Lets an inspection's calls through while no delivery is under way, so that those come first.
#[derive(Debug, Clone)]
pub struct Idle(Option<watch::Receiver<usize>>);

impl Idle {
    /// Where nobody delivers.
    pub fn always() -> Self {
        Self(None)
    }

    /// While `under_way` is 0.
    pub fn while_none(under_way: watch::Receiver<usize>) -> Self {
        Self(Some(under_way))
    }

    /// Waits until a call keeps nobody waiting.
    pub async fn wait(&self) {
        if let Some(under_way) = &self.0 {
            // An error would say that nobody counts any more.
            let _ = under_way.clone().wait_for(|deliveries| *deliveries == 0).await;
        }
    }
}

/// What a question came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told<T> {
    /// The answer.
    Answer(T),
    /// There is no such thing.
    Absent,
    /// The key may not ask, in the desk's words.
    Barred(String),
    /// The desk refuses the question, in its words.
    Refused(String),
}

impl<T> Told<T> {
    pub(super) fn map<U>(self, with: impl FnOnce(T) -> U) -> Told<U> {
        match self {
            Self::Answer(answer) => Told::Answer(with(answer)),
            Self::Absent => Told::Absent,
            Self::Barred(words) => Told::Barred(words),
            Self::Refused(words) => Told::Refused(words),
        }
    }
}

/// What the answer to a question tells. An error: the desk cannot be asked now, or does not take the
/// key at all.
pub(super) fn told<T>(asked: Result<T, DeskError>) -> Result<Told<T>, DeskError> {
    match asked {
        Ok(answer) => Ok(Told::Answer(answer)),
        Err(DeskError::Account(answer)) if answer.status == 403 => Ok(Told::Barred(answer.words)),
        Err(DeskError::Refused(_, answer)) if answer.status == 404 => Ok(Told::Absent),
        Err(DeskError::Refused(_, answer)) => Ok(Told::Refused(answer.words)),
        // A page of a proxy, or a resource of another shape than the page's.
        Err(error @ DeskError::Unreadable { .. }) => Ok(Told::Refused(error.to_string())),
        Err(error) => Err(error),
    }
}

/// The findings; one alone where the desk does not take the key, which `keys` of its table say.
pub(super) fn found(
    findings: Result<Vec<Finding>, DeskError>,
    keys: &[&str],
) -> Result<Vec<Finding>, DeskError> {
    match findings {
        Err(DeskError::Account(Answer { status, words, .. })) => {
            let words = format!("the desk does not take it ({status}): {words}");
            let cure = "nothing is delivered until it does: give a key that is valid";
            let mut finding = Finding::fault(CREDENTIALS, words).cured_by(cure);
            finding.used_by = keys.iter().map(|key| (*key).to_owned()).collect();
            Ok(vec![finding])
        }
        findings => findings,
    }
}

/// What is asked with, as a subject.
pub(super) const CREDENTIALS: &str = "credentials";

/// So many names are enough for a person to find the right one.
const NAMES: usize = 20;

/// Names in a sentence: `` `a`, `b` ``, `none`, or the first of many.
pub(super) fn listed(names: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let mut names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(NAMES);
    names.truncate(NAMES);
    match (names.len(), more) {
        (0, _) => "none".to_owned(),
        (_, 0) => names.join(", "),
        (_, more) => format!("{} and {more} more", names.join(", ")),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::delivery::Reason;

    fn answer(status: u16) -> Answer {
        Answer { status, code: None, words: "no".to_owned(), correlation_id: None }
    }

    #[test]
    fn a_key_that_may_not_ask_is_told_apart_from_one_that_is_not_taken() {
        let barred = told::<()>(Err(DeskError::Account(answer(403)))).unwrap();
        assert_eq!(barred, Told::Barred("no".to_owned()));
        let refused = told::<()>(Err(DeskError::Account(answer(401))));
        let findings = found(refused.map(|_| Vec::new()), &["token"]).unwrap();
        assert_eq!((findings.len(), &*findings[0].used_by[0]), (1, "token"));
    }

    #[test]
    fn what_is_not_there_is_told_apart_from_a_question_that_is_refused() {
        let refused = |status| told::<()>(Err(DeskError::Refused(Reason::Refused, answer(status))));
        assert_eq!(refused(404).unwrap(), Told::Absent);
        assert_eq!(refused(400).unwrap(), Told::Refused("no".to_owned()));
        assert!(told::<()>(Err(DeskError::Faulty(answer(500), None))).is_err());
    }

    #[tokio::test]
    async fn a_question_waits_until_no_delivery_is_under_way() {
        let under_way = watch::Sender::new(1);
        let idle = Idle::while_none(under_way.subscribe());
        let mut waiting = Box::pin(idle.wait());
        assert!(futures_util::poll!(&mut waiting).is_pending());
        under_way.send_replace(0);
        waiting.await;
        Idle::always().wait().await;
    }
}
