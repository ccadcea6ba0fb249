//! Opening a flow: every address of the name, then TLS with a certificate that must fit.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hark_sip::{FlowError, FlowInfo, FlowTarget, Transport};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::dial::dial;
use crate::flow::Duplex;
use crate::trust::{Trust, TrustError, handshake_error};

/// Opens flows for a driver. There is no switch that turns certificate checking off.
#[derive(Debug, Clone)]
pub struct Connector {
    trust: Arc<Trust>,
}

impl Connector {
    /// Trusts the platform's certificate authorities and those of `ca_file` (PEM).
    ///
    /// # Errors
    /// When the file cannot be read or holds no certificate.
    pub fn new(ca_file: Option<&Path>) -> Result<Self, TrustError> {
        Ok(Self {
            trust: Arc::new(Trust::load(ca_file)?),
        })
    }

    /// Trusts the authorities in `pem` and nobody else.
    ///
    /// # Errors
    /// When the text holds no certificate.
    pub fn trusting_only(pem: &str) -> Result<Self, TrustError> {
        Ok(Self {
            trust: Arc::new(Trust::only(pem)?),
        })
    }

    /// Trusts nobody: for cores that only accept flows and never open one.
    pub fn none() -> Self {
        Self {
            trust: Arc::new(Trust::nobody()),
        }
    }

    pub(crate) async fn open(
        &self,
        target: &FlowTarget,
    ) -> Result<(Box<dyn Duplex>, FlowInfo), FlowError> {
        timeout(OPEN_LIMIT, self.open_unbounded(target))
            .await
            .unwrap_or(Err(FlowError::TimedOut))
    }

    async fn open_unbounded(
        &self,
        target: &FlowTarget,
    ) -> Result<(Box<dyn Duplex>, FlowInfo), FlowError> {
        let stream = dial(&target.host, target.port).await?;
        let (local, remote) = ends(&stream)?;
        let info = FlowInfo {
            transport: target.transport,
            local,
            remote,
        };
        match target.transport {
            Transport::Tcp => Ok((Box::new(stream), info)),
            Transport::Tls => Ok((self.secure(stream, target).await?, info)),
        }
    }

    async fn secure(
        &self,
        stream: TcpStream,
        target: &FlowTarget,
    ) -> Result<Box<dyn Duplex>, FlowError> {
        let name = ServerName::try_from(target.host.clone())
            .map_err(|_| FlowError::Tls("the server's name is not a host name".into()))?;
        let config = self.trust.client_config(&target.certificate_names)?;
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        match connector.connect(name, stream).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(handshake_error(&error)),
        }
    }
}

fn ends(stream: &TcpStream) -> Result<(SocketAddr, SocketAddr), FlowError> {
    let local = stream.local_addr().map_err(|_| FlowError::Closed)?;
    let remote = stream.peer_addr().map_err(|_| FlowError::Closed)?;
    Ok((local, remote))
}

/// The whole way: name, addresses and TLS.
const OPEN_LIMIT: Duration = Duration::from_secs(10);
