//! Fonts, icons, prompts and sounds of Hark, with their licences.

pub mod fonts;
pub mod icons;
pub mod prompts;
