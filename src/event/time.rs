//! Times as senders write them.

use jiff::Timestamp;

/// Whether `text` is an instant as RFC 3339 writes it; jiff alone reads more spellings than that.
pub fn is_rfc3339(text: &str) -> bool {
    let shape = "dddd-dd-ddTdd:dd:dd".bytes();
    let as_written = text.len() >= "2026-01-01T00:00:00Z".len()
        && shape.zip(text.bytes()).all(|(expected, byte)| match expected {
            b'd' => byte.is_ascii_digit(),
            mark => byte.eq_ignore_ascii_case(&mark),
        });
    as_written && has_offset(&text[19..]) && text.parse::<Timestamp>().is_ok()
}

/// Whether `text` is digits of a second, if any, and `Z` or `+hh:mm`.
fn has_offset(text: &str) -> bool {
    let offset = match text.strip_prefix('.') {
        Some(fraction) => {
            let offset = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            if offset.len() == fraction.len() {
                return false;
            }
            offset
        }
        None => text,
    };
    match offset.as_bytes() {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', hours @ .., b':', tens, ones] => {
            hours.len() == 2 && hours.iter().chain([tens, ones]).all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_as_rfc_3339_writes_it() {
        for good in [
            "2026-01-01T00:00:00Z",
            "2026-01-01t00:00:00.123456789z",
            "2026-02-28T23:59:60+05:30",
            "1985-04-12T23:20:50.52-08:00",
        ] {
            assert!(is_rfc3339(good), "{good}");
        }
        for bad in [
            "",
            "2026-01-01",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00Z[UTC]",
            "2026-02-30T00:00:00Z",
            "2026-01-01T00:00:00é",
            "20260101T000000.0000000Z",
        ] {
            assert!(!is_rfc3339(bad), "{bad}");
        }
    }
}
