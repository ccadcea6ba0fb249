//! The icons of the window: a subset of Lucide as one font, and the character of each icon.
//!
//! The characters lie in a private-use area that Inter uses too, so this font must be a family of
//! its own, and its characters are painted, never written into a label that is read aloud.

/// Lucide 1.66 (ISC), cut to the characters below; see `icons/README.md`.
pub const LUCIDE: &[u8] = include_bytes!("../icons/Lucide.ttf");

/// The picture of the program, 256 pixels square; drawn from `app-icon/hark.svg`.
pub const APP_ICON_PNG: &[u8] = include_bytes!("../app-icon/hark-256.png");

pub const VOICEMAIL: char = '\u{e1a8}';
pub const PHONE: char = '\u{e133}';
pub const PHONE_INCOMING: char = '\u{e136}';
pub const PHONE_OUTGOING: char = '\u{e139}';
pub const PHONE_MISSED: char = '\u{e137}';
pub const PHONE_OFF: char = '\u{e138}';
pub const MIC: char = '\u{e118}';
pub const MIC_OFF: char = '\u{e119}';
pub const PAUSE: char = '\u{e12e}';
pub const PLAY: char = '\u{e13c}';
pub const GRIP: char = '\u{e3b1}';
pub const HEADPHONES: char = '\u{e0f1}';
pub const HOUSE: char = '\u{e0f5}';
pub const HISTORY: char = '\u{e1f5}';
pub const SETTINGS: char = '\u{e154}';
pub const DELETE: char = '\u{e0ae}';
pub const WIFI_OFF: char = '\u{e1af}';
pub const BOT: char = '\u{e1bb}';
pub const CHEVRON_DOWN: char = '\u{e06d}';
pub const CHEVRON_UP: char = '\u{e070}';
pub const CHEVRON_RIGHT: char = '\u{e06f}';
pub const CHEVRON_LEFT: char = '\u{e06e}';
pub const CHECK: char = '\u{e06c}';
pub const CIRCLE: char = '\u{e076}';
pub const CIRCLE_CHECK: char = '\u{e226}';
pub const CIRCLE_ALERT: char = '\u{e077}';
pub const TRIANGLE_ALERT: char = '\u{e193}';
pub const INFO: char = '\u{e0f9}';
pub const SHIELD_CHECK: char = '\u{e1ff}';
pub const KEY_ROUND: char = '\u{e4a3}';
pub const VOLUME_2: char = '\u{e1ab}';
pub const TRASH_2: char = '\u{e18e}';
pub const LOG_OUT: char = '\u{e10e}';
pub const FLASK_CONICAL: char = '\u{e0d5}';
pub const EYE: char = '\u{e0ba}';
pub const EYE_OFF: char = '\u{e0bb}';
pub const ARROW_RIGHT: char = '\u{e049}';
pub const PHONE_CALL: char = '\u{e134}';
pub const PHONE_FORWARDED: char = '\u{e135}';
pub const ARROW_LEFT_RIGHT: char = '\u{e24a}';
pub const X: char = '\u{e1b2}';
pub const DOWNLOAD: char = '\u{e0b2}';
pub const REFRESH_CW: char = '\u{e145}';
pub const CIRCLE_DOT: char = '\u{e345}';
pub const STAR: char = '\u{e176}';
pub const ELLIPSIS: char = '\u{e0b6}';
pub const USERS: char = '\u{e1a4}';
pub const SEARCH: char = '\u{e151}';
pub const PLUS: char = '\u{e13d}';
pub const PENCIL: char = '\u{e1f9}';
pub const UPLOAD: char = '\u{e19e}';
pub const CIRCLE_PLAY: char = '\u{e080}';
