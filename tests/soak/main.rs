//! Long trials, each one command with its figures at the end: `scripts/soak --help`. Plain
//! `cargo test` does not run them.
//!
//! Exit code 0: every promise was kept. 1: one was broken. 2: the command is wrong.

#![expect(clippy::unwrap_used, reason = "a trial fails by panicking")]

mod crash;
mod options;
mod outage;
mod tickets;
#[path = "../trial/mod.rs"]
mod trial;
mod urgent;

use std::process::ExitCode;

use crate::{
    options::{Mode, Options, USAGE},
    trial::checker::Verdict,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let options = match Options::read(arguments.into_iter()) {
        Ok(options) => options,
        Err(wrong) => {
            eprint!("{wrong}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    println!("seed        {}", options.seed);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kept = runtime.block_on(async {
        match options.mode {
            Mode::Crash => crash::run(&options).await,
            Mode::Outage => outage::run(&options).await,
            Mode::Urgent => urgent::run(&options).await,
        }
    });
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints the verdict; whether every promise was kept.
fn tell(options: &Options, verdict: &Verdict) -> bool {
    print!("{verdict}");
    if options.brief {
        let counts = [
            ("lost", verdict.lost.len()),
            ("doubled", verdict.doubled.len()),
            ("stuck", verdict.stuck.len()),
            ("phantom", verdict.phantom.len()),
            ("unbalanced", verdict.unbalanced.len()),
        ];
        let found = counts.iter().filter(|(_, count)| *count > 0);
        let found: Vec<_> = found.map(|(name, count)| format!("{count} {name}")).collect();
        let found = if found.is_empty() { "none broken".to_owned() } else { found.join(", ") };
        println!("figures: {} accepted, {found}", verdict.accepted);
    }
    verdict.is_clean()
}
