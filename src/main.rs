//! The program `deskbell`.

fn main() {}
