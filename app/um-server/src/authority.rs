//! The server's own certificate authority, made at every start and forgotten at the end.
//!
//! Its private key never leaves this process and never touches the disk, so an account that
//! trusts this authority trusts this run of this server and nothing else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What the TLS listener presents, and what its clients must trust.
pub(crate) struct Authority {
    pub tls: Arc<ServerConfig>,
    /// The authority's certificate, for the clients.
    pub certificate_pem: String,
}

impl Authority {
    /// Makes an authority and a server certificate for `domain`, `localhost`, the loopback
    /// addresses and `listen`.
    pub fn new(domain: &str, listen: IpAddr) -> Result<Self, AuthorityError> {
        let authority_key = KeyPair::generate()?;
        let authority = authority_params()?;
        let certificate_pem = authority.self_signed(&authority_key)?.pem();
        let issuer = Issuer::new(authority, authority_key);

        let server_key = KeyPair::generate()?;
        let server = server_params(domain, listen)?.signed_by(&server_key, &issuer)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server_key.serialize_der()));

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![server.der().clone()], key)?;
        Ok(Self {
            tls: Arc::new(tls),
            certificate_pem,
        })
    }
}

/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    #[error(transparent)]
    Certificate(#[from] rcgen::Error),
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

fn authority_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(
        DnType::CommonName,
        "Hark voicemail server, throw-away authority",
    );
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    limit_validity(&mut params);
    Ok(params)
}

fn server_params(domain: &str, listen: IpAddr) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
    let address = domain.trim_start_matches('[').trim_end_matches(']').parse();
    let mut names = match address {
        Ok(address) => vec![SanType::IpAddress(address)],
        Err(_) => vec![SanType::DnsName(domain.try_into()?)],
    };
    for address in [
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
        listen,
    ] {
        names.push(SanType::IpAddress(address));
    }
    for name in names {
        if !params.subject_alt_names.contains(&name) {
            params.subject_alt_names.push(name);
        }
    }
    params.distinguished_name.push(DnType::CommonName, domain);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    limit_validity(&mut params);
    Ok(params)
}

/// From yesterday, for clocks that differ, to a year from now, which no run outlives.
fn limit_validity(params: &mut CertificateParams) {
    let today = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let ymd = |date: jiff::civil::Date| {
        let month = date.month().unsigned_abs();
        let day = date.day().unsigned_abs();
        rcgen::date_time_ymd(i32::from(date.year()), month, day)
    };
    params.not_before = ymd(today.yesterday().unwrap_or(today));
    params.not_after = ymd(today.saturating_add(jiff::Span::new().days(365)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_may_be_a_name_or_an_address() {
        for domain in ["example.test", "192.0.2.7", "[2001:db8::1]"] {
            let authority = Authority::new(domain, IpAddr::V4(Ipv4Addr::LOCALHOST)).unwrap();
            assert!(
                authority
                    .certificate_pem
                    .starts_with("-----BEGIN CERTIFICATE-----")
            );
        }
        assert!(Authority::new("exämple.test", IpAddr::V4(Ipv4Addr::LOCALHOST)).is_err());
    }
}
