//! What operators do, on the command line and by the API of the private port.

mod acting;
mod admission;
mod calling;
mod command_line;
mod console;
mod editing;
mod editor;
mod erasing;
mod finding;
mod guarding;
mod issues;
mod overview;
mod reading;
mod refusing;
mod replaying;
mod retention;
