//! Opening a flow: TCP, then TLS with a certificate that must fit, to the first address that is
//! ready.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use hark_sip::{FlowError, FlowInfo, FlowTarget, Transport};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, ProtocolVersion};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::dial;
use crate::findings::{Attempt, TlsAgreement};
use crate::flow::Duplex;
use crate::resolve::Resolver;
use crate::trust::{Shown, Trust, TrustError, handshake_error};

/// Opens flows for a driver. There is no switch that turns certificate checking off.
#[derive(Debug, Clone)]
pub struct Connector {
    trust: Arc<Trust>,
    pub(crate) resolver: Resolver,
}

type Open = (Box<dyn Duplex>, FlowInfo);

impl Connector {
    /// Trusts the platform's certificate authorities and those of `ca_file` (PEM).
    ///
    /// # Errors
    /// When the file cannot be read or holds no certificate.
    pub fn new(ca_file: Option<&Path>) -> Result<Self, TrustError> {
        Ok(Self::with(Trust::load(ca_file)?))
    }

    /// Trusts the authorities in `pem` and nobody else.
    ///
    /// # Errors
    /// When the text holds no certificate.
    pub fn trusting_only(pem: &str) -> Result<Self, TrustError> {
        Ok(Self::with(Trust::only(pem)?))
    }

    /// Trusts nobody: for cores that only accept flows and never open one.
    pub fn none() -> Self {
        Self::with(Trust::nobody())
    }

    fn with(trust: Trust) -> Self {
        Self {
            trust: Arc::new(trust),
            resolver: Resolver::system(),
        }
    }

    /// Looks names up in another way than this machine's.
    pub fn resolving_by(mut self, resolver: Resolver) -> Self {
        self.resolver = resolver;
        self
    }

    /// Opens a flow, and tells how far it came with each address. `securing` is called when TLS
    /// begins, once for each address that gets as far.
    pub(crate) async fn open(
        &self,
        target: &FlowTarget,
        securing: impl Fn() + Clone + Send + 'static,
    ) -> (Result<Open, FlowError>, Vec<Attempt>) {
        let addresses = target.addresses.iter();
        let addresses = addresses.map(|address| SocketAddr::new(*address, target.port));
        let target = Arc::new(target.clone());
        let attempts = Attempts::default();
        let open = |address| {
            open_one(
                self.trust.clone(),
                target.clone(),
                address,
                securing.clone(),
                attempts.clone(),
            )
        };
        let opened = dial::first_of(addresses.collect(), open).await;
        (opened, attempts.take())
    }
}

/// How far it came with each address, told by attempts that run side by side.
#[derive(Clone, Default)]
struct Attempts(Arc<Mutex<Vec<Attempt>>>);

impl Attempts {
    fn note(&self, attempt: Attempt) {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.push(attempt);
    }

    fn take(&self) -> Vec<Attempt> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn open_one(
    trust: Arc<Trust>,
    target: Arc<FlowTarget>,
    address: SocketAddr,
    securing: impl Fn(),
    attempts: Attempts,
) -> Result<Open, FlowError> {
    let mut attempt = Attempt {
        address,
        outcome: Ok(()),
        chain: Vec::new(),
        tls: None,
    };
    let opened = reach(&trust, &target, &mut attempt, securing).await;
    attempt.outcome = opened.as_ref().map(drop).map_err(FlowError::clone);
    attempts.note(attempt);
    opened
}

async fn reach(
    trust: &Trust,
    target: &FlowTarget,
    attempt: &mut Attempt,
    securing: impl Fn(),
) -> Result<Open, FlowError> {
    let deadline = Instant::now() + dial::LIMIT;
    let stream = dial::connect(attempt.address, deadline).await?;
    let info = FlowInfo {
        transport: target.transport,
        local: stream.local_addr().map_err(|_| FlowError::Closed)?,
        remote: attempt.address,
    };
    match target.transport {
        Transport::Tcp => Ok((Box::new(stream), info)),
        Transport::Tls => {
            securing();
            let shown = Shown::default();
            let secured = timeout_at(deadline, secure(trust, stream, target, &shown)).await;
            attempt.chain = shown.chain();
            let (stream, tls) = secured.unwrap_or_else(|_| Err(no_handshake()))?;
            attempt.tls = tls;
            Ok((stream, info))
        }
    }
}

async fn secure(
    trust: &Trust,
    stream: TcpStream,
    target: &FlowTarget,
    shown: &Shown,
) -> Result<(Box<dyn Duplex>, Option<TlsAgreement>), FlowError> {
    let mut names = target.certificate_names.iter();
    let name = names.find_map(|name| ServerName::try_from(name.clone()).ok());
    let name = name.ok_or(FlowError::CertificateWrongName)?;
    let config = trust.client_config(&target.certificate_names, shown)?;
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    match connector.connect(name, stream).await {
        Ok(stream) => {
            let tls = agreement(stream.get_ref().1);
            Ok((Box::new(stream), tls))
        }
        Err(error) => Err(handshake_error(&error)),
    }
}

fn agreement(connection: &ClientConnection) -> Option<TlsAgreement> {
    let suite = connection.negotiated_cipher_suite()?;
    Some(TlsAgreement {
        version: match connection.protocol_version()? {
            ProtocolVersion::TLSv1_2 => "TLS 1.2",
            ProtocolVersion::TLSv1_3 => "TLS 1.3",
            // rustls speaks no other.
            _ => "TLS",
        },
        suite: suite.suite().as_str()?,
    })
}

/// Something that speaks another protocol waits for its first words, and so do we.
fn no_handshake() -> FlowError {
    FlowError::Tls("the server took the connection and did not answer the handshake".into())
}
