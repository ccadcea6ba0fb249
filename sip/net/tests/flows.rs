//! The driver against real sockets: what opens, what is refused and why, and what a bad peer costs.

mod common;

use std::time::Duration;

use common::{Authority, Probe, Seen, certificate, connector, listen_tls, target};
use hark_sip::{FlowError, Transport};
use hark_sip_net::{Connector, Driver, TrustError, bind_media_ports};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Opens a TLS flow to a server with this certificate and tells how it went.
async fn outcome(server: certificate::Signed, trusted: &Authority, names: &[&str]) -> Seen {
    let (port, _server) = listen_tls(server).await;
    let mut driver = Driver::new(Probe::default(), connector(trusted));
    driver.command(|probe, _| probe.open(target(Transport::Tls, port, names)));
    driver.next().await
}

#[tokio::test]
async fn a_certificate_for_the_configured_host_is_accepted() {
    let authority = Authority::new();
    let server = authority.sign(&["127.0.0.1"], certificate::Validity::Now);
    let seen = outcome(server, &authority, &["127.0.0.1", "example.test"]).await;
    assert_eq!(seen, Seen::Opened(Transport::Tls));
}

#[tokio::test]
async fn a_certificate_for_the_sip_domain_is_accepted() {
    let authority = Authority::new();
    let server = authority.sign(&["example.test"], certificate::Validity::Now);
    let seen = outcome(server, &authority, &["127.0.0.1", "example.test"]).await;
    assert_eq!(seen, Seen::Opened(Transport::Tls));
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let server = authority.sign(&["other.test"], certificate::Validity::Now);
    let seen = outcome(server, &authority, &["127.0.0.1", "example.test"]).await;
    assert_eq!(seen, Seen::Failed(FlowError::CertificateWrongName));
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let authority = Authority::new();
    let server = authority.sign(&["127.0.0.1"], certificate::Validity::Past);
    let seen = outcome(server, &authority, &["127.0.0.1"]).await;
    assert_eq!(seen, Seen::Failed(FlowError::CertificateExpired));
}

#[tokio::test]
async fn a_certificate_of_tomorrow_is_refused() {
    let authority = Authority::new();
    let server = authority.sign(&["127.0.0.1"], certificate::Validity::Future);
    let seen = outcome(server, &authority, &["127.0.0.1"]).await;
    assert_eq!(seen, Seen::Failed(FlowError::CertificateNotYetValid));
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let server = stranger.sign(&["127.0.0.1"], certificate::Validity::Now);
    let seen = outcome(server, &authority, &["127.0.0.1"]).await;
    assert_eq!(seen, Seen::Failed(FlowError::CertificateUnknownIssuer));
}

#[tokio::test]
async fn a_server_that_asks_for_a_client_certificate_without_needing_one_is_accepted() {
    let authority = Authority::new();
    let server = authority.sign(&["127.0.0.1"], certificate::Validity::Now);
    let (port, _server) = common::listen_tls_asking(server, &authority).await;
    let mut driver = Driver::new(Probe::default(), connector(&authority));
    driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tls));
}

#[tokio::test]
async fn a_closed_port_is_a_refusal_and_an_unknown_name_is_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has ports");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    let mut driver = Driver::new(Probe::default(), Connector::none());
    driver.command(|probe, _| probe.open(target(Transport::Tcp, port, &[])));
    assert_eq!(driver.next().await, Seen::Failed(FlowError::Refused));

    let mut nowhere = target(Transport::Tcp, port, &[]);
    nowhere.host = "no-such-host.invalid".into();
    driver.command(|probe, _| probe.open(nowhere));
    assert_eq!(driver.next().await, Seen::Failed(FlowError::NameNotFound));
}

#[tokio::test]
async fn a_file_without_a_certificate_is_an_error() {
    let file = tempfile::NamedTempFile::new().expect("the temporary folder is writable");
    assert!(matches!(
        Connector::new(Some(file.path())),
        Err(TrustError::Empty)
    ));
    let missing = file.path().with_extension("missing");
    assert!(matches!(
        Connector::new(Some(&missing)),
        Err(TrustError::Unreadable(_))
    ));
}

