//! What is read as a handshake for keys.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use hark_harness::Clock;
use hark_media::{
    Codec, Component, DtlsConfig, DtlsIdentity, DtlsUse, Encryption, MediaConfig, MediaOutput,
    MediaSession,
};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};

/// Datagrams, each with its length in two octets before it. The first octet of all chooses who begins,
/// and whether they are the other side's or are laid over what the other side says. However it ends,
/// nothing but a handshake goes out before there are keys.
pub fn dtls(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let setup = if choice & 1 == 0 { "active" } else { "passive" };
    let mut call = Call::new(setup);
    match choice & 2 {
        0 => call.receive(bytes),
        _ => call.overlay(bytes),
    }
}

/// Two sides of a call. The first is the one that is looked at.
struct Call {
    now: Instant,
    sides: [MediaSession; 2],
}

impl Call {
    fn new(setup: &str) -> Self {
        let (mut here, offer) = MediaSession::offer(config(0));
        let offer = String::from_utf8(offer).expect("text of ours");
        let offer = offer.replace("setup:actpass", &format!("setup:{setup}"));
        let (there, answer) = MediaSession::answer(config(1), offer.as_bytes()).expect("an answer");
        here.accept_answer(&answer).expect("its own answer");
        Self {
            now: Clock::new().now(),
            sides: [here, there],
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        for packet in datagrams(bytes) {
            self.hear(0, packet.to_vec());
            self.turn(0);
        }
    }

    fn overlay(&mut self, bytes: &[u8]) {
        let mut masks = datagrams(bytes);
        let mut flying = [Vec::new(), Vec::new()];
        for _ in 0..TURNS {
            for side in 0..2 {
                let sent = self.turn(side);
                flying[1 - side].extend(sent);
            }
            for mut packet in std::mem::take(&mut flying[0]) {
                let mask = masks.next().unwrap_or_default();
                packet
                    .iter_mut()
                    .zip(mask)
                    .for_each(|(octet, mask)| *octet ^= mask);
                self.hear(0, packet);
            }
            for packet in std::mem::take(&mut flying[1]) {
                self.hear(1, packet);
            }
        }
    }

    fn hear(&mut self, side: usize, mut packet: Vec<u8>) {
        let from = address(1 - side);
        self.sides[side].handle_packet(self.now, Component::Rtp, from, &mut packet);
    }

    /// 10 ms of one side, and what it sends.
    fn turn(&mut self, side: usize) -> Vec<Vec<u8>> {
        let session = &mut self.sides[side];
        let mut frame = [0; 80];
        session.play(self.now, &mut frame);
        session.capture(self.now, &frame);
        session.tick(self.now);
        self.now += Duration::from_millis(10);
        let has_keys = session.in_use().is_some_and(|in_use| in_use.srtp.is_some());
        let sent = std::iter::from_fn(|| session.poll_output()).filter_map(|output| match output {
            MediaOutput::Transmit { packet, .. } => Some(packet.to_vec()),
            MediaOutput::Event(_) => None,
        });
        let sent: Vec<Vec<u8>> = sent.collect();
        assert!(
            sent.len() < MAX_OUTPUTS,
            "{} datagrams of one turn",
            sent.len()
        );
        let is_handshake = |packet: &Vec<u8>| matches!(packet.first(), Some(20..=63));
        assert!(
            has_keys || sent.iter().all(is_handshake),
            "sound without keys"
        );
        sent
    }
}

/// Datagrams, each with its length before it.
fn datagrams(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    let next = move || {
        let (length, tail) = rest.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (packet, tail) = tail.split_at(length.min(tail.len()));
        rest = tail;
        Some(packet)
    };
    std::iter::from_fn(next).take(MAX_DATAGRAMS)
}

fn config(side: usize) -> MediaConfig {
    MediaConfig {
        codecs: vec![Codec::Pcmu],
        encryption: Encryption::Required,
        dtls: Some(DtlsConfig {
            when: DtlsUse::Always,
            identity: identity(),
        }),
        local_rtp: address(side),
        local_rtcp: address(side + 2),
        ice: None,
        cname: "fuzz".to_owned(),
        seed: [side as u8 + 1; 32],
    }
}

/// Made once, because a key takes longer than a run.
fn identity() -> Arc<DtlsIdentity> {
    static IDENTITY: OnceLock<Arc<DtlsIdentity>> = OnceLock::new();
    let make = || {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("random numbers");
        let certificate = CertificateParams::default().self_signed(&key);
        let certificate = certificate.expect("a certificate").der().to_vec();
        let identity = DtlsIdentity::new(certificate, key.serialize_der());
        Arc::new(identity.expect("a key on P-256"))
    };
    Arc::clone(IDENTITY.get_or_init(make))
}

fn address(side: usize) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 40_000 + side as u16))
}

/// Longer than a handshake takes, and than a lost flight is waited for.
const TURNS: usize = 80;

/// As many as make an execution short.
const MAX_DATAGRAMS: usize = 100;

/// Flights of all associations at once.
const MAX_OUTPUTS: usize = 64;
