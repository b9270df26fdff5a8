//! One stream: looks again and again, and sends what has changed.

use std::{convert::Infallible, sync::Arc, time::Duration};

use actix_web::web;
use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{
    super::{Pages, session::Session},
    feed::{EVERY, Feed},
    seats::Seat,
};
use crate::operators::Office;

/// A stream that had nothing to say for so long shows that it is there: proxies end what is silent, and a
/// browser that is gone is noticed.
const BEAT: Duration = Duration::from_secs(16);

/// After a break the browser comes back in five seconds.
const RETRY: &str = "retry: 5000\n\n";

/// Who watches something.
pub(super) struct Watcher {
    session: Session,
    feed: Arc<Feed>,
    /// Held for as long as the stream is.
    _seat: Seat,
    office: web::Data<Office>,
    pages: web::Data<Pages>,
    sent: Option<Arc<str>>,
    silent: Duration,
    has_begun: bool,
}

/// What a look leads to.
enum Sending {
    Nothing,
    This(String),
    /// The session is over.
    Over,
}

impl Watcher {
    /// Somebody who has seen nothing yet.
    pub(super) fn new(
        session: Session,
        feed: Arc<Feed>,
        seat: Seat,
        office: web::Data<Office>,
        pages: web::Data<Pages>,
    ) -> Self {
        Self {
            session,
            feed,
            _seat: seat,
            office,
            pages,
            sent: None,
            silent: Duration::ZERO,
            has_begun: false,
        }
    }

    /// All that there is to say, until `stop`.
    pub(super) fn stream(
        self,
        stop: CancellationToken,
    ) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
        stream::unfold(Some(self), move |watcher| {
            let stop = stop.clone();
            async move {
                let mut watcher = watcher?;
                let (said, is_last) = stop.run_until_cancelled(watcher.next()).await?;
                Some((Ok(Bytes::from(said)), (!is_last).then_some(watcher)))
            }
        })
    }

    /// Waits for something to say; and whether it is the last.
    async fn next(&mut self) -> (String, bool) {
        if !self.has_begun {
            self.has_begun = true;
            return match self.look().await {
                Sending::Nothing => (RETRY.to_owned(), false),
                Sending::This(html) => (RETRY.to_owned() + &html, false),
                Sending::Over => (event("over", "over"), true),
            };
        }
        loop {
            sleep(EVERY).await;
            self.silent += EVERY;
            match self.look().await {
                Sending::This(html) => {
                    self.silent = Duration::ZERO;
                    return (html, false);
                }
                Sending::Over => return (event("over", "over"), true),
                Sending::Nothing if self.silent >= BEAT => {
                    self.silent = Duration::ZERO;
                    return (":\n\n".to_owned(), false);
                }
                Sending::Nothing => {}
            }
        }
    }

    /// The session first: who has none any more sees nothing more. While the ledger cannot be read,
    /// nothing is told.
    async fn look(&mut self) -> Sending {
        match self.office.session(self.session.shown()).await {
            Err(_unread) => return Sending::Nothing,
            Ok(None) => return Sending::Over,
            Ok(Some(_)) => {}
        }
        let Some(html) = self.feed.now(&self.office, &self.pages).await else {
            return Sending::Nothing;
        };
        if self.sent.as_ref() == Some(&html) {
            return Sending::Nothing;
        }
        self.sent = Some(html.clone());
        Sending::This(event("fragment", &html))
    }
}

/// An event as the stream has it. A carriage return would end a line of it.
fn event(name: &str, data: &str) -> String {
    let data = data.replace('\r', "&#13;");
    let lines: Vec<String> = data.split('\n').map(|line| format!("data: {line}\n")).collect();
    format!("event: {name}\n{}\n", lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_on_a_page_makes_an_event_of_its_own() {
        let told = event("fragment", "<p>a\n\nevent: over\r\rdata: b</p>");
        let lines = "data: <p>a\ndata: \ndata: event: over&#13;&#13;data: b</p>\n";
        assert_eq!(told, format!("event: fragment\n{lines}\n"));
    }
}
