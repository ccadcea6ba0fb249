//! The driver against real sockets: how flows open, carry and end, and what a bad peer costs.

use std::sync::Arc;
use std::time::Duration;

use hark_sip::{FlowError, FlowId, Transport};
use hark_sip_net::{Connector, Driver, Listener};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::common::{
    Authority, Clients, Probe, Seen, Validity, connector, drive_tls, listen_tcp, target,
};

#[tokio::test]
async fn a_closed_port_is_a_refusal_and_no_address_is_told_apart() {
    let (port, free) = listen_tcp().await;
    drop(free);
    let mut driver = Driver::new(Probe::default(), Connector::none());
    driver.command(|probe, _| probe.open(target(Transport::Tcp, port, &[])));
    assert_eq!(driver.next().await, Seen::Failed(FlowError::Refused));

    let mut nowhere = target(Transport::Tcp, port, &[]);
    nowhere.addresses.clear();
    driver.command(|probe, _| probe.open(nowhere));
    assert_eq!(driver.next().await, Seen::Failed(FlowError::NameNotFound));
}

#[tokio::test]
async fn what_is_transmitted_before_a_close_arrives_and_then_the_flow_ends() {
    let (port, server) = listen_tcp().await;
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
    let (port, server) = listen_tcp().await;
    let mut driver = Driver::new(Probe::default(), Connector::none());
    driver.command(|probe, _| probe.open(target(Transport::Tcp, port, &[])));
    let (mut peer, _) = server.accept().await.expect("the driver connects");
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
    assert_eq!(driver.core().secured(), 0);
    peer.write_all(b"last words")
        .await
        .expect("the flow is open");
    drop(peer);
    assert_eq!(driver.next().await, Seen::Received(b"last words".to_vec()));
    assert_eq!(driver.next().await, Seen::Closed(FlowError::Closed));
    driver.command(|probe, now| probe.wake_at(now));
    assert_eq!(
        driver.next().await,
        Seen::Timeout,
        "nothing follows a closed flow"
    );
}

#[tokio::test]
async fn a_peer_that_does_not_read_costs_its_own_flow_and_nothing_else() {
    let (port, server) = listen_tcp().await;
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
    let server = authority.sign(&["127.0.0.1"], Validity::Now);
    let (port, mut server) = drive_tls(server).await;
    let mut client = Driver::new(Probe::default(), connector(&authority));
    let flow = client.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    let (accepted, opened) = tokio::join!(server.next(), client.next());
    assert_eq!(accepted, Seen::Opened(Transport::Tls));
    assert_eq!(opened, Seen::Opened(Transport::Tls));
    assert_eq!(client.core().secured(), 1, "told while TLS began");
    client.command(|probe, _| probe.transmit(flow, b"hello"));
    assert_eq!(server.next().await, Seen::Received(b"hello".to_vec()));
    let last = server.core().last_flow();
    server.command(|probe, _| probe.transmit(last, b"good day"));
    assert_eq!(client.next().await, Seen::Received(b"good day".to_vec()));
}

#[tokio::test]
async fn a_tls_flow_ends_with_a_goodbye() {
    let authority = Authority::new();
    let config = authority
        .sign(&["127.0.0.1"], Validity::Now)
        .server_config(Clients::Any);
    let (port, server) = listen_tcp().await;
    let mut driver = Driver::new(Probe::default(), connector(&authority));
    let flow = driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    let (stream, _) = server.accept().await.expect("the driver connects");
    let accepting = TlsAcceptor::from(Arc::new(config)).accept(stream);
    let (accepted, opened) = tokio::join!(accepting, driver.next());
    assert_eq!(opened, Seen::Opened(Transport::Tls));
    let mut peer = accepted.expect("the handshake succeeds");
    driver.command(|probe, _| {
        probe.transmit(flow, b"BYE");
        probe.close(flow);
    });
    let mut heard = Vec::new();
    // Without close_notify this would be the error `UnexpectedEof`.
    peer.read_to_end(&mut heard)
        .await
        .expect("the flow ends in order");
    assert_eq!(heard, b"BYE");
}

#[tokio::test]
async fn bytes_that_nobody_reads_do_not_cut_off_the_last_message() {
    let (port, server) = listen_tcp().await;
    let mut driver = Driver::new(Probe::default(), Connector::none());
    let flow = driver.command(|probe, _| probe.open(target(Transport::Tcp, port, &[])));
    let (mut peer, _) = server.accept().await.expect("the driver connects");
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
    driver.command(|probe, _| {
        probe.transmit(flow, &[b'x'; 256 * 1024]);
        probe.close(flow);
    });
    peer.write_all(&[b'y'; 64 * 1024])
        .await
        .expect("the driver still takes bytes");
    let mut heard = Vec::new();
    peer.read_to_end(&mut heard)
        .await
        .expect("the connection is not reset");
    assert_eq!(heard.len(), 256 * 1024);
}

