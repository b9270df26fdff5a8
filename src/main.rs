//! The program `deskbell`; all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    deskbell::cli::main()
}
