//! Our own session descriptions on their way out (RFC 8866).

use std::net::SocketAddr;

use sdp_types::{Attribute, Connection, Media, Origin, Session, Time};

use super::crypto::CryptoLine;
use super::description::{RECEIVER_ROUND_TRIP, RTCP_MUX, RTCP_XR, Stream, VOIP_METRICS};
use super::dtls::OutgoingDtls;
use super::formats::{Format, PACKET_MS};
use super::ice::IceDescription;
use crate::config::Encryption;
use crate::direction::Direction;
use crate::rtcp::Wanted;

/// What a description of ours says, apart from its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outgoing {
    pub(super) session_id: u64,
    pub(super) rtp: SocketAddr,
    pub(super) rtcp: SocketAddr,
    pub(super) lines: Vec<Line>,
    pub(super) stream: OutgoingStream,
}

/// Our audio stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OutgoingStream {
    pub(super) transport: String,
    pub(super) formats: Vec<(u8, Format)>,
    pub(super) rtcp_mux: bool,
    pub(super) ice: Option<IceDescription>,
    /// The extended reports that we ask for; in an answer, of those that were offered.
    pub(super) extended: Option<Wanted>,
    pub(super) direction: Direction,
    pub(super) crypto: Vec<CryptoLine>,
    pub(super) dtls: Option<OutgoingDtls>,
    /// Said in offers of keys only.
    pub(super) encryption: Option<Encryption>,
}

/// One `m=` line of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// The audio stream that we speak on.
    Ours,
    /// A stream that is refused, as it was offered.
    Refused {
        media: String,
        transport: String,
        formats: String,
    },
}

impl Line {
    /// The lines of the other side's description, of which one is spoken on.
    pub(super) fn all(streams: &[Stream], ours: usize) -> Vec<Self> {
        let line = |(at, stream): (usize, &Stream)| match at == ours {
            true => Self::Ours,
            false => Self::Refused {
                media: stream.media.clone(),
                transport: stream.transport.clone(),
                formats: stream.formats.clone(),
            },
        };
        streams.iter().enumerate().map(line).collect()
    }
}

pub(super) fn print(outgoing: &Outgoing, version: u64) -> Vec<u8> {
    let host = outgoing.rtp.ip();
    let origin = Origin::with_ip_addr(outgoing.session_id, version, host);
    let mut session = Session::new(origin, "-");
    session.connection = Some(Connection::from_ip_addr(host));
    session.times = vec![Time::new(0, 0)];
    session.medias = outgoing
        .lines
        .iter()
        .map(|line| match line {
            Line::Ours => ours(outgoing),
            Line::Refused {
                media,
                transport,
                formats,
            } => line_of(media, 0, transport, formats),
        })
        .collect();
    let mut text = Vec::new();
    session
        .write(&mut text)
        .expect("a Vec takes whatever is written to it");
    text
}

fn ours(outgoing: &Outgoing) -> Media {
    let stream = &outgoing.stream;
    let numbers: Vec<String> = stream
        .formats
        .iter()
        .map(|(number, _)| number.to_string())
        .collect();
    let mut media = line_of(
        "audio",
        outgoing.rtp.port(),
        &stream.transport,
        &numbers.join(" "),
    );
    let mut say = |name: &str, value: String| {
        media.attributes.push(Attribute::with_value(name, value));
    };
    for line in &stream.crypto {
        say("crypto", line.to_value());
    }
    say("rtcp", outgoing.rtcp.port().to_string());
    for (number, format) in &stream.formats {
        say("rtpmap", format!("{number} {}", format.rtpmap()));
    }
    for (number, format) in &stream.formats {
        if let Some(fmtp) = format.fmtp() {
            say("fmtp", format!("{number} {fmtp}"));
        }
    }
    say("ptime", PACKET_MS.to_string());
    if let Some(value) = stream.extended.and_then(extended_reports) {
        say(RTCP_XR, value);
    }
    match stream.encryption {
        Some(Encryption::Required) => say("encryption", "required".to_owned()),
        Some(Encryption::Optional) => say("encryption", "optional".to_owned()),
        Some(Encryption::Off) | None => {}
    }
    if stream.rtcp_mux {
        media.attributes.push(Attribute::new(RTCP_MUX));
    }
    if let Some(dtls) = &stream.dtls {
        media.attributes.extend(dtls.attributes());
    }
    if let Some(ice) = &stream.ice {
        media.attributes.extend(ice.attributes());
    }
    media
        .attributes
        .push(Attribute::new(stream.direction.attribute()));
    media
}

fn extended_reports(wanted: Wanted) -> Option<String> {
    let metrics = wanted.metrics.then(|| VOIP_METRICS.to_owned());
    let round_trip = wanted
        .receiver_round_trip
        .then(|| format!("{RECEIVER_ROUND_TRIP}=all"));
    let formats: Vec<String> = metrics.into_iter().chain(round_trip).collect();
    (!formats.is_empty()).then(|| formats.join(" "))
}

fn line_of(media: &str, port: u16, transport: &str, formats: &str) -> Media {
    Media {
        media: media.to_owned(),
        port,
        num_ports: None,
        proto: transport.to_owned(),
        fmt: formats.to_owned(),
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes: Vec::new(),
    }
}