#[tokio::test]
async fn a_flow_that_is_closed_while_it_opens_is_given_up() {
    let (port, server) = listen_tcp().await;
    let mut driver = Driver::new(Probe::default(), connector(&Authority::new()));
    let flow = driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    let (mut peer, _) = server.accept().await.expect("the driver connects");
    let mut hello = [0];
    peer.read_exact(&mut hello)
        .await
        .expect("the client says hello");
    driver.command(|probe, _| probe.close(flow));
    let mut rest = Vec::new();
    // An abandoned handshake may end in a reset; what counts is that it ends.
    let _ = peer.read_to_end(&mut rest).await;
    driver.command(|probe, now| probe.wake_at(now));
    assert_eq!(
        driver.next().await,
        Seen::Timeout,
        "the core hears no more of the flow"
    );
}

/// Time is virtual here: it jumps to the next timer whenever every task waits.
#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_given_three_seconds() {
    let (port, _server) = listen_tcp().await;
    let mut driver = Driver::new(Probe::default(), connector(&Authority::new()));
    let started = tokio::time::Instant::now();
    driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    // That something is there is the difference to a server that is not reached.
    assert!(matches!(
        driver.next().await,
        Seen::Failed(FlowError::Tls(_))
    ));
    assert_eq!(started.elapsed().as_secs(), 3);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_told_apart() {
    let (port, server) = listen_tcp().await;
    let mut driver = Driver::new(Probe::default(), connector(&Authority::new()));
    driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    let (mut peer, _) = server.accept().await.expect("the driver connects");
    peer.write_all(b"SIP/2.0 400 Bad Request\r\n\r\n")
        .await
        .expect("it is open");
    assert!(matches!(
        driver.next().await,
        Seen::Failed(FlowError::Tls(_))
    ));

    driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    drop(server.accept().await.expect("the driver connects"));
    assert!(matches!(
        driver.next().await,
        Seen::Failed(FlowError::Tls(_))
    ));
}

/// The system buffers a few hundred kilobytes, the queue holds the rest; then time passes.
#[tokio::test(start_paused = true)]
async fn a_peer_that_stops_reading_below_the_limit_is_given_up_in_time() {
    let (port, server) = listen_tcp().await;
    let mut driver = Driver::new(Probe::default(), Connector::none());
    let flow = driver.command(|probe, _| probe.open(target(Transport::Tcp, port, &[])));
    let (_deaf, _) = server.accept().await.expect("the driver connects");
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
    let mut rounds = 0;
    let closed = loop {
        driver.command(|probe, now| {
            probe.transmit(flow, &[b'x'; 1024 * 1024]);
            probe.wake_at(now + Duration::from_secs(10));
        });
        rounds += 1;
        let seen = driver.next().await;
        if seen != Seen::Timeout {
            break seen;
        }
    };
    assert!(
        matches!(closed, Seen::Closed(FlowError::Broken(_))),
        "{closed:?}"
    );
    assert!(rounds < 40, "{rounds}");
}

#[tokio::test]
async fn two_listeners_share_one_count_of_flows() {
    let mut driver = Driver::new(Probe::default(), Connector::none());
    let mut flows = Vec::new();
    let mut peers = Vec::new();
    for _ in 0..2 {
        let (port, socket) = listen_tcp().await;
        driver.listen(Listener { socket, tls: None });
        peers.push(
            TcpStream::connect(("127.0.0.1", port))
                .await
                .expect("it listens"),
        );
        assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
        flows.push(driver.core().last_flow());
    }
    let first = FlowId::FIRST_ACCEPTED;
    assert_eq!(flows, [first, FlowId(first.0 + 1)]);
}

/// One byte every ten seconds is no message.
#[tokio::test(start_paused = true)]
async fn who_connects_and_says_nothing_whole_is_let_go() {
    let mut driver = Driver::new(Probe::default(), Connector::none());
    let (port, socket) = listen_tcp().await;
    driver.listen(Listener { socket, tls: None });
    let started = tokio::time::Instant::now();
    let mut slow = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("it listens");
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
    let mut good = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("it listens");
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
    let answered = driver.core().last_flow();
    driver.command(|probe, _| probe.transmit(answered, b"SIP/2.0 200 OK\r\n\r\n"));
    slow.write_all(b"O").await.expect("it is open");
    assert_eq!(driver.next().await, Seen::Received(b"O".to_vec()));
    assert_eq!(driver.next().await, Seen::Closed(FlowError::Silent));
    assert_eq!(started.elapsed().as_secs(), 32);
    good.write_all(b"still here").await.expect("it is open");
    assert_eq!(driver.next().await, Seen::Received(b"still here".to_vec()));
}

#[tokio::test]
async fn a_timer_fires_at_its_deadline() {
    let mut driver = Driver::new(Probe::default(), Connector::none());
    driver.command(|probe, now| probe.wake_at(now + Duration::from_millis(20)));
    let seen = tokio::time::timeout(Duration::from_secs(5), driver.next()).await;
    assert_eq!(seen, Ok(Seen::Timeout));
}
