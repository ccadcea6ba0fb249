//! The sockets for sound: pairs of ports, ranges, and the mark on their packets.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hark_sip_net::{MediaPorts, bind_media_ports, bind_media_ports_within};
use socket2::SockRef;

/// Addresses of this machine that no other test uses, so that nobody else holds their ports.
const QUIET: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 46));

fn pair(ports: &MediaPorts) -> (u16, u16) {
    let port = |socket: &tokio::net::UdpSocket| socket.local_addr().expect("bound").port();
    (port(&ports.rtp), port(&ports.rtcp))
}

#[tokio::test]
async fn the_first_packet_of_each_socket_goes_out() {
    let ports = bind_media_ports(Ipv4Addr::LOCALHOST.into())
        .await
        .expect("ports");
    let other = bind_media_ports(Ipv4Addr::LOCALHOST.into())
        .await
        .expect("ports");
    let to = other.rtp.local_addr().expect("a bound socket");
    for socket in [&ports.rtp, &ports.rtcp] {
        assert_eq!(socket.try_send_to(b"first", to).expect("it takes it"), 5);
    }
}

#[tokio::test]
async fn media_ports_are_an_even_one_and_the_next() {
    for ip in [IpAddr::V4(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        let ports = bind_media_ports(ip).await.expect("ports");
        let (rtp, rtcp) = pair(&ports);
        assert_eq!((rtp % 2, rtcp), (0, rtp + 1), "{ip}");
    }
}

#[tokio::test]
async fn media_is_marked_for_expedited_forwarding() {
    let ports = bind_media_ports(Ipv4Addr::LOCALHOST.into()).await;
    let MediaPorts { rtp, rtcp } = ports.expect("ports");
    for socket in [&rtp, &rtcp] {
        assert_eq!(SockRef::from(socket).tos_v4().expect("a mark") >> 2, 46);
    }
    let ports = bind_media_ports(Ipv6Addr::LOCALHOST.into()).await;
    let rtp = ports.expect("ports").rtp;
    assert_eq!(SockRef::from(&rtp).tclass_v6().expect("a mark") >> 2, 46);
}

#[tokio::test]
async fn a_range_is_used_pair_by_pair_until_none_is_free() {
    let range = || 30_001..=30_006;
    let bind = || bind_media_ports_within(QUIET, range());
    let (first, second) = (bind().await.expect("one"), bind().await.expect("two"));
    let mut pairs = [pair(&first), pair(&second)];
    pairs.sort_unstable();
    assert_eq!(pairs, [(30_002, 30_003), (30_004, 30_005)]);
    let full = bind().await.expect_err("no third pair");
    assert_eq!(full.kind(), ErrorKind::AddrInUse);
    drop(first);
    bind().await.expect("the pair of the call that ended");
}

#[tokio::test]
async fn one_port_of_a_pair_in_use_leaves_the_others() {
    let range = || 31_000..=31_003;
    let _taken = tokio::net::UdpSocket::bind((QUIET, 31_001))
        .await
        .expect("free");
    let ports = bind_media_ports_within(QUIET, range())
        .await
        .expect("the other pair");
    assert_eq!(pair(&ports), (31_002, 31_003));
}
