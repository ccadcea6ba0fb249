//! Our SRTP beside webrtc-srtp, which agrees with libsrtp: the same octets out, the same packets let
//! in.

use rtp::header::Header as TheirHeader;
use webrtc_srtp::context::Context;
use webrtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use webrtc_srtp::protection_profile::ProtectionProfile;
use webrtc_util::marshal::Unmarshal as _;

use super::*;

fn context(key: &StreamKey) -> Context {
    let suite = key.master.suite();
    let profile = match suite {
        SrtpSuite::AesCm128HmacSha1_80 => ProtectionProfile::Aes128CmHmacSha1_80,
        SrtpSuite::AesCm128HmacSha1_32 => ProtectionProfile::Aes128CmHmacSha1_32,
        SrtpSuite::AeadAes128Gcm => ProtectionProfile::AeadAes128Gcm,
        SrtpSuite::AeadAes256Gcm => ProtectionProfile::AeadAes256Gcm,
    };
    let (master, salt) = key.master.octets().split_at(suite.key_length());
    let replays = Some(srtp_replay_protection(128));
    let report_replays = Some(srtcp_replay_protection(128));
    Context::new(master, salt, profile, replays, report_replays).unwrap()
}

fn their_open(context: &mut Context, packet: &[u8]) -> Option<Vec<u8>> {
    let header = TheirHeader::unmarshal(&mut &packet[..]).ok()?;
    let opened = context.decrypt_rtp_with_header(packet, &header);
    opened.ok().map(|packet| packet.to_vec())
}

/// They panic at short reports, and let in without proof what says that it is not encrypted.
fn their_open_rtcp(context: &mut Context, suite: SrtpSuite, packet: &[u8]) -> Option<Vec<u8>> {
    let (behind, shortest) = match suite {
        SrtpSuite::AesCm128HmacSha1_80 | SrtpSuite::AesCm128HmacSha1_32 => (14, 8 + 14),
        SrtpSuite::AeadAes128Gcm | SrtpSuite::AeadAes256Gcm => (4, 8 + 20),
    };
    if packet.len() < shortest || packet[packet.len() - behind] & 0x80 == 0 {
        return None;
    }
    let opened = context.decrypt_rtcp(packet);
    opened.ok().map(|packet| packet.to_vec())
}

/// What the network does to a packet.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Arrives,
    Lost,
    /// It comes after the next one.
    Late,
    Doubled,
    CutBy(usize),
    Flipped(usize),
}

fn any_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Arrives),
        1 => Just(Fate::Lost),
        2 => Just(Fate::Late),
        1 => Just(Fate::Doubled),
        1 => (1usize..40).prop_map(Fate::CutBy),
        // The version stays, because our reader of headers is the stricter one.
        1 => (8usize..300).prop_map(Fate::Flipped),
    ]
}

impl Fate {
    /// Their window against replays believes the first packet before it has proved authentic, so
    /// that one has to be.
    fn of_number(self, n: usize) -> Self {
        if n == 0 { Self::Arrives } else { self }
    }

    /// What arrives now, and what waits for the next packet.
    fn of(self, packet: &[u8]) -> (Vec<Vec<u8>>, Option<Vec<u8>>) {
        let packet = packet.to_vec();
        match self {
            Self::Arrives => (vec![packet], None),
            Self::Lost => (vec![], None),
            Self::Late => (vec![], Some(packet)),
            Self::Doubled => (vec![packet.clone(), packet], None),
            Self::CutBy(octets) => {
                let kept = packet.len().saturating_sub(octets).max(12);
                (vec![packet[..kept].to_vec(), packet], None)
            }
            Self::Flipped(bit) => {
                let bit = bit % (8 * packet.len() - 8) + 8;
                (vec![flipped(&packet, bit), packet], None)
            }
        }
    }
}

proptest! {
    /// Sequence numbers that wrap several times, over a network that does everything to packets.
    #[test]
    fn rtp_is_the_same_out_and_in(
        suite in any_suite(),
        start in 0u16..0x8000,
        steps in proptest::collection::vec((1u16..90, 0usize..60, any_fate()), 20..60),
        leaps in proptest::collection::vec(2_000u16..0x3000, 4..12),
    ) {
        let key = key(suite, 11);
        let (mut protector, mut unprotector) = pair(&key);
        let (mut their_sender, mut their_receiver) = (context(&key), context(&key));
        let mut sequence = start;
        let mut late: Option<Vec<u8>> = None;
        let leap_every = steps.len() / leaps.len() + 1;
        for (n, (step, length, fate)) in steps.into_iter().enumerate() {
            let leap = if n % leap_every == 0 { leaps[n / leap_every] } else { 0 };
            // What waits is played before a leap, which it would look too old after.
            sequence = sequence.wrapping_add(if late.is_none() { step + leap } else { step });
            let mut packet = packet(SSRC, sequence);
            packet.resize(12 + length, 0x5a);
            let header = TheirHeader::unmarshal(&mut &packet[..]).unwrap();
            let theirs = their_sender.encrypt_rtp_with_header(&packet, &header).unwrap();
            protector.protect_rtp(&mut packet).unwrap();
            prop_assert_eq!(&packet[..], &theirs[..]);
            let (mut arriving, waits) = fate.of_number(n).of(&packet);
            arriving.extend(late.take());
            late = waits;
            for packet in arriving {
                let (ours, theirs) = (
                    open(&mut unprotector, &packet),
                    their_open(&mut their_receiver, &packet),
                );
                prop_assert_eq!(ours, theirs, "{} {:?}", sequence, suite);
            }
        }
    }

    #[test]
    fn rtcp_is_the_same_out_and_in(
        suite in any_suite(),
        steps in proptest::collection::vec((0usize..60, any_fate()), 1..40),
    ) {
        let key = key(suite, 11);
        let (mut protector, mut unprotector) = pair(&key);
        let (mut their_sender, mut their_receiver) = (context(&key), context(&key));
        let mut late: Option<Vec<u8>> = None;
        for (n, (length, fate)) in steps.into_iter().enumerate() {
            let mut packet = BytesMut::from(&REPORT[..]);
            packet.resize(12 + length, 0x5a);
            // They count from one, so that the first of ours is skipped.
            if n == 0 {
                protector.protect_rtcp(&mut packet.clone()).unwrap();
            }
            let theirs = their_sender.encrypt_rtcp(&packet).unwrap();
            protector.protect_rtcp(&mut packet).unwrap();
            prop_assert_eq!(&packet[..], &theirs[..]);
            let (mut arriving, waits) = fate.of_number(n).of(&packet);
            arriving.extend(late.take());
            late = waits;
            for packet in arriving {
                let theirs = their_open_rtcp(&mut their_receiver, suite, &packet);
                prop_assert_eq!(open_rtcp(&mut unprotector, &packet), theirs);
            }
        }
    }
}