#[tokio::test]
async fn what_is_transmitted_before_a_close_arrives_and_then_the_flow_ends() {
    let server = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has ports");
    let port = server.local_addr().expect("it is bound").port();
    let mut driver = Driver::new(Probe::default(), Connector::none());
    let flow = driver.command(|probe, _| probe.open(target(Transport::Tcp, port, &[])));
    let (mut peer, _) = server.accept().await.expect("the driver connects");
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
    driver.command(|probe, _| {
        probe.transmit(flow, b"one ");
        probe.transmit(flow, b"two");
        probe.close(flow);
    });
    let mut heard = String::new();
    peer.read_to_string(&mut heard)
        .await
        .expect("the driver closes in order");
    assert_eq!(heard, "one two");
}

#[tokio::test]
async fn a_flow_that_the_peer_closes_is_reported_once() {
    let server = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has ports");
    let port = server.local_addr().expect("it is bound").port();
    let mut driver = Driver::new(Probe::default(), Connector::none());
    driver.command(|probe, _| probe.open(target(Transport::Tcp, port, &[])));
    let (mut peer, _) = server.accept().await.expect("the driver connects");
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
    peer.write_all(b"last words")
        .await
        .expect("the flow is open");
    drop(peer);
    assert_eq!(driver.next().await, Seen::Received(b"last words".to_vec()));
    assert_eq!(driver.next().await, Seen::Closed(FlowError::Closed));
    let more = tokio::time::timeout(Duration::from_millis(50), driver.next()).await;
    assert!(more.is_err(), "nothing follows a closed flow");
}

#[tokio::test]
async fn a_peer_that_does_not_read_costs_its_own_flow_and_nothing_else() {
    let server = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has ports");
    let port = server.local_addr().expect("it is bound").port();
    let mut driver = Driver::new(Probe::default(), Connector::none());
    let stuck = driver.command(|probe, _| probe.open(target(Transport::Tcp, port, &[])));
    let (_deaf, _) = server.accept().await.expect("the driver connects");
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));

    // 64 MiB are more than the two socket buffers and the queue can hold.
    driver.command(|probe, _| {
        for _ in 0..2_048 {
            probe.transmit(stuck, &[b'x'; 32 * 1024]);
        }
    });
    assert!(matches!(
        driver.next().await,
        Seen::Closed(FlowError::Broken(_))
    ));

    driver.command(|probe, _| probe.open(target(Transport::Tcp, port, &[])));
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
}

#[tokio::test]
async fn accepted_flows_carry_both_ways_over_tls() {
    let authority = Authority::new();
    let server = authority.sign(&["127.0.0.1"], certificate::Validity::Now);
    let (port, mut server) = common::drive_tls(server).await;
    let mut client = Driver::new(Probe::default(), connector(&authority));
    let flow = client.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    let (accepted, opened) = tokio::join!(server.next(), client.next());
    assert_eq!(accepted, Seen::Opened(Transport::Tls));
    assert_eq!(opened, Seen::Opened(Transport::Tls));
    client.command(|probe, _| probe.transmit(flow, b"hello"));
    assert_eq!(server.next().await, Seen::Received(b"hello".to_vec()));
    let last = server.core().last_flow();
    server.command(|probe, _| probe.transmit(last, b"good day"));
    assert_eq!(client.next().await, Seen::Received(b"good day".to_vec()));
}

#[tokio::test]
async fn a_timer_fires_at_its_deadline() {
    let mut driver = Driver::new(Probe::default(), Connector::none());
    driver.command(|probe, now| probe.wake_at(now + Duration::from_millis(20)));
    let seen = tokio::time::timeout(Duration::from_secs(5), driver.next()).await;
    assert_eq!(seen, Ok(Seen::Timeout));
}

#[tokio::test]
async fn media_ports_are_an_even_one_and_the_next() {
    let ports = bind_media_ports("127.0.0.1".parse().expect("an address"))
        .await
        .expect("ports");
    let rtp = ports.rtp.local_addr().expect("bound").port();
    assert_eq!(rtp % 2, 0);
    assert_eq!(ports.rtcp.local_addr().expect("bound").port(), rtp + 1);
}
