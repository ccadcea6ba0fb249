//! Finding the server by DNS, and what its certificate must say then.

use std::net::Ipv4Addr;
use std::time::Duration;

use hark_sip::auth::{Credentials, Password};
use hark_sip::identity::Epid;
use hark_sip::locate::{Answer, Naptr, Question, Srv};
use hark_sip::{
    Account, Event, FlowError, IdSource, Registrar, RegistrationError, RegistrationState,
    Transport, UserAgent,
};
use hark_sip_net::{Connector, Driver, Resolver};

use crate::common::dns::NameServer;
use crate::common::{Authority, Clients, Probe, Seen, Validity, connector, listen_tcp, listen_tls};

/// A user agent of `alice@example.test` that knows no more than her address.
fn user_agent(transport: Transport, connector: Connector) -> Driver<UserAgent> {
    let account = Account {
        address: "sip:alice@example.test".parse().expect("an address"),
        display_name: None,
        credentials: Credentials {
            username: "alice".to_owned(),
            password: Password::new("secret"),
        },
        registrar: Registrar {
            transport,
            host: "example.test".to_owned(),
            port: None,
            certificate_names: vec!["example.test".to_owned()],
        },
        epid: Epid::new("6b5d10e663").expect("an epid"),
        product: "Hark/test".to_owned(),
    };
    let agent = UserAgent::new(account, IdSource::from_seed([1; 32]));
    let mut driver = Driver::new(agent, connector);
    driver.command(UserAgent::register);
    driver
}

/// The first word on the registration after "connecting".
async fn outcome(mut driver: Driver<UserAgent>) -> Result<(), RegistrationError> {
    loop {
        match driver.next().await {
            Event::Registration(RegistrationState::Connecting | RegistrationState::Securing) => {}
            Event::Registration(RegistrationState::SigningIn) => return Ok(()),
            Event::Registration(
                RegistrationState::Failed { reason, .. } | RegistrationState::Lost { reason, .. },
            ) => return Err(reason),
            other => panic!("{other:?}"),
        }
    }
}

/// An SRV record of the domain leads to a server with a certificate for this name.
async fn outcome_with_certificate_for(name: &str) -> Result<(), RegistrationError> {
    let authority = Authority::new();
    let server = authority.sign(&[name], Validity::Now);
    let (port, _server) = listen_tls(server.server_config(Clients::Any)).await;
    let dns = NameServer::start().await;
    dns.service("_sips._tcp.example.test", &[(1, port, "pbx.hosting.test")]);
    dns.host("pbx.hosting.test", &[Ipv4Addr::LOCALHOST]);
    let connector = connector(&authority).resolving_by(dns.resolver());
    outcome(user_agent(Transport::Tls, connector)).await
}

#[tokio::test]
async fn a_certificate_for_the_domain_is_accepted_wherever_srv_leads() {
    assert_eq!(outcome_with_certificate_for("example.test").await, Ok(()));
}

