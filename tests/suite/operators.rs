//! What operators do, on the command line and by the API of the private port.

mod command_line;
