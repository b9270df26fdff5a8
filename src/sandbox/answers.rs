//! Broken answers: pages, garbage, too much, too little, nothing.

use std::{io, time::Duration};

use actix_web::{
    HttpResponse,
    body::BoxBody,
    http::{StatusCode, header},
};
use bytes::Bytes;
use futures_util::stream;

/// One piece of a huge body, and how many of them there are: 64 MiB.
const PIECE: usize = 64 * 1024;
const PIECES: usize = 1024;

/// Long enough for the first half of a cut answer to leave the machine before the connection closes.
const HALF_WAY: Duration = Duration::from_millis(20);

/// An answer that breaks off before its first byte: the connection closes.
///
/// A body that fails at once is dropped together with the head that was not yet flushed.
pub(super) fn disconnect() -> HttpResponse {
    let broken = stream::iter([Err::<Bytes, io::Error>(io::ErrorKind::ConnectionAborted.into())]);
    HttpResponse::Ok().streaming(broken)
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> HttpResponse {
    HttpResponse::with_body(status, BoxBody::new(()))
}

/// The page of a proxy that could not reach the vendor.
pub(super) fn html(status: StatusCode) -> HttpResponse {
    let reason = status.canonical_reason().unwrap_or("Unknown Error");
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(format!(
        "<html>\r\n<head><title>{0} {reason}</title></head>\r\n\
         <body><center><h1>{0} {reason}</h1></center></body>\r\n</html>\r\n",
        status.as_u16()
    ))
}

/// Bytes that are neither JSON nor text.
pub(super) fn garbage(status: StatusCode) -> HttpResponse {
    let bytes: &[u8] = &[0x1f, 0x8b, 0xff, 0xfe, b'{', 0x00, 0xc3, 0x28, b'"'];
    HttpResponse::build(status).content_type("application/json").body(bytes)
}

/// Sixty-four mebibytes of one JSON string.
pub(super) fn huge(status: StatusCode) -> HttpResponse {
    let open = Bytes::from_static(b"{\"message\":\"");
    let piece = Bytes::from(vec![b'x'; PIECE]);
    let close = Bytes::from_static(b"\"}");
    let pieces = std::iter::once(open)
        .chain(std::iter::repeat_n(piece, PIECES))
        .chain(std::iter::once(close));
    HttpResponse::build(status)
        .content_type("application/json")
        .streaming(stream::iter(pieces.map(Ok::<Bytes, io::Error>)))
}

/// Half of a JSON document; then the connection closes.
pub(super) fn cut(status: StatusCode) -> HttpResponse {
    let halves = stream::unfold(0_u8, |sent| async move {
        match sent {
            0 => Some((Ok(Bytes::from_static(b"{\"id\":\"1")), 1)),
            1 => {
                tokio::time::sleep(HALF_WAY).await;
                Some((Err::<Bytes, io::Error>(io::ErrorKind::ConnectionAborted.into()), 2))
            }
            _ => None,
        }
    });
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .streaming(Box::pin(halves))
}
