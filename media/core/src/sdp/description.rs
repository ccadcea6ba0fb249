//! What of a peer's session description matters here (RFC 8866), read with open arms and a limit.

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Attribute, Connection, Media, Session};

use super::crypto::CryptoLine;
use super::dtls::DtlsDescription;
use super::formats::Format;
use super::ice::IceDescription;
use crate::codec::{Codec, OpusParameters};
use crate::direction::Direction;
use crate::rejection::Rejection;
use crate::rtcp::Wanted;

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
    /// What the owner speaks, in the owner's order, and what we do not speak of it.
    pub(super) payload_types: Vec<(u8, Option<Format>)>,
    /// What the owner asks of an Opus encoder.
    pub(super) opus: OpusParameters,
    /// `a=ptime` and `a=maxptime` in milliseconds.
    pub(super) packet_ms: Option<u32>,
    pub(super) max_packet_ms: Option<u32>,
    /// The extended reports that the owner asks for; `None` where it does not speak of them.
    pub(super) extended: Option<Wanted>,
    /// The `a=crypto` lines that we can use.
    pub(super) crypto: Vec<CryptoLine>,
    pub(super) dtls: Option<DtlsDescription>,
    pub(super) ice: Option<IceDescription>,
}

/// The RTP profile of a stream: whether its owner insists on encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// RTP/AVP, RTP/AVPF.
    Plain,
    /// RTP/SAVP, RTP/SAVPF.
    Secure,
    /// UDP/TLS/RTP/SAVP, UDP/TLS/RTP/SAVPF: the same with keys by DTLS (RFC 5764 §8).
    SecureByDtls,
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
        let payload_types = formats(media);
        let crypto = values(&media.attributes, "crypto").filter_map(CryptoLine::parse);
        Ok(Self {
            profile,
            rtp,
            rtcp: rtp.and_then(|rtp| rtcp_address(media, rtp)),
            rtcp_mux: media.attributes.iter().any(|a| a.attribute == RTCP_MUX),
            direction: direction(&media.attributes)
                .or_else(|| direction(&session.attributes))
                .unwrap_or_default(),
            opus: opus_parameters(media, &payload_types),
            payload_types,
            packet_ms: milliseconds(media, "ptime"),
            max_packet_ms: milliseconds(media, "maxptime"),
            extended: extended_reports(session, media),
            crypto: crypto.take(MAX_CRYPTO_LINES).collect(),
            dtls: DtlsDescription::read(session, media),
            ice: IceDescription::read(session, media, rtp),
        })
    }
}

impl Audio {
    /// Whether keys in the description do not count.
    pub(super) fn wants_dtls(&self) -> bool {
        self.profile == Profile::SecureByDtls
    }

    /// What the owner speaks of what we speak, in the owner's order.
    pub(super) fn formats(&self) -> Vec<(u8, Format)> {
        let known = |&(number, format): &(u8, Option<Format>)| Some((number, format?));
        self.payload_types.iter().filter_map(known).collect()
    }

    /// The codecs among [`Self::formats`].
    pub(super) fn codecs(&self) -> impl Iterator<Item = (u8, Codec)> {
        self.payload_types
            .iter()
            .filter_map(|&(number, format)| match format? {
                Format::Voice(codec) => Some((number, codec)),
                Format::Events { .. } | Format::ComfortNoise => None,
            })
    }
}

impl Profile {
    fn parse(transport: &str) -> Option<Self> {
        match transport {
            "RTP/AVP" | "RTP/AVPF" => Some(Self::Plain),
            "RTP/SAVP" | "RTP/SAVPF" => Some(Self::Secure),
            "UDP/TLS/RTP/SAVP" | "UDP/TLS/RTP/SAVPF" => Some(Self::SecureByDtls),
            _ => None,
        }
    }
}

