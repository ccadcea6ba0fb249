//! What the engine tells its faces once, as against what the snapshot shows all the time.

use crate::snapshot::{CallId, CallKind, CallState, RegistrationView};

/// Something that happened. The order of events is the order in which they happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Registration(RegistrationView),
    /// A call that `policy::admit` let through rings now.
    Incoming {
        call: CallId,
        kind: CallKind,
        from: String,
    },
    /// A call changed its state.
    Call {
        call: CallId,
        state: CallState,
        /// Why it ended, in words a person can use.
        reason: Option<String>,
        /// Outgoing calls: whether the INVITE carried `Ms-Exchange-Command: skip-pin`.
        skip_pin: Option<bool>,
    },
    /// Sound is agreed on.
    Media {
        call: CallId,
        codec: &'static str,
        srtp: Option<&'static str>,
    },
    /// The counts of the mailbox changed. The urgent ones are among the new ones.
    MessageWaiting {
        new: u32,
        old: u32,
        urgent: u32,
    },
    /// A sentence for a person: what happened and what to do next.
    Error {
        text: String,
    },
    /// The engine has stopped; nothing follows.
    Stopped,
}
