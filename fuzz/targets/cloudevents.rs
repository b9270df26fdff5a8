//! CloudEvents documents as the queue carries them.

#![no_main]

#[path = "../entries/digits.rs"]
mod digits;
#[path = "../entries/cloudevents.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    entry::run(input);
});
