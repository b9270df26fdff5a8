//! Where a message stands in a distributed trace: W3C Trace Context's `traceparent`.
//!
//! It travels with an event and is no part of it: neither what tells one event from another nor what
//! tells one body from another looks at it.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use super::RequestId;

/// A trace, a span of it, and whether that span is recorded (W3C Trace Context, "Traceparent Header").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceParent {
    /// The trace; never zero.
    pub trace: u128,
    /// The span that what follows is a child of; never zero.
    pub span: u64,
    /// The flags; the lowest bit says that the span is recorded.
    pub flags: u8,
}

/// A text that is no `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a W3C traceparent")]
pub struct InvalidTraceParent;

/// The length of a `traceparent` of version 00, in bytes.
const LENGTH: usize = 55;

impl TraceParent {
    /// A trace that every reader of an event can join where nobody began one. It is made from the
    /// request id, so that all copies of an event belong to it, and it can be found by the id.
    pub fn of(request_id: &RequestId) -> Self {
        let digest = Sha256::digest(request_id.as_str());
        let (mut trace, mut span) = ([0; 16], [0; 8]);
        trace.copy_from_slice(&digest[..16]);
        span.copy_from_slice(&digest[24..]);
        let hashed = u128::from_be_bytes(trace);
        let trace = uuid::Uuid::parse_str(request_id.as_str()).map_or(hashed, |id| id.as_u128());
        // A hash of zeros and the nil UUID are no ids.
        Self { trace: trace.max(1), span: u64::from_be_bytes(span).max(1), flags: 1 }
    }
}

impl FromStr for TraceParent {
    type Err = InvalidTraceParent;

    fn from_str(text: &str) -> Result<Self, InvalidTraceParent> {
        let parts = text.get(..LENGTH).ok_or(InvalidTraceParent)?.split('-');
        let [version, trace, span, flags] = parts.collect::<Vec<_>>()[..] else {
            return Err(InvalidTraceParent);
        };
        let is_hex =
            |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let lengths = [version.len(), trace.len(), span.len(), flags.len()];
        if lengths != [2, 32, 16, 2] || ![version, trace, span, flags].into_iter().all(is_hex) {
            return Err(InvalidTraceParent);
        }
        // A later version may say more behind what this one says; `ff` is none.
        let rest = &text[LENGTH..];
        let is_read = rest.is_empty() || (version != "00" && rest.starts_with('-'));
        let trace = u128::from_str_radix(trace, 16).map_err(|_| InvalidTraceParent)?;
        let span = u64::from_str_radix(span, 16).map_err(|_| InvalidTraceParent)?;
        let flags = u8::from_str_radix(flags, 16).map_err(|_| InvalidTraceParent)?;
        if version == "ff" || !is_read || trace == 0 || span == 0 {
            return Err(InvalidTraceParent);
        }
        Ok(Self { trace, span, flags })
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trace, span, flags } = self;
        write!(formatter, "00-{trace:032x}-{span:016x}-{flags:02x}")
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_read_and_written_as_it_came() {
        assert_eq!(GIVEN.parse::<TraceParent>().unwrap().to_string(), GIVEN);
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let later = GIVEN.replacen("00", "cc", 1) + "-what-follows";
        assert_eq!(later.parse::<TraceParent>().unwrap().to_string(), GIVEN);
    }

    #[test]
    fn what_is_no_traceparent_is_none() {
        let (no_trace, no_span) = ("0".repeat(32), "0".repeat(16));
        for text in [
            "",
            "00-1-2-01",
            &GIVEN.to_uppercase(),
            &GIVEN.replacen("00", "ff", 1),
            &format!("{GIVEN}-more"),
            &format!("00-{no_trace}-00f067aa0ba902b7-01"),
            &format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{no_span}-01"),
            &GIVEN.replace("4b", "+b"),
            &GIVEN.replace("a3", "é"),
        ] {
            assert_eq!(text.parse::<TraceParent>(), Err(InvalidTraceParent), "{text}");
        }
    }

    #[test]
    fn the_trace_that_nobody_began_is_found_by_the_request_id() {
        let id = RequestId::carried("0199c0de-0000-7000-8000-00000000abcd");
        let text = TraceParent::of(&id).to_string();
        assert!(text.starts_with("00-0199c0de00007000800000000000abcd-"), "{text}");
        assert_eq!(text.parse(), Ok(TraceParent::of(&id)));
        assert_ne!(TraceParent::of(&RequestId::carried("r-1")), TraceParent::of(&id));
    }
}
