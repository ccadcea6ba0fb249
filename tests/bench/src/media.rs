//! The sound of the far end: its answer to the phone's offer, and its RTP and SRTP packets.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use webrtc_srtp::context::Context;
use webrtc_srtp::protection_profile::ProtectionProfile;

use crate::condition::Codec;

/// Whether the packets travel encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    Off,
    /// SRTP with keys in the SDP (RFC 4568), AES_CM_128_HMAC_SHA1_80.
    Srtp,
}

/// What was agreed with the phone.
pub struct Agreed {
    /// Where the phone hears.
    pub phone: SocketAddr,
    pub payload_type: u8,
    pub sdp: String,
}

/// Answers a phone's offer with the one codec that is wanted.
///
/// # Errors
/// When the offer lacks the codec or the encryption.
pub fn answer(offer: &str, codec: Codec, encryption: Encryption, port: u16) -> Result<Agreed> {
    let media = offer.lines().find_map(|line| line.strip_prefix("m=audio "));
    let mut words = media.context("an offer without sound")?.split_whitespace();
    let (port_of_phone, profile) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let (payload_type, format) = match codec {
        Codec::Pcmu => (0, "PCMU/8000".to_owned()),
        Codec::Opus => {
            let number = payload_type(offer, "opus/48000/2").context("the phone offers no Opus")?;
            (
                number,
                format!("opus/48000/2\r\na=fmtp:{number} useinbandfec=1"),
            )
        }
    };
    let crypto = match encryption {
        Encryption::Off => String::new(),
        Encryption::Srtp => {
            let tag = crypto_tag(offer).context("the phone offers no SRTP")?;
            format!(
                "a=crypto:{tag} {SUITE} inline:{}\r\n",
                STANDARD.encode(KEY_AND_SALT)
            )
        }
    };
    if crypto.is_empty() && profile.contains("SAVP") {
        bail!("the phone offers SRTP only");
    }
    Ok(Agreed {
        phone: SocketAddr::from(([127, 0, 0, 1], port_of_phone.parse()?)),
        payload_type,
        sdp: format!(
            "v=0\r\no=studio 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} {profile} {payload_type}\r\na=rtpmap:{payload_type} {format}\r\n\
             {crypto}a=ptime:20\r\na=sendrecv\r\n"
        ),
    })
}

/// The number under which the offer has a dynamic codec.
fn payload_type(offer: &str, name: &str) -> Option<u8> {
    let maps = offer
        .lines()
        .filter_map(|line| line.strip_prefix("a=rtpmap:"));
    maps.filter_map(|map| map.split_once(' '))
        .find(|(_, codec)| codec.trim().eq_ignore_ascii_case(name))
        .and_then(|(number, _)| number.parse().ok())
}

/// The tag of the offered key of our suite.
fn crypto_tag(offer: &str) -> Option<&str> {
    let lines = offer
        .lines()
        .filter_map(|line| line.strip_prefix("a=crypto:"));
    lines
        .filter_map(|line| line.split_once(' '))
        .find(|(_, rest)| rest.starts_with(SUITE))
        .map(|(tag, _)| tag)
}

/// Every packet of a stream as it goes onto the wire.
///
/// # Errors
/// When the SRTP library refuses.
pub fn packets(
    payloads: &[Vec<u8>],
    step: u32,
    payload_type: u8,
    encryption: Encryption,
) -> Result<Vec<Vec<u8>>> {
    let mut context = match encryption {
        Encryption::Off => None,
        Encryption::Srtp => {
            let (key, salt) = KEY_AND_SALT.split_at(16);
            let profile = ProtectionProfile::Aes128CmHmacSha1_80;
            Some(Context::new(key, salt, profile, None, None)?)
        }
    };
    let seal = |(number, payload): (usize, &Vec<u8>)| {
        let packet = packet(number as u16, step, payload_type, payload);
        Ok(match &mut context {
            Some(context) => context.encrypt_rtp(&packet)?.to_vec(),
            None => packet,
        })
    };
    payloads.iter().enumerate().map(seal).collect()
}

/// RFC 3550 §5.1; `step` is the length of a packet on the clock of its codec.
fn packet(number: u16, step: u32, payload_type: u8, payload: &[u8]) -> Vec<u8> {
    // The marker opens a talk spurt (RFC 3551 §4.1).
    let marker = if number == 0 { 0x80 } else { 0 };
    let mut packet = vec![0x80, marker | payload_type];
    packet.extend_from_slice(&number.to_be_bytes());
    packet.extend_from_slice(&(u32::from(number) * step).to_be_bytes());
    packet.extend_from_slice(b"Hall");
    packet.extend_from_slice(payload);
    packet
}

const SUITE: &str = "AES_CM_128_HMAC_SHA1_80";

/// Made up for calls that nobody else hears.
const KEY_AND_SALT: &[u8; 30] = b"measured in a studio, not live";

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\nm=audio 4000 RTP/SAVP 96 0\r\na=rtpmap:96 opus/48000/2\r\n\
        a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:x\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:y\r\n";

    #[test]
    fn the_answer_takes_what_the_phone_offers() {
        let agreed = answer(OFFER, Codec::Opus, Encryption::Srtp, 5000).unwrap();
        assert_eq!((agreed.phone.port(), agreed.payload_type), (4000, 96));
        assert!(agreed.sdp.contains("m=audio 5000 RTP/SAVP 96\r\n"));
        assert!(
            agreed
                .sdp
                .contains("a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:")
        );
        assert!(answer(OFFER, Codec::Pcmu, Encryption::Off, 5000).is_err());
        assert!(
            answer(
                "m=audio 1 RTP/AVP 0\r\n",
                Codec::Opus,
                Encryption::Off,
                5000
            )
            .is_err()
        );
    }

    #[test]
    fn encryption_changes_the_payload_and_keeps_the_header() {
        let payloads = vec![vec![7; 160]; 2];
        let clear = packets(&payloads, 160, 0, Encryption::Off).unwrap();
        let sealed = packets(&payloads, 160, 0, Encryption::Srtp).unwrap();
        assert_eq!(
            clear[1][..12],
            [0x80, 0, 0, 1, 0, 0, 0, 160, b'H', b'a', b'l', b'l']
        );
        assert_eq!(clear[1][..12], sealed[1][..12]);
        assert_ne!(clear[1][12..], sealed[1][12..172]);
        assert_eq!(sealed[1].len(), 12 + 160 + 10);
    }
}
