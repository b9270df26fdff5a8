//! Vendors' webhooks.

#![no_main]

#[path = "../entries/natives.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    entry::run(input);
});
