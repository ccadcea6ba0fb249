//! Opening a flow: TCP, then TLS with a certificate that must fit, to the first address that is
//! ready.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use hark_sip::{FlowError, FlowInfo, FlowTarget, Transport};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;

use crate::dial;
use crate::flow::Duplex;
use crate::resolve::Resolver;
use crate::trust::{Trust, TrustError, handshake_error};

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

    /// `securing` is called when TLS begins, once for each address that gets as far.
    pub(crate) async fn open(
        &self,
        target: &FlowTarget,
        securing: impl Fn() + Clone + Send + 'static,
    ) -> Result<Open, FlowError> {
        let addresses = target.addresses.iter();
        let addresses = addresses.map(|address| SocketAddr::new(*address, target.port));
        let target = Arc::new(target.clone());
        let open = |address| {
            open_one(
                self.trust.clone(),
                target.clone(),
                address,
                securing.clone(),
            )
        };
        dial::first_of(addresses.collect(), open).await
    }
}

async fn open_one(
    trust: Arc<Trust>,
    target: Arc<FlowTarget>,
    address: SocketAddr,
    securing: impl Fn(),
) -> Result<Open, FlowError> {
    let stream = dial::connect(address).await?;
    let info = FlowInfo {
        transport: target.transport,
        local: stream.local_addr().map_err(|_| FlowError::Closed)?,
        remote: address,
    };
    match target.transport {
        Transport::Tcp => Ok((Box::new(stream), info)),
        Transport::Tls => {
            securing();
            Ok((secure(&trust, stream, &target).await?, info))
        }
    }
}

async fn secure(
    trust: &Trust,
    stream: TcpStream,
    target: &FlowTarget,
) -> Result<Box<dyn Duplex>, FlowError> {
    let mut names = target.certificate_names.iter();
    let name = names.find_map(|name| ServerName::try_from(name.clone()).ok());
    let name = name.ok_or(FlowError::CertificateWrongName)?;
    let config = trust.client_config(&target.certificate_names)?;
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    match connector.connect(name, stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(handshake_error(&error)),
    }
}
