//! Everything in Hark that takes bytes from the network or from a user, one function each, which
//! panics where a promise is broken.
//!
//! The fuzzer (`cargo xtask fuzz TARGET SECONDS`) searches with them, and the test `replay` gives
//! them what it has found before, `corpus/TARGET/*`, in every run of the tests.

mod codec;
mod dtls;
#[cfg(feature = "faces")]
mod faces;
mod media;
#[cfg(feature = "faces")]
mod people;
mod text;
mod user_agent;

/// A promise about bytes from outside.
pub type Target = fn(&[u8]);

/// All of them, by the names of their corpora.
pub const TARGETS: &[(&str, Target)] = &[
    ("framing", text::framing),
    ("message", text::message),
    ("uri", text::uri),
    ("name-addr", text::name_addr),
    ("challenge", text::challenge),
    ("message-summary", text::message_summary),
    ("pidf", text::presence),
    #[cfg(feature = "faces")]
    ("config", faces::config),
    #[cfg(feature = "faces")]
    ("headless", faces::headless),
    #[cfg(feature = "faces")]
    ("settings-document", faces::settings_document),
    #[cfg(feature = "faces")]
    ("vcard", people::vcards),
    #[cfg(feature = "faces")]
    ("carddav", people::carddav),
    #[cfg(feature = "faces")]
    ("report", faces::report),
    ("sdp", media::sdp),
    ("codec", codec::payloads),
    ("rtp", media::rtp),
    ("rtcp", media::rtcp),
    ("srtp-unprotect", media::srtp_unprotect),
    ("dtls", dtls::dtls),
    ("dtmf", media::dtmf),
    ("user-agent", user_agent::anything_at_any_time),
];

/// The target of this name.
///
/// # Panics
/// When there is none.
pub fn target(name: &str) -> Target {
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("no target {name}")).1
}