/// What each payload type of an `m=` line stands for, in its order; `None` for what we do not speak.
/// What is listed under two numbers counts by its first.
fn formats(media: &Media) -> Vec<(u8, Option<Format>)> {
    let mut meanings: [Option<Format>; 128] = std::array::from_fn(Format::of_static);
    for value in values(&media.attributes, "rtpmap") {
        let Some((number, encoding)) = numbered(value) else {
            continue;
        };
        if let Some(meaning) = meanings.get_mut(usize::from(number)) {
            *meaning = Format::parse(encoding);
        }
    }
    let mut formats: Vec<(u8, Option<Format>)> = Vec::new();
    let numbers = media.fmt.split_ascii_whitespace();
    for number in numbers.filter_map(|number| number.parse::<u8>().ok()) {
        let meaning = meanings.get(usize::from(number)).copied().flatten();
        let again =
            |&(said, of): &(u8, Option<Format>)| of.is_some() && of == meaning || said == number;
        if !formats.iter().any(again) {
            formats.push((number, meaning));
        }
    }
    formats
}

/// The parameters of Opus, where it is listed with any.
fn opus_parameters(media: &Media, formats: &[(u8, Option<Format>)]) -> OpusParameters {
    let is_opus =
        |&&(_, format): &&(u8, Option<Format>)| format == Some(Format::Voice(Codec::Opus));
    let opus = formats.iter().find(is_opus).map(|&(number, _)| number);
    let mut fmtp = values(&media.attributes, "fmtp").filter_map(numbered);
    let of_opus = fmtp.find(|&(number, _)| Some(number) == opus);
    of_opus.map_or(OpusParameters::default(), |(_, value)| {
        OpusParameters::parse(value)
    })
}

/// `a=rtpmap` and `a=fmtp` begin with a payload type.
fn numbered(value: &str) -> Option<(u8, &str)> {
    let (number, rest) = value.split_once(char::is_whitespace)?;
    Some((number.parse().ok()?, rest.trim()))
}

fn milliseconds(media: &Media, attribute: &str) -> Option<u32> {
    values(&media.attributes, attribute).find_map(|value| value.parse().ok())
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

/// `a=rtcp-xr` of the stream, or else of the session (RFC 3611 §5.1).
fn extended_reports(session: &Session, media: &Media) -> Option<Wanted> {
    let of_stream = values(&media.attributes, RTCP_XR).next();
    let value = of_stream.or_else(|| values(&session.attributes, RTCP_XR).next())?;
    let asks = |name: &str| {
        value
            .split_ascii_whitespace()
            .any(|format| format.split('=').next() == Some(name))
    };
    Some(Wanted {
        metrics: asks(VOIP_METRICS),
        receiver_round_trip: asks(RECEIVER_ROUND_TRIP),
    })
}

fn direction(attributes: &[Attribute]) -> Option<Direction> {
    attributes
        .iter()
        .find_map(|a| Direction::from_attribute(&a.attribute))
}

pub(super) fn values<'a>(
    attributes: &'a [Attribute],
    name: &'a str,
) -> impl Iterator<Item = &'a str> {
    attributes
        .iter()
        .filter(move |attribute| attribute.attribute == name)
        .filter_map(|attribute| attribute.value.as_deref())
        .map(str::trim)
}

pub(super) const RTCP_MUX: &str = "rtcp-mux";
/// RFC 3611 §5.1.
pub(super) const RTCP_XR: &str = "rtcp-xr";
pub(super) const VOIP_METRICS: &str = "voip-metrics";
pub(super) const RECEIVER_ROUND_TRIP: &str = "rcvr-rtt";

/// More than any peer's description; what is longer is an attack on our time.
const MAX_SIZE_BYTES: usize = 64 * 1_024;

/// A call has an audio stream and perhaps video, text, a whiteboard.
const MAX_STREAMS: usize = 32;

/// Lync sends three; one of each suite is all that a choice needs.
const MAX_CRYPTO_LINES: usize = 16;
