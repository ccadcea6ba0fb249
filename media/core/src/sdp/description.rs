//! What of a peer's session description matters here (RFC 8866), read with open arms and a limit.

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Attribute, Connection, Media, Session};

use super::crypto::CryptoLine;
use crate::codec::Codec;
use crate::direction::Direction;
use crate::rejection::Rejection;

/// A session description: its streams, in its order.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) streams: Vec<Stream>,
}

/// One `m=` line.
#[derive(Debug)]
pub(super) struct Stream {
    /// As on the `m=` line, to be repeated when the stream is refused (RFC 3264 §6).
    pub(super) media: String,
    pub(super) transport: String,
    pub(super) formats: String,
    /// What the stream holds, if it is audio over RTP that is not refused.
    pub(super) audio: Option<Audio>,
}

/// One audio stream as its owner describes it.
#[derive(Debug)]
pub(super) struct Audio {
    pub(super) profile: Profile,
    /// Where the owner wants RTP; `None` for the old form of hold, the address 0.0.0.0.
    pub(super) rtp: Option<SocketAddr>,
    pub(super) rtcp: Option<SocketAddr>,
    /// `a=rtcp-mux`: RTCP may come to the port of RTP (RFC 5761 §5.1.1).
    pub(super) rtcp_mux: bool,
    pub(super) direction: Direction,
    /// Codecs that we know, in the owner's order.
    pub(super) codecs: Vec<(u8, Codec)>,
    /// Payload type of telephone-event (RFC 4733).
    pub(super) events: Option<u8>,
    /// `a=maxptime` in milliseconds.
    pub(super) max_packet_ms: Option<u32>,
    /// The `a=crypto` lines that we can use.
    pub(super) crypto: Vec<CryptoLine>,
}

/// The RTP profile of a stream: whether its owner insists on encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// RTP/AVP, RTP/AVPF.
    Plain,
    /// RTP/SAVP, RTP/SAVPF.
    Secure,
}

impl Description {
    pub(super) fn parse(text: &[u8]) -> Result<Self, Rejection> {
        if text.len() > MAX_SIZE_BYTES {
            return Err(Rejection::Malformed("it is too long".into()));
        }
        let session =
            Session::parse(text).map_err(|error| Rejection::Malformed(error.to_string()))?;
        if session.medias.len() > MAX_STREAMS {
            return Err(Rejection::Malformed("it has too many streams".into()));
        }
        let streams = session
            .medias
            .iter()
            .map(|media| Stream::read(&session, media));
        Ok(Self {
            streams: streams.collect::<Result<_, _>>()?,
        })
    }
}

impl Stream {
    fn read(session: &Session, media: &Media) -> Result<Self, Rejection> {
        let profile = Profile::parse(&media.proto);
        let audio = match profile {
            Some(profile) if media.media == "audio" && media.port != 0 => {
                Some(Audio::read(session, media, profile)?)
            }
            _ => None,
        };
        Ok(Self {
            media: media.media.clone(),
            transport: media.proto.clone(),
            formats: media.fmt.clone(),
            audio,
        })
    }
}

impl Audio {
    fn read(session: &Session, media: &Media, profile: Profile) -> Result<Self, Rejection> {
        let connection = media.connections.first().or(session.connection.as_ref());
        let host = match connection.map(host) {
            Some(Some(host)) => host,
            Some(None) => return Err(Rejection::Malformed("its address is no IP address".into())),
            None => return Err(Rejection::Malformed("it names no address".into())),
        };
        let reachable = !host.is_unspecified() && !host.is_multicast();
        let rtp = reachable.then(|| SocketAddr::new(host, media.port));
        let formats = Formats::read(media);
        let crypto = values(&media.attributes, "crypto").filter_map(CryptoLine::parse);
        Ok(Self {
            profile,
            rtp,
            rtcp: rtp.and_then(|rtp| rtcp_address(media, rtp)),
            rtcp_mux: media.attributes.iter().any(|a| a.attribute == RTCP_MUX),
            direction: direction(&media.attributes)
                .or_else(|| direction(&session.attributes))
                .unwrap_or_default(),
            codecs: formats.codecs,
            events: formats.events,
            max_packet_ms: values(&media.attributes, "maxptime").find_map(|v| v.parse().ok()),
            crypto: crypto.take(MAX_CRYPTO_LINES).collect(),
        })
    }
}

