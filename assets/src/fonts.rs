//! Inter (OFL-1.1), cut to Latin, Greek and Cyrillic; see `fonts/README.md`.

/// Running text.
pub const INTER_REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
/// Names in lists, buttons.
pub const INTER_MEDIUM: &[u8] = include_bytes!("../fonts/Inter-Medium.ttf");
/// Titles.
pub const INTER_SEMI_BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");
/// Digits and colon of one width (Inter's `tnum` forms under the ordinary characters), so that a
/// running timer does not shake.
pub const INTER_MEDIUM_TABULAR: &[u8] = include_bytes!("../fonts/Inter-MediumTabular.ttf");
