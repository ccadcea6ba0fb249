//! Why an offer or an answer cannot be taken.

/// A session description that leads to no sound. A SIP layer answers an offer like this with 488
/// (Not Acceptable Here) and ends a call whose answer is like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No SDP, or SDP that breaks its own grammar; says what is wrong.
    #[error("the session description is malformed: {0}")]
    Malformed(String),
    /// No audio stream is in it, or the audio was refused (port 0).
    #[error("no audio stream is on offer")]
    NoAudio,
    /// Audio, but in no codec that we speak.
    #[error("no common codec")]
    NoCommonCodec,
    /// We insist on SRTP and the other side offers no key that we can use.
    #[error("encryption is required here and not offered there")]
    EncryptionRequired,
    /// The other side insists on SRTP and we may not, or it knows no suite that we know.
    #[error("encryption is required there and not possible here")]
    EncryptionUnavailable,
    /// An answer came although no offer of ours is open.
    #[error("an answer without an offer")]
    NotExpected,
}
