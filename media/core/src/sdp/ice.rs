//! ICE in SDP (RFC 8839): who a side is, and where it may be reached.

use std::fmt;
use std::net::SocketAddr;

use is::Candidate;
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore as _;
use sdp_types::{Attribute, Media, Session};

use super::agreement::Agreement;
use super::description::values;
use crate::config::{IceUse, MediaConfig};

/// What one side says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IceDescription {
    pub(crate) credentials: Credentials,
    /// The candidates of RTP and those of RTCP.
    pub(crate) candidates: [Vec<Candidate>; 2],
}

/// The name and the password that connectivity checks carry (RFC 8445 §7.2.2). New ones restart ICE.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) ufrag: String,
    pub(crate) password: String,
}

/// What both sides said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IceAgreement {
    pub(crate) own: Credentials,
    pub(crate) theirs: IceDescription,
}

/// Our side of ICE, if we have one.
#[derive(Debug)]
pub(crate) struct OwnIce {
    description: Option<IceDescription>,
    when: IceUse,
}

impl OwnIce {
    pub(super) fn new(config: &MediaConfig, random: &mut ChaCha20Rng) -> Self {
        Self {
            description: config.ice.as_ref().map(|_| IceDescription {
                credentials: Credentials::fresh(random),
                candidates: Default::default(),
            }),
            when: config
                .ice
                .as_ref()
                .map_or(IceUse::WhenOffered, |ice| ice.when),
        }
    }

    /// The next description says that we can be reached there.
    pub(crate) fn reachable_at(&mut self, candidates: [Vec<Candidate>; 2]) {
        if let Some(own) = &mut self.description {
            own.candidates = candidates;
        }
    }

    pub(crate) fn credentials(&self) -> Option<&Credentials> {
        self.description.as_ref().map(|own| &own.credentials)
    }

    /// The next description begins ICE anew.
    pub(crate) fn restart(&mut self, random: &mut ChaCha20Rng) {
        if let Some(own) = &mut self.description {
            own.credentials = Credentials::fresh(random);
        }
    }

    /// What an offer says: a session that has begun with ICE, or without it, goes on so.
    pub(super) fn offered(&self, agreement: Option<&Agreement>) -> Option<IceDescription> {
        let wanted = match agreement {
            Some(agreement) => agreement.ice.is_some(),
            None => self.when == IceUse::Always,
        };
        let mut own = self.description.clone().filter(|_| wanted)?;
        if agreement.is_some_and(|agreement| agreement.rtcp_mux) {
            own.candidates[1].clear();
        }
        Some(own)
    }

    /// What is agreed on by an answer to our offer.
    pub(super) fn agreed(&self, theirs: Option<&IceDescription>) -> Option<IceAgreement> {
        let (own, theirs) = self.description.as_ref().zip(theirs)?;
        Some(IceAgreement {
            own: own.credentials.clone(),
            theirs: theirs.clone(),
        })
    }

    /// What is agreed on by our answer. A peer that begins anew makes us begin anew, too (RFC 8839
    /// §4.4.1.1.1).
    pub(super) fn answering(
        &mut self,
        theirs: Option<&IceDescription>,
        before: Option<&IceAgreement>,
        random: &mut ChaCha20Rng,
    ) -> Option<IceAgreement> {
        let anew = before.zip(theirs).is_some_and(|(before, theirs)| {
            before.theirs.credentials != theirs.credentials
                && Some(&before.own) == self.credentials()
        });
        if anew {
            self.restart(random);
        }
        self.agreed(theirs)
    }

    /// What our answer says.
    pub(super) fn answered(&self, agreement: &Agreement) -> Option<IceDescription> {
        self.offered(Some(agreement))
    }
}

impl Credentials {
    /// RFC 8839 §5.4 wants 24 random bits in the name and 128 in the password at least.
    pub(crate) fn fresh(random: &mut ChaCha20Rng) -> Self {
        let mut text = |length| {
            let letter = |_| char::from(ICE_CHARS[random.next_u32() as usize % ICE_CHARS.len()]);
            (0..length).map(letter).collect()
        };
        Self {
            ufrag: text(8),
            password: text(24),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(redacted)")
    }
}

impl IceDescription {
    /// `None` for a side without ICE, and for one whose packets would not arrive where its ICE says:
    /// something on the way has changed the address and not the candidates (RFC 8839 §4.2.5).
    pub(super) fn read(session: &Session, media: &Media, rtp: Option<SocketAddr>) -> Option<Self> {
        if speaks_microsoft(media) {
            return None;
        }
        let own = |name| values(&media.attributes, name).next();
        let common = |name| values(&session.attributes, name).next();
        let ufrag = own("ice-ufrag").or_else(|| common("ice-ufrag"))?;
        let password = own("ice-pwd").or_else(|| common("ice-pwd"))?;
        let lengths = (4..=256).contains(&ufrag.len()) && (22..=256).contains(&password.len());
        if !lengths || !ufrag.bytes().chain(password.bytes()).all(is_ice_char) {
            return None;
        }
        let mut candidates = <[Vec<Candidate>; 2]>::default();
        for line in values(&media.attributes, "candidate").take(MAX_CANDIDATES) {
            if let Some((component, candidate)) = read_candidate(line) {
                candidates[component].push(candidate);
            }
        }
        let default_is_one = candidates[0].iter().any(|c| Some(c.addr()) == rtp);
        default_is_one.then(|| Self {
            credentials: Credentials {
                ufrag: ufrag.to_owned(),
                password: password.to_owned(),
            },
            candidates,
        })
    }

