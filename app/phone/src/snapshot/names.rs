//! How directions, kinds and outcomes of calls are spelled in files and in JSON.

use super::{CallDirection, CallKind, Outcome};

impl CallDirection {
    pub fn name(self) -> &'static str {
        match self {
            Self::Outgoing => "outgoing",
            Self::Incoming => "incoming",
        }
    }

    /// `None` for a word of a later version.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Outgoing, Self::Incoming];
        all.into_iter().find(|direction| direction.name() == name)
    }
}

impl CallKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::PlayOnPhone => "play_on_phone",
            Self::Person => "person",
            Self::Automatic => "automatic",
            Self::Voicemail => "voicemail",
        }
    }

    /// `None` for a word of a later version.
    pub fn named(name: &str) -> Option<Self> {
        let all = [
            Self::PlayOnPhone,
            Self::Person,
            Self::Automatic,
            Self::Voicemail,
        ];
        all.into_iter().find(|kind| kind.name() == name)
    }
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Missed => "missed",
            Self::Declined => "declined",
            Self::Refused => "refused",
            Self::Forwarded => "forwarded",
            Self::AnsweredElsewhere => "answered_elsewhere",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// `None` for a word of a later version.
    pub fn named(name: &str) -> Option<Self> {
        let all = [
            Self::Answered,
            Self::Missed,
            Self::Declined,
            Self::Refused,
            Self::Forwarded,
            Self::AnsweredElsewhere,
            Self::Failed,
            Self::Cancelled,
        ];
        all.into_iter().find(|outcome| outcome.name() == name)
    }
}
