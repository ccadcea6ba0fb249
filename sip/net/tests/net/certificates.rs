//! Which servers are trusted, and what a person is told about the others.

use hark_sip::{FlowError, Transport};
use hark_sip_net::{Certificate, Connector, Driver, TrustError, authorities};

use crate::common::certificate::self_signed;
use crate::common::{
    Authority, Clients, Probe, Seen, Signed, Validity, connector, listen_tls, target,
};

/// Opens a TLS flow to 127.0.0.1, where a server has this certificate, and tells how it went.
async fn open(server: Signed, connector: Connector, names: &[&str]) -> Seen {
    let (port, _server) = listen_tls(server.server_config(Clients::Any)).await;
    let mut driver = Driver::new(Probe::default(), connector);
    driver.command(|probe, _| probe.open(target(Transport::Tls, port, names)));
    driver.next().await
}

async fn check(certificate: &[&str], validity: Validity, names: &[&str], expected: Seen) {
    let authority = Authority::new();
    let server = authority.sign(certificate, validity);
    let seen = open(server, connector(&authority), names).await;
    assert_eq!(
        seen, expected,
        "a certificate for {certificate:?}, names {names:?}"
    );
}

fn opened() -> Seen {
    Seen::Opened(Transport::Tls)
}

fn failed(error: FlowError) -> Seen {
    Seen::Failed(error)
}

#[tokio::test]
async fn a_certificate_for_any_of_the_names_is_accepted() {
    let names = ["127.0.0.1", "sip.example.test", "example.test"];
    for certificate in [
        ["127.0.0.1"],
        ["sip.example.test"],
        ["example.test"],
        ["*.example.test"],
    ] {
        check(&certificate, Validity::Now, &names, opened()).await;
    }
    check(
        &["other.test", "example.test"],
        Validity::Now,
        &names,
        opened(),
    )
    .await;
    check(&["::1"], Validity::Now, &["::1"], opened()).await;
}

#[tokio::test]
async fn a_renewed_certificate_is_accepted_without_starting_anew() {
    let authority = Authority::new();
    let mut driver = Driver::new(Probe::default(), connector(&authority));
    for (validity, expected) in [
        (Validity::Past, failed(FlowError::CertificateExpired)),
        (Validity::Now, opened()),
    ] {
        let server = authority.sign(&["example.test"], validity);
        let (port, _server) = listen_tls(server.server_config(Clients::Any)).await;
        driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["example.test"])));
        assert_eq!(driver.next().await, expected);
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    for (certificate, names) in [
        ("other.test", &["127.0.0.1", "example.test"][..]),
        ("127.0.0.2", &["127.0.0.1"]),
        ("sub.example.test", &["example.test"]),
        ("*.example.test", &["example.test"]),
        ("*.example.test", &["a.b.example.test"]),
        ("example.test", &[]),
        ("example.test", &["not a name"]),
    ] {
        check(
            &[certificate],
            Validity::Now,
            names,
            failed(FlowError::CertificateWrongName),
        )
        .await;
    }
}

#[tokio::test]
async fn a_certificate_out_of_its_time_is_refused() {
    let names = ["127.0.0.1"];
    check(
        &names,
        Validity::Past,
        &names,
        failed(FlowError::CertificateExpired),
    )
    .await;
    check(
        &names,
        Validity::Future,
        &names,
        failed(FlowError::CertificateNotYetValid),
    )
    .await;
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    let names = ["127.0.0.1"];
    for trusted in [connector(&Authority::new()), Connector::none()] {
        let server = Authority::new().sign(&names, Validity::Now);
        let seen = open(server, trusted, &names).await;
        assert_eq!(seen, failed(FlowError::CertificateUnknownIssuer));
    }
    let (server, _) = self_signed("127.0.0.1");
    let seen = open(server, connector(&Authority::new()), &names).await;
    assert_eq!(seen, failed(FlowError::CertificateUnknownIssuer));
}

