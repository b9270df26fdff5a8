//! Headers and bodies as a stranger sends them.

#![no_main]

#[path = "../entries/signatures.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    entry::run(input);
});