#[tokio::test]
async fn a_certificate_for_the_name_in_srv_alone_is_refused() {
    for name in ["pbx.hosting.test", "*.hosting.test", "*.example.test"] {
        let error = RegistrationError::Flow(FlowError::CertificateWrongName);
        assert_eq!(
            outcome_with_certificate_for(name).await,
            Err(error),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_wildcard_covers_the_name_that_the_user_gave() {
    let authority = Authority::new();
    let server = authority.sign(&["*.example.test"], Validity::Now);
    let (port, _server) = listen_tls(server.server_config(Clients::Any)).await;
    let dns = NameServer::start().await;
    dns.host("sip.example.test", &[Ipv4Addr::LOCALHOST]);
    let connector = connector(&authority).resolving_by(dns.resolver());
    let mut driver = Driver::new(Probe::default(), connector);
    let question = Question::Addresses("sip.example.test".to_owned());
    driver.command(|probe, _| probe.look_up(question));
    let Seen::LookedUp(Answer::Addresses(addresses)) = driver.next().await else {
        panic!("the host has an address");
    };
    let mut target = crate::common::target(Transport::Tls, port, &["sip.example.test"]);
    target.addresses = addresses;
    driver.command(|probe, _| probe.open(target));
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tls));
}

#[tokio::test]
async fn naptr_and_srv_lead_to_the_first_server_that_answers() {
    let (closed, socket) = listen_tcp().await;
    drop(socket);
    let (port, server) = listen_tcp().await;
    let dns = NameServer::start().await;
    dns.services("example.test", "SIP+D2T", "_sip._tcp.elsewhere.test");
    dns.service(
        "_sip._tcp.elsewhere.test",
        &[
            (20, port, "b.elsewhere.test"),
            (10, closed, "a.elsewhere.test"),
        ],
    );
    dns.host("a.elsewhere.test", &[Ipv4Addr::LOCALHOST]);
    dns.host("b.elsewhere.test", &[Ipv4Addr::LOCALHOST]);
    let connector = Connector::none().resolving_by(dns.resolver());
    let driver = user_agent(Transport::Tcp, connector);
    let (accepted, outcome) = tokio::join!(server.accept(), outcome(driver));
    assert!(accepted.is_ok());
    assert_eq!(outcome, Ok(()));
}

/// The server of a name moves to another address, and DNS says so.
#[tokio::test]
async fn a_new_address_of_the_server_is_found() {
    let dns = NameServer::start().await;
    let question = || Question::Addresses("sip.example.test".to_owned());
    let connector = Connector::none().resolving_by(dns.resolver());
    let mut driver = Driver::new(Probe::default(), connector);
    for address in [Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(192, 0, 2, 2)] {
        dns.host("sip.example.test", &[address]);
        driver.command(|probe, _| probe.look_up(question()));
        let expected = Answer::Addresses(vec![address.into()]);
        assert_eq!(driver.next().await, Seen::LookedUp(expected));
    }
}

#[tokio::test]
async fn an_unknown_domain_and_a_failing_name_server_are_told_apart() {
    let dns = NameServer::start().await;
    let connector = || Connector::none().resolving_by(dns.resolver());
    let unknown = outcome(user_agent(Transport::Tcp, connector())).await;
    assert_eq!(
        unknown,
        Err(RegistrationError::Flow(FlowError::NameNotFound))
    );
    dns.fail();
    let failing = outcome(user_agent(Transport::Tcp, connector())).await;
    assert_eq!(
        failing,
        Err(RegistrationError::Flow(FlowError::LookupFailed))
    );
}

/// Time is virtual here: it jumps to the next timer whenever every task waits.
#[tokio::test(start_paused = true)]
async fn a_name_server_that_says_nothing_holds_us_up_for_three_seconds() {
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0")
        .await
        .expect("loopback has ports");
    let address = silent.local_addr().expect("it is bound");
    let connector = Connector::none().resolving_by(Resolver::of_server(address));
    let mut driver = Driver::new(Probe::default(), connector);
    let started = tokio::time::Instant::now();
    driver.command(|probe, _| probe.look_up(Question::Srv("_sip._tcp.example.test".to_owned())));
    assert_eq!(driver.next().await, Seen::LookedUp(Answer::Failed));
    assert!(started.elapsed() <= Duration::from_secs(3));
}

#[tokio::test]
async fn every_kind_of_record_is_read() {
    let dns = NameServer::start().await;
    dns.services("example.test", "SIPS+D2T", "_sips._tcp.example.test");
    dns.service("_sips._tcp.example.test", &[(7, 5071, "one.example.test")]);
    dns.host(
        "one.example.test",
        &[Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(192, 0, 2, 2)],
    );
    let connector = Connector::none().resolving_by(dns.resolver());
    let mut driver = Driver::new(Probe::default(), connector);
    for (question, expected) in [
        (
            Question::Naptr("example.test".to_owned()),
            Answer::Naptr(vec![Naptr {
                order: 10,
                preference: 10,
                flags: "s".to_owned(),
                service: "SIPS+D2T".to_owned(),
                replacement: "_sips._tcp.example.test.".to_owned(),
            }]),
        ),
        (
            Question::Srv("_sips._tcp.example.test".to_owned()),
            Answer::Srv(vec![Srv {
                priority: 7,
                weight: 0,
                port: 5071,
                target: "one.example.test.".to_owned(),
            }]),
        ),
        (
            Question::Addresses("one.example.test".to_owned()),
            Answer::Addresses(vec![
                Ipv4Addr::new(192, 0, 2, 1).into(),
                Ipv4Addr::new(192, 0, 2, 2).into(),
            ]),
        ),
        (
            Question::Srv("_sip._tcp.example.test".to_owned()),
            Answer::Nothing,
        ),
        (
            Question::Addresses("two.example.test".to_owned()),
            Answer::Nothing,
        ),
    ] {
        driver.command(|probe, _| probe.look_up(question));
        assert_eq!(driver.next().await, Seen::LookedUp(expected));
    }
    let asked = dns.asked();
    assert!(
        asked
            .iter()
            .all(|question| question.ends_with("example.test.")),
        "no search domain is tried for a name that has dots: {asked:?}"
    );
}

#[tokio::test]
async fn the_hosts_file_counts_and_spares_us_dns() {
    let mut driver = Driver::new(Probe::default(), Connector::none());
    driver.command(|probe, _| probe.look_up(Question::Addresses("localhost".to_owned())));
    let Seen::LookedUp(Answer::Addresses(addresses)) = driver.next().await else {
        panic!("every machine knows itself");
    };
    assert!(addresses.iter().all(|address| address.is_loopback()));
    assert!(!addresses.is_empty());
    for question in [
        Question::Naptr("localhost".to_owned()),
        Question::Srv("_sips._tcp.localhost".to_owned()),
    ] {
        driver.command(|probe, _| probe.look_up(question));
        assert_eq!(driver.next().await, Seen::LookedUp(Answer::Nothing));
    }
}
