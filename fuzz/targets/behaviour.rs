//! The behaviour file: sources, desks, rules.

#![no_main]

#[path = "../entries/behaviour.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    entry::run(input);
});
