//! Hark, a desktop softphone whose first job is voicemail.

fn main() {}
