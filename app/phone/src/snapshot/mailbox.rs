//! The user's mailbox as it is shown.

/// Where the mailbox is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoicemailView {
    pub address: String,
    pub origin: VoicemailOrigin,
}

/// Who named the address of the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoicemailOrigin {
    /// The user did.
    Settings,
    /// The server did, in a `Message-Account` (RFC 3842), and the settings name none.
    Learned,
    /// Nobody did: `sip:USER@DOMAIN;opaque=app:voicemail` (OX-5).
    Default,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageWaiting {
    pub new: u32,
    pub old: u32,
    pub urgent_new: u32,
}

/// Whether the next voicemail call will skip the PIN, and if not, why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SkipPin {
    Yes,
    /// Not signed in.
    #[default]
    NotRegistered,
    /// The flow is not TLS.
    NotEncrypted,
    /// The server let us in without asking for a password.
    NotAuthenticated,
    /// The voicemail address is outside the account's own domain.
    OtherDomain,
    /// The settings say that the server asks for the PIN.
    AsksForPin,
}
