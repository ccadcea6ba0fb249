//! Fonts, icons, prompts and sounds of Hark, with their licences.

pub mod prompts;
