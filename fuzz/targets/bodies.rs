//! Bodies of events in both forms.

#![no_main]

#[path = "../entries/digits.rs"]
mod digits;
#[path = "../entries/bodies.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    entry::run(input);
});
