//! Symmetric RTP on the wire: peers behind translators, and those who would steal their sound.

use super::*;

/// Side 0 sits behind a translator: its packets come from here, whatever it writes in its SDP.
const TRANSLATOR: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 5)),
    6_000,
);

const THIEF: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 66)),
    6_666,
);

impl Pair {
    /// The last packet of a side on a component.
    fn last_of(&self, side: usize, component: Component) -> Bytes {
        let of = |w: &&(Duration, usize, Component, Bytes)| w.1 == side && w.2 == component;
        self.wire.iter().rfind(of).unwrap().3.clone()
    }

    /// The next packet of side 0, on its way through a translator.
    fn translated(&mut self) -> Bytes {
        self.sides[0].capture(self.now, &[0; 160]);
        let Some(MediaOutput::Transmit { packet, .. }) = self.sides[0].poll_output() else {
            panic!("a packet is due");
        };
        packet
    }

    fn destination(&self) -> SocketAddr {
        self.sides[1].destination(Component::Rtp).unwrap()
    }

    fn hear_from(&mut self, from: SocketAddr, component: Component, packet: &[u8]) {
        self.sides[1].handle_packet(self.now, component, from, &mut packet.to_vec());
    }
}

/// Packets of one source, in clear.
fn stream(ssrc: u32) -> impl Iterator<Item = BytesMut> {
    (0..).map(move |n: u16| {
        voice(Header {
            ssrc,
            sequence_number: n,
            timestamp: u32::from(n) * 160,
            ..Header::default()
        })
    })
}

#[test]
fn a_peer_behind_a_translator_is_answered_where_it_really_is() {
    for encryption in [Encryption::Required, Encryption::Off] {
        let mut pair = Pair::new(encryption, encryption);
        for _ in 0..2 {
            let packet = pair.translated();
            pair.hear_from(TRANSLATOR, Component::Rtp, &packet);
        }
        assert_eq!(pair.destination(), TRANSLATOR, "{encryption:?}");
    }
}

#[test]
fn only_the_newest_authentic_packet_moves_an_encrypted_stream() {
    let mut pair = Pair::new(Encryption::Required, Encryption::Required);
    pair.run(10_000);
    let home = address(0, Component::Rtp);
    let old = pair.last_of(0, Component::Rtp);
    let mut forged = old.to_vec();
    forged[20] ^= 1;
    pair.hear_from(THIEF, Component::Rtp, &forged);
    pair.hear_from(THIEF, Component::Rtp, &old);
    for packet in stream(0xbad).take(200) {
        pair.hear_from(THIEF, Component::Rtp, &packet);
    }
    assert_eq!(pair.destination(), home);
    // A packet that was held back on the way says where the peer was, not where it is.
    let (held_back, next) = (pair.translated(), pair.translated());
    pair.hear_from(TRANSLATOR, Component::Rtp, &next);
    pair.hear_from(THIEF, Component::Rtp, &held_back);
    assert_eq!(pair.destination(), TRANSLATOR);
}

#[test]
fn strangers_do_not_draw_away_a_stream_in_clear_even_when_its_peer_is_silent() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.run(500);
    let home = address(0, Component::Rtp);
    let ssrc = pair.sides[0].sender.ssrc;
    pair.now += Duration::from_secs(30);
    for packet in stream(0xbad).take(100).chain(stream(ssrc).take(100)) {
        pair.hear_from(THIEF, Component::Rtp, &packet);
        pair.now += Duration::from_millis(20);
    }
    assert_eq!(pair.destination(), home);
}

#[test]
fn reports_in_clear_are_believed_from_the_host_of_the_sound_alone() {
    let two_paths = |offer: String| offer.replace("a=rtcp-mux\r\n", "");
    let mut pair = Pair::by_offer(Encryption::Off, Encryption::Off, two_paths);
    pair.run(100);
    let ssrc = pair.sides[0].sender.ssrc.to_be_bytes();
    let report = [&[0x80, 201, 0, 1][..], &ssrc].concat();
    let moved = SocketAddr::new(address(0, Component::Rtcp).ip(), 7_000);
    for (from, expected) in [(THIEF, address(0, Component::Rtcp)), (moved, moved)] {
        pair.hear_from(from, Component::Rtcp, &report);
        assert_eq!(pair.sides[1].destination(Component::Rtcp), Some(expected));
    }
}

#[test]
fn a_stranger_that_is_faster_makes_way_for_the_peer() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    for packet in stream(0xbad).take(50) {
        pair.hear_from(THIEF, Component::Rtp, &packet);
    }
    assert_eq!(pair.destination(), THIEF);
    for _ in 0..2 {
        let packet = pair.translated();
        pair.hear_from(address(0, Component::Rtp), Component::Rtp, &packet);
    }
    pair.run(1_000);
    assert_eq!(pair.destination(), address(0, Component::Rtp));
    assert!(share_of(300.0, &pair.played[1][8 * 300..]) > 0.98);
}

#[test]
fn who_shows_itself_too_late_is_not_believed() {
    let mut pair = Pair::new(Encryption::Off, Encryption::Off);
    pair.sides[1].tick(pair.now);
    pair.now += Duration::from_secs(6);
    for packet in stream(0xbad).take(50) {
        pair.hear_from(THIEF, Component::Rtp, &packet);
    }
    assert_eq!(pair.destination(), address(0, Component::Rtp));
}