impl Profile {
    fn parse(transport: &str) -> Option<Self> {
        match transport {
            "RTP/AVP" | "RTP/AVPF" => Some(Self::Plain),
            "RTP/SAVP" | "RTP/SAVPF" => Some(Self::Secure),
            _ => None,
        }
    }
}

/// The payload types of an `m=` line that mean something to us.
struct Formats {
    codecs: Vec<(u8, Codec)>,
    events: Option<u8>,
}

impl Formats {
    fn read(media: &Media) -> Self {
        let mut names: [Option<&str>; 128] = [None; 128];
        for codec in Codec::G711 {
            let slot = codec.static_payload_type().map(usize::from);
            if let Some(slot) = slot.and_then(|number| names.get_mut(number)) {
                *slot = Some(codec.name());
            }
        }
        for value in values(&media.attributes, "rtpmap") {
            let Some((payload_type, encoding)) = value.split_once(char::is_whitespace) else {
                continue;
            };
            let slot = payload_type
                .parse()
                .ok()
                .and_then(|n: usize| names.get_mut(n));
            if let Some(slot) = slot {
                *slot = at_8_khz(encoding.trim());
            }
        }
        let mut formats = Self {
            codecs: Vec::new(),
            events: None,
        };
        for payload_type in media.fmt.split_ascii_whitespace() {
            let Ok(payload_type) = payload_type.parse::<u8>() else {
                continue;
            };
            let name = names.get(usize::from(payload_type)).copied().flatten();
            formats.note(payload_type, name.unwrap_or_default());
        }
        formats
    }

    fn note(&mut self, payload_type: u8, name: &str) {
        let named = |codec: &Codec| codec.name().eq_ignore_ascii_case(name);
        if let Some(codec) = Codec::G711.into_iter().find(named) {
            if self.codecs.iter().all(|&(_, known)| known != codec) {
                self.codecs.push((payload_type, codec));
            }
        } else if name.eq_ignore_ascii_case(TELEPHONE_EVENT) {
            self.events.get_or_insert(payload_type);
        }
    }
}

/// The encoding name of an `a=rtpmap` at 8 kHz and one channel, the only ones that we speak.
fn at_8_khz(encoding: &str) -> Option<&str> {
    let mut parts = encoding.split('/');
    let name = parts.next()?;
    let mono = |channels| matches!(channels, None | Some("1"));
    (parts.next() == Some("8000") && mono(parts.next())).then_some(name)
}

fn host(connection: &Connection) -> Option<IpAddr> {
    connection.try_address().ok().map(|address| address.ip)
}

/// `a=rtcp` (RFC 3605), or else the port after RTP's.
fn rtcp_address(media: &Media, rtp: SocketAddr) -> Option<SocketAddr> {
    let Some(value) = values(&media.attributes, "rtcp").next() else {
        return Some(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1)?));
    };
    let mut fields = value.split_ascii_whitespace();
    let port = fields
        .next()?
        .parse()
        .ok()
        .filter(|&port: &u16| port != 0)?;
    let named = fields.nth(2).and_then(|host| host.parse().ok());
    let usable = named.filter(|ip: &IpAddr| !ip.is_unspecified() && !ip.is_multicast());
    Some(SocketAddr::new(usable.unwrap_or(rtp.ip()), port))
}

fn direction(attributes: &[Attribute]) -> Option<Direction> {
    attributes
        .iter()
        .find_map(|a| Direction::from_attribute(&a.attribute))
}

fn values<'a>(attributes: &'a [Attribute], name: &'a str) -> impl Iterator<Item = &'a str> {
    attributes
        .iter()
        .filter(move |attribute| attribute.attribute == name)
        .filter_map(|attribute| attribute.value.as_deref())
        .map(str::trim)
}

pub(super) const RTCP_MUX: &str = "rtcp-mux";
pub(super) const TELEPHONE_EVENT: &str = "telephone-event";

/// More than any peer's description; what is longer is an attack on our time.
const MAX_SIZE_BYTES: usize = 64 * 1_024;

/// A call has an audio stream and perhaps video, text, a whiteboard.
const MAX_STREAMS: usize = 32;

/// Lync sends three; one of each suite is all that a choice needs.
const MAX_CRYPTO_LINES: usize = 16;
