//! Ends the connections whose body was not read to its end.
//!
//! actix-http drains a chunked body that nobody wants, for as long as its sender likes. It closes
//! the connection instead where the body's reader is still there once the answer is written: so the
//! answer keeps it.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    middleware::Next,
    web::Bytes,
};
use futures_util::{Stream, StreamExt};

/// A middleware that keeps each body's reader until its answer is written.
pub(super) async fn keep<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let reader = Reader(Rc::new(RefCell::new(request.take_payload())));
    request.set_payload(Payload::Stream { payload: Box::pin(reader.clone()) });
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| BoxBody::new(Answer { body: body.boxed(), _reader: reader })))
}

/// A body's reader in two hands.
#[derive(Clone)]
struct Reader(Rc<RefCell<Payload>>);

impl Stream for Reader {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.borrow_mut().poll_next_unpin(context)
    }
}

/// An answer's body, with the reader of the request's.
struct Answer {
    body: BoxBody,
    _reader: Reader,
}

impl MessageBody for Answer {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
