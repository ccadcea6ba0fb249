//! The direction of a media stream (RFC 3264 §5.1), seen from the side that names it.

/// What one side does with a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    #[default]
    SendReceive,
    /// Sends only: the side that names it holds the call, perhaps with music.
    SendOnly,
    ReceiveOnly,
    Inactive,
}

impl Direction {
    /// The SDP attribute (RFC 8866 §6.7).
    pub fn attribute(self) -> &'static str {
        match self {
            Self::SendReceive => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::ReceiveOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    pub fn sends(self) -> bool {
        matches!(self, Self::SendReceive | Self::SendOnly)
    }

    pub fn receives(self) -> bool {
        matches!(self, Self::SendReceive | Self::ReceiveOnly)
    }

    /// The same stream named by the other side.
    pub(crate) fn reversed(self) -> Self {
        Self::of(self.receives(), self.sends())
    }

    /// What both allow.
    pub(crate) fn and(self, other: Self) -> Self {
        Self::of(
            self.sends() && other.sends(),
            self.receives() && other.receives(),
        )
    }

    /// The same direction with sending taken out, as for a peer whose address is 0.0.0.0.
    pub(crate) fn without_sending(self) -> Self {
        Self::of(false, self.receives())
    }

    pub(crate) fn from_attribute(name: &str) -> Option<Self> {
        [
            Self::SendReceive,
            Self::SendOnly,
            Self::ReceiveOnly,
            Self::Inactive,
        ]
        .into_iter()
        .find(|direction| direction.attribute() == name)
    }

    fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendReceive,
            (true, false) => Self::SendOnly,
            (false, true) => Self::ReceiveOnly,
            (false, false) => Self::Inactive,
        }
    }
}
