//! A call that runs allocates nothing on the way of its packets: microphone, codec, RTP, SRTP, and
//! back through SRTP, jitter buffer and codec to the loudspeaker.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hark_media::{
    Codec, Component, DtlsConfig, DtlsIdentity, DtlsUse, Encryption, MediaConfig, MediaOutput,
    MediaSession, SrtpSuite,
};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};

/// Two sessions that talk, and a network without delay between them.
struct Call {
    now: Instant,
    sides: [MediaSession; 2],
    /// Where datagrams arrive, as at a socket.
    buffer: Vec<u8>,
    packets: u64,
}

/// What a frame cost, and whether it is one of those in which a report was sent.
struct Cost {
    allocations: u64,
    reports: u64,
}

impl Call {
    /// A call by this codec, under this suite or in clear.
    fn new(codec: Codec, suite: Option<SrtpSuite>) -> Self {
        let encryption = match suite {
            Some(_) => Encryption::Required,
            None => Encryption::Off,
        };
        let (mut caller, offer) = MediaSession::offer(config(0, codec, encryption));
        let offer = String::from_utf8(offer).expect("SDP of ours is text");
        let other_suite = |line: &str| {
            line.starts_with("a=crypto") && suite.is_none_or(|suite| !line.contains(suite.name()))
        };
        let offer: String = offer
            .split_inclusive('\n')
            .filter(|line| !other_suite(line))
            .collect();
        let (callee, answer) = MediaSession::answer(config(1, codec, encryption), offer.as_bytes())
            .expect("an answer");
        caller.accept_answer(&answer).expect("our own answer");
        assert_eq!(caller.in_use().expect("an agreement").srtp, suite);
        Self::between([caller, callee])
    }

    /// The same with keys by a handshake.
    fn by_dtls(codec: Codec) -> Self {
        let config = |side| {
            let mut config = config(side, codec, Encryption::Required);
            config.dtls = Some(dtls());
            config
        };
        let (mut caller, offer) = MediaSession::offer(config(0));
        let (callee, answer) = MediaSession::answer(config(1), &offer).expect("an answer");
        caller.accept_answer(&answer).expect("our own answer");
        Self::between([caller, callee])
    }

    fn between(sides: [MediaSession; 2]) -> Self {
        Self {
            now: epoch(),
            sides,
            buffer: vec![0; 2_048],
            packets: 0,
        }
    }

    /// 10 ms of both media threads.
    fn frame(&mut self, samples: &mut [i16]) -> u64 {
        let mut reports = 0;
        for side in 0..2 {
            self.sides[side].play(self.now, samples);
            for (n, sample) in samples.iter_mut().enumerate() {
                *sample = (n as i16 % 40 - 20) * 300;
            }
            self.sides[side].capture(self.now, samples);
            self.sides[side].tick(self.now);
            while let Some(output) = self.sides[side].poll_output() {
                let MediaOutput::Transmit {
                    component, packet, ..
                } = output
                else {
                    continue;
                };
                self.packets += 1;
                reports += u64::from(component == Component::Rtcp || packet[1] & 0x7f >= 64);
                let datagram = &mut self.buffer[..packet.len()];
                datagram.copy_from_slice(&packet);
                let from = address(side, component);
                self.sides[1 - side].handle_packet(self.now, component, from, datagram);
            }
        }
        self.now += Duration::from_millis(10);
        reports
    }

    fn run(&mut self, frames: usize) -> Vec<Cost> {
        let rate_hz = self.sides[0].rate_hz();
        let mut samples = vec![0; rate_hz as usize / 100];
        let cost = |_| {
            let mut reports = 0;
            let counted = allocation_counter::measure(|| reports = self.frame(&mut samples));
            Cost {
                allocations: counted.count_total,
                reports,
            }
        };
        (0..frames).map(cost).collect()
    }
}

#[test]
fn a_call_that_runs_allocates_nothing_for_its_packets() {
    let in_pcmu = |suite| (Codec::Pcmu, suite);
    let suites = [None].into_iter().chain(SrtpSuite::ALL.map(Some));
    let codecs = Codec::ALL.map(|codec| (codec, Some(SrtpSuite::AeadAes256Gcm)));
    for (codec, suite) in suites.map(in_pcmu).chain(codecs) {
        let mut call = Call::new(codec, suite);
        call.run(WARM_UP);
        assert_costs_nothing(call, &format!("{codec:?} {suite:?}"));
    }
}

#[test]
fn a_call_with_keys_by_dtls_costs_no_more_once_they_are_there() {
    let mut call = Call::by_dtls(Codec::Pcmu);
    call.run(WARM_UP);
    for side in &call.sides {
        let suite = side.in_use().and_then(|in_use| in_use.srtp);
        assert_eq!(suite, Some(SrtpSuite::AeadAes256Gcm));
    }
    assert_costs_nothing(call, "DTLS");
}

fn assert_costs_nothing(mut call: Call, case: &str) {
    let before = call.packets;
    let costs = call.run(FRAMES);
    let sound = costs.iter().filter(|cost| cost.reports == 0);
    let allocations: u64 = sound.map(|cost| cost.allocations).sum();
    assert_eq!(allocations, 0, "{case}");
    assert!(call.packets - before >= FRAMES as u64, "{case}");
    for side in &call.sides {
        let stats = side.stats();
        assert_eq!(
            (stats.packets_lost, stats.packets_discarded),
            (0, 0),
            "{case}"
        );
        assert!(stats.packets_received as usize >= FRAMES / 2, "{case}");
    }
}

fn dtls() -> DtlsConfig {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key");
    let certificate = CertificateParams::default().self_signed(&key);
    let certificate = certificate.expect("a certificate").der().to_vec();
    let identity = DtlsIdentity::new(certificate, key.serialize_der()).expect("of P-256");
    DtlsConfig {
        when: DtlsUse::Always,
        identity: Arc::new(identity),
    }
}

fn config(side: usize, codec: Codec, encryption: Encryption) -> MediaConfig {
    MediaConfig {
        codecs: vec![codec],
        encryption,
        local_rtp: address(side, Component::Rtp),
        local_rtcp: address(side, Component::Rtcp),
        dtls: None,
        ice: None,
        cname: format!("side-{side}"),
        seed: [side as u8 + 1; 32],
    }
}

fn address(side: usize, component: Component) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 40_000 + 2 * side as u16 + component as u16))
}

#[expect(
    clippy::disallowed_methods,
    reason = "an Instant has no other beginning"
)]
fn epoch() -> Instant {
    Instant::now()
}

/// Three seconds, in which buffers grow to their size.
const WARM_UP: usize = 300;

/// A minute: three thousand packets each way.
const FRAMES: usize = 6_000;
