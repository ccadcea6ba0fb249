//! Developer commands: demo, test, check, ci, bench, layers, sounds.

fn main() {}