#[tokio::test]
async fn a_self_signed_certificate_is_accepted_when_it_is_in_the_file() {
    let (server, pem) = self_signed("127.0.0.1");
    let trusted = Connector::trusting_only(&pem).expect("it is a certificate");
    assert_eq!(open(server, trusted, &["127.0.0.1"]).await, opened());
}

#[tokio::test]
async fn the_file_of_an_account_counts_beside_the_platforms_store() {
    let authority = Authority::new();
    let file = tempfile::NamedTempFile::new().expect("the temporary folder is writable");
    std::fs::write(file.path(), authority.pem()).expect("the file is writable");
    let trusted = Connector::new(Some(file.path())).expect("the file holds a certificate");
    let server = authority.sign(&["127.0.0.1"], Validity::Now);
    assert_eq!(open(server, trusted, &["127.0.0.1"]).await, opened());

    let platform = Connector::new(None).expect("the platform's store is optional");
    let server = authority.sign(&["127.0.0.1"], Validity::Now);
    let seen = open(server, platform, &["127.0.0.1"]).await;
    assert_eq!(seen, failed(FlowError::CertificateUnknownIssuer));
}

#[tokio::test]
async fn a_file_without_a_certificate_is_an_error() {
    let file = tempfile::NamedTempFile::new().expect("the temporary folder is writable");
    let empty = Connector::new(Some(file.path()));
    assert!(matches!(empty, Err(TrustError::Empty)));
    let missing = Connector::new(Some(&file.path().with_extension("missing")));
    assert!(matches!(missing, Err(TrustError::Unreadable(_))));
}

#[test]
fn a_file_of_authorities_can_be_looked_at() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("the file is writable");
        path
    };
    let (one, two) = (Authority::new(), Authority::new());
    let both = file("both.pem", &format!("{}\n{}", one.pem(), two.pem()));
    let read = authorities(&both).expect("it holds two certificates");
    assert_eq!(read, [one.der(), two.der()].map(Certificate::read));
    for empty in [
        "",
        "no PEM",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let read = authorities(&file("empty.pem", empty));
        assert!(matches!(read, Err(TrustError::Empty)), "{empty}");
    }
    for unreadable in [folder.path(), std::path::Path::new("/dev/zero")] {
        let read = authorities(unreadable);
        assert!(matches!(read, Err(TrustError::Unreadable(_))));
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_client_certificate_without_needing_one_is_accepted() {
    let authority = Authority::new();
    let server = authority.sign(&["127.0.0.1"], Validity::Now);
    let (port, _server) = listen_tls(server.server_config(Clients::Asked(&authority))).await;
    let mut driver = Driver::new(Probe::default(), connector(&authority));
    driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    assert_eq!(driver.next().await, opened());
}

/// With TLS 1.3 the client believes itself connected until the server's alert arrives.
#[tokio::test]
async fn a_server_that_needs_a_client_certificate_says_so() {
    let authority = Authority::new();
    let server = authority.sign(&["127.0.0.1"], Validity::Now);
    let (port, _server) = listen_tls(server.server_config(Clients::Checked(&authority))).await;
    let mut driver = Driver::new(Probe::default(), connector(&authority));
    driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
    assert_eq!(driver.next().await, opened());
    let Seen::Closed(FlowError::Tls(reason)) = driver.next().await else {
        panic!("the flow ends with the server's alert");
    };
    assert!(reason.contains("CertificateRequired"), "{reason}");
}

#[tokio::test]
async fn either_version_of_tls_will_do() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let authority = Authority::new();
        let server = authority.sign(&["127.0.0.1"], Validity::Now);
        let config = server.server_config_of(&[version], Clients::Any);
        let (port, _server) = listen_tls(config).await;
        let mut driver = Driver::new(Probe::default(), connector(&authority));
        driver.command(|probe, _| probe.open(target(Transport::Tls, port, &["127.0.0.1"])));
        assert_eq!(driver.next().await, opened());
    }
}
