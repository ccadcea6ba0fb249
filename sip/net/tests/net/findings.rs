//! What the driver can tell of the way to a server, also of one that was refused.

use std::net::Ipv4Addr;

use hark_sip::locate::{Answer, Question};
use hark_sip::{FlowError, Transport};
use hark_sip_net::{Attempt, Certificate, Connector, Driver};

use crate::common::{
    Authority, Clients, Probe, Seen, Signed, Validity, connector, listen_tcp, listen_tls, target,
};

/// Opens a flow to a server with this certificate and returns how far that came.
async fn attempt(server: Signed, connector: Connector) -> Attempt {
    let (port, _server) = listen_tls(server.server_config(Clients::Any)).await;
    let mut driver = Driver::new(Probe::default(), connector);
    let flow = driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    driver.next().await;
    let [tried] = &driver.findings().tries[..] else {
        panic!("one flow was asked for: {:?}", driver.findings());
    };
    assert_eq!((tried.flow, tried.target.port), (flow, port));
    let [attempt] = &tried.attempts[..] else {
        panic!("one address was tried: {tried:?}");
    };
    assert_eq!(attempt.address, (Ipv4Addr::LOCALHOST, port).into());
    attempt.clone()
}

#[tokio::test]
async fn an_open_flow_tells_its_certificate_and_what_was_agreed_on() {
    let authority = Authority::new();
    let server = authority.sign(&["127.0.0.1", "sip.example.test"], Validity::Now);
    let expected = Certificate::read(server.der());
    let attempt = attempt(server, connector(&authority)).await;
    assert_eq!(attempt.outcome, Ok(()));
    assert_eq!(attempt.chain, [expected]);
    assert_eq!(attempt.chain[0].names, ["127.0.0.1", "sip.example.test"]);
    let tls = attempt.tls.expect("the handshake is done");
    assert_eq!(
        (tls.version, tls.suite),
        ("TLS 1.3", "TLS13_AES_256_GCM_SHA384")
    );
}

/// It is what a person has to compare before trusting its authority.
#[tokio::test]
async fn a_refused_certificate_is_told_all_the_same() {
    for (validity, trusts_it, error) in [
        (Validity::Now, false, FlowError::CertificateUnknownIssuer),
        (Validity::Past, true, FlowError::CertificateExpired),
    ] {
        let authority = Authority::new();
        let server = authority.sign(&["127.0.0.1"], validity);
        let expected = Certificate::read(server.der());
        let trusted = match trusts_it {
            true => connector(&authority),
            false => connector(&Authority::new()),
        };
        let attempt = attempt(server, trusted).await;
        assert_eq!(attempt.outcome, Err(error));
        assert_eq!(attempt.chain, [expected]);
        assert_eq!(attempt.tls, None);
    }
}

#[tokio::test]
async fn each_address_is_told_and_a_flow_without_tls_has_no_certificate() {
    let (port, _server) = listen_tcp().await;
    let mut driver = Driver::new(Probe::default(), Connector::none());
    let mut place = target(Transport::Tcp, port, &[]);
    // Nobody listens on another address of this machine.
    place
        .addresses
        .insert(0, Ipv4Addr::new(127, 0, 0, 9).into());
    driver.command(|probe, _| probe.open(place));
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
    let tried = driver.findings().tries.last().expect("a flow was opened");
    let outcomes: Vec<_> = tried
        .attempts
        .iter()
        .map(|own| own.outcome.clone())
        .collect();
    assert_eq!(outcomes, [Err(FlowError::Refused), Ok(())]);
    let opened = tried.opened().expect("one address has answered");
    assert_eq!(
        (opened.address.ip(), opened.tls),
        (Ipv4Addr::LOCALHOST.into(), None)
    );
    assert!(opened.chain.is_empty());
}

#[tokio::test]
async fn names_are_told_with_what_they_led_to() {
    let name = Question::Addresses("localhost".into());
    let mut driver = Driver::new(Probe::default(), Connector::none());
    let asked = name.clone();
    driver.command(|probe, _| probe.look_up(asked));
    let Seen::LookedUp(answer) = driver.next().await else {
        panic!("a question has an answer");
    };
    assert!(matches!(answer, Answer::Addresses(_)), "{answer:?}");
    let [lookup] = &driver.findings().lookups[..] else {
        panic!("one name was asked for: {:?}", driver.findings());
    };
    assert_eq!((&lookup.question, &lookup.answer), (&name, &answer));
}