    /// The attributes of our stream.
    pub(super) fn attributes(&self) -> Vec<Attribute> {
        let say = |name: &str, value: &str| Attribute::with_value(name, value);
        let mut lines = vec![
            say("ice-ufrag", &self.credentials.ufrag),
            say("ice-pwd", &self.credentials.password),
            say("ice-options", "ice2"),
        ];
        let [rtp, rtcp] = &self.candidates;
        lines.extend(rtp.iter().map(|c| say("candidate", &written(c, 1))));
        lines.extend(rtcp.iter().map(|c| say("candidate", &written(c, 2))));
        lines
    }
}

/// Lync and Skype for Business want attributes of their own in every check ([MS-ICE2]), which no
/// crate writes. A call without ICE works with them inside of one network.
fn speaks_microsoft(media: &Media) -> bool {
    let theirs = |a: &Attribute| MICROSOFT.contains(&a.attribute.as_str());
    media.attributes.iter().any(theirs)
}

/// A candidate over UDP and its component: 0 for RTP, 1 for RTCP.
///
/// The agent of the crate knows one component and calls it 1; here each component has its own agent.
fn read_candidate(line: &str) -> Option<(usize, Candidate)> {
    let mut fields: Vec<&str> = line.split_ascii_whitespace().take(MAX_FIELDS).collect();
    let [_, component, transport, priority, ..] = fields.as_mut_slice() else {
        return None;
    };
    let at = match *component {
        "1" => 0,
        "2" => 1,
        _ => return None,
    };
    let usable = transport.eq_ignore_ascii_case("udp") && is_priority(priority.parse().ok()?);
    *component = "1";
    let text = format!("candidate:{}", fields.join(" "));
    let candidate = Candidate::from_sdp_string(&text).ok().filter(|_| usable)?;
    let address = candidate.addr();
    let reachable =
        address.port() != 0 && !address.ip().is_unspecified() && !address.ip().is_multicast();
    reachable.then_some((at, candidate))
}

/// The value of an `a=candidate`, without what the crate adds for trickling.
fn written(candidate: &Candidate, component: u32) -> String {
    let text = candidate.to_sdp_string();
    let text = text.strip_prefix("candidate:").unwrap_or(&text);
    let mut fields: Vec<String> = text.split(' ').map(str::to_owned).collect();
    if let Some(ufrag) = fields.iter().position(|field| field == "ufrag") {
        fields.truncate(ufrag);
    }
    let number = component.to_string();
    if let [_, at, _, priority, ..] = fields.as_mut_slice() {
        // The last octet of a priority is 256 less the component (RFC 8445 §5.1.2.1).
        let base = priority.parse().unwrap_or(0_u32);
        *priority = base.saturating_sub(component - 1).to_string();
        *at = number;
    }
    fields.join(" ")
}

/// RFC 8445 §5.1.2: between 1 and 2^31 - 1.
pub(crate) fn is_priority(priority: u32) -> bool {
    (1..1 << 31).contains(&priority)
}

fn is_ice_char(octet: u8) -> bool {
    ICE_CHARS.contains(&octet)
}

/// RFC 8839 §5.1.
const ICE_CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What only its descriptions say ([MS-SDPEXT]).
const MICROSOFT: [&str; 4] = [
    "cryptoscale",
    "x-candidate-ipv6",
    "x-ssrc-range",
    "x-source",
];

/// More than any peer has; the checks of all pairs have to end some day.
const MAX_CANDIDATES: usize = 40;

/// The fields of a candidate with a few extensions.
const MAX_FIELDS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_read_and_written_alike() {
        for line in [
            "1 1 udp 2130706431 192.0.2.10 50004 typ host",
            "2 2 udp 1694498814 203.0.113.5 6000 typ srflx raddr 192.0.2.10 rport 50004",
            "3 1 udp 2130706431 2001:db8::1 50004 typ host",
        ] {
            let (component, candidate) = read_candidate(line).unwrap();
            let first = candidate.to_sdp_string();
            assert!(first.contains(" 1 udp "), "{first}");
            let again = written(&candidate, 1);
            assert_eq!(
                again.replacen(" 1 ", &format!(" {} ", component + 1), 1),
                line
            );
        }
    }

    #[test]
    fn candidates_that_cannot_be_used_are_passed_over() {
        for line in [
            "",
            "1 1 udp",
            "1 3 udp 2130706431 192.0.2.10 50004 typ host",
            "1 1 TCP-PASS 2130706431 192.0.2.10 50004 typ host",
            "1 1 udp 4294967295 192.0.2.10 50004 typ host",
            "1 1 udp 0 192.0.2.10 50004 typ host",
            "1 1 udp 1 0.0.0.0 50004 typ host",
            "1 1 udp 1 192.0.2.10 0 typ host",
            "1 1 udp 1 224.0.0.1 5000 typ host",
            "1 1 udp 1 b1c2.local 50004 typ host",
        ] {
            assert!(read_candidate(line).is_none(), "{line}");
        }
    }
}
