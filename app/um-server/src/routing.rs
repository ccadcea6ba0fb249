//! Where an INVITE goes: the decisions of the protocol server, as pure functions.
//!
//! [`route`] decides when the INVITE arrives, [`after_ringing`] when the called devices have said no
//! or nothing. Both read facts and change nothing; `protocol/` carries the verdicts out.
//! The rules are MS-OCEXUM §3.2.2 (OX-12), MS-EUMR §3.1.5 and RFC 3261 §16.5.

use hark_sip::message::{Headers, StatusCode, Uri};

use crate::config::{Forwarding, User};

/// What routing reads of an INVITE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallFacts<'a> {
    /// The calling user, where the caller is one of ours and has proved it.
    pub caller: Option<&'a str>,
    pub target: Target<'a>,
    pub diversion: Diversion,
}

/// Whom the Request-URI names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target<'a> {
    User(Callee<'a>),
    /// `;opaque=app:voicemail` (MS-SIPRE §2.2.3): the user's mailbox, not the user.
    VoicemailOf(&'a str),
    /// The keypad number for one's own mailbox.
    OwnVoicemail,
    Unknown,
}

/// A called user at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Callee<'a> {
    pub name: &'a str,
    pub forwarding: Forwarding,
    pub reach: Reach,
}

/// Whether any device of a user can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    SignedIn,
    SignedOut,
}

/// Whether the caller lets a call be forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Diversion {
    Allowed,
    /// `Ms-Sensitivity: private-no-diversion` (OX-12).
    Forbidden,
}

/// What happens to an INVITE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Call all devices of the user.
    Ring {
        user: String,
        unanswered: Unanswered,
    },
    /// The caller's own mailbox: subscriber access.
    OpenMailbox {
        user: String,
    },
    /// Call answering for this user.
    Deposit {
        user: String,
        cause: Cause,
    },
    Refuse(StatusCode),
}

/// What becomes of a call that no device took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswered {
    ToVoicemail,
    Fails,
}

/// What follows when no device took the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aftermath {
    Voicemail(Cause),
    /// The caller gets the devices' response.
    PassOn,
    /// The caller gets this response instead.
    Refuse(StatusCode),
}

/// Why a call reaches voicemail instead of its callee (the reasons of RFC 5806 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Unconditional,
    NoAnswer,
    Busy,
    Declined,
    Unavailable,
    /// The caller dialled the mailbox.
    Dialled,
}

impl Diversion {
    /// OX-13: only this one value means something here; any other passes through unread.
    pub fn of(headers: &Headers) -> Self {
        let forbids = |value: &str| value.trim().eq_ignore_ascii_case("private-no-diversion");
        match headers.all("Ms-Sensitivity").any(forbids) {
            true => Self::Forbidden,
            false => Self::Allowed,
        }
    }
}

impl Cause {
    /// The `reason` parameter of `Diversion`.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Unconditional => "unconditional",
            Self::NoAnswer => "no-answer",
            Self::Busy => "user-busy",
            Self::Declined | Self::Dialled => "deflection",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Whom a Request-URI of our domain names. `users` are all users of the server.
pub(crate) fn target<'a>(
    uri: &Uri,
    users: &'a [User],
    voicemail_number: &str,
    reach: impl Fn(&str) -> Reach,
) -> Target<'a> {
    let Some(dialled) = uri.user_text() else {
        return Target::Unknown;
    };
    if dialled == voicemail_number {
        return Target::OwnVoicemail;
    }
    let Some(user) = users.iter().find(|user| user.answers_to(&dialled)) else {
        return Target::Unknown;
    };
    let opaque = uri.params().get("opaque").unwrap_or_default();
    if opaque.eq_ignore_ascii_case("app:voicemail") {
        return Target::VoicemailOf(&user.name);
    }
    Target::User(Callee {
        name: &user.name,
        forwarding: user.forwarding,
        reach: reach(&user.name),
    })
}

/// Decides where an INVITE goes.
pub(crate) fn route(facts: &CallFacts<'_>) -> Verdict {
    match &facts.target {
        Target::Unknown => Verdict::Refuse(StatusCode::NOT_FOUND),
        Target::OwnVoicemail => match facts.caller {
            Some(caller) => Verdict::OpenMailbox {
                user: caller.to_owned(),
            },
            None => Verdict::Refuse(StatusCode::NOT_FOUND),
        },
        // The same user in From and Request-URI is subscriber access, any other is call answering
        // (MS-EUMR §3.1.5). The mailbox is what was dialled, so nothing is diverted here and
        // private-no-diversion does not stand against it.
        Target::VoicemailOf(user) if facts.caller == Some(*user) => Verdict::OpenMailbox {
            user: (*user).to_owned(),
        },
        Target::VoicemailOf(user) => Verdict::Deposit {
            user: (*user).to_owned(),
            cause: Cause::Dialled,
        },
        Target::User(callee) => route_to_user(callee, facts.diversion),
    }
}

fn route_to_user(callee: &Callee<'_>, diversion: Diversion) -> Verdict {
    let user = callee.name.to_owned();
    // OX-12: with private-no-diversion it is as if the user forwarded nothing.
    let forwarding = match diversion {
        Diversion::Allowed => callee.forwarding,
        Diversion::Forbidden => Forwarding::Off,
    };
    match (forwarding, callee.reach) {
        (Forwarding::Immediate, _) => Verdict::Deposit {
            user,
            cause: Cause::Unconditional,
        },
        (Forwarding::Unanswered, Reach::SignedOut) => Verdict::Deposit {
            user,
            cause: Cause::Unavailable,
        },
        (Forwarding::Off, Reach::SignedOut) => Verdict::Refuse(StatusCode::TEMPORARILY_UNAVAILABLE),
        (Forwarding::Unanswered, Reach::SignedIn) => Verdict::Ring {
            user,
            unanswered: Unanswered::ToVoicemail,
        },
        (Forwarding::Off, Reach::SignedIn) => Verdict::Ring {
            user,
            unanswered: Unanswered::Fails,
        },
    }
}

/// Decides whether the best response of the rung devices leads to voicemail after all.
pub(crate) fn after_ringing(
    unanswered: Unanswered,
    diversion: Diversion,
    best: StatusCode,
) -> Aftermath {
    if best.is_redirection() && diversion == Diversion::Forbidden {
        // A device that deflects the call forwards it (OX-12).
        return Aftermath::Refuse(StatusCode::TEMPORARILY_UNAVAILABLE);
    }
    let cause = match best {
        StatusCode::BUSY_HERE | StatusCode::BUSY_EVERYWHERE => Cause::Busy,
        StatusCode::DECLINE => Cause::Declined,
        StatusCode::REQUEST_TIMEOUT => Cause::NoAnswer,
        StatusCode::TEMPORARILY_UNAVAILABLE => Cause::Unavailable,
        // Anything else is no "cannot take the call": the caller's request did not fit (4xx), the
        // caller gave up (487), or the call goes elsewhere (3xx).
        _ => return Aftermath::PassOn,
    };
    match unanswered {
        Unanswered::ToVoicemail => Aftermath::Voicemail(cause),
        Unanswered::Fails => Aftermath::PassOn,
    }
}

#[cfg(test)]
mod tests;
