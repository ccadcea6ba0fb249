//! Accepting flows, for the server.

use std::sync::Arc;
use std::time::Duration;

use hark_sip::{FlowInfo, Transport};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use crate::flow::{Arrival, Duplex};
use crate::socket;

/// A listening socket; with a TLS configuration the flows are TLS, else plain TCP.
pub struct Listener {
    pub socket: TcpListener,
    pub tls: Option<Arc<ServerConfig>>,
}

/// A flow that a listener has opened.
pub(crate) struct Accepted {
    pub info: FlowInfo,
    pub stream: Box<dyn Duplex>,
}

/// Accepts until the driver goes. Handshakes run side by side, a bounded number at a time.
pub(crate) async fn accept_all(listener: Listener, arrivals: mpsc::Sender<Arrival>) {
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES));
    let mut tasks = JoinSet::new();
    let acceptor = listener.tls.map(TlsAcceptor::from);
    loop {
        let Ok(permit) = handshakes.clone().acquire_owned().await else {
            return;
        };
        match listener.socket.accept().await {
            Ok((stream, _)) => {
                let (acceptor, arrivals) = (acceptor.clone(), arrivals.clone());
                tasks.spawn(async move {
                    greet(stream, acceptor, arrivals).await;
                    drop(permit);
                });
            }
            Err(error) => {
                // Out of file descriptors, most likely: give the system a moment.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
        while tasks.try_join_next().is_some() {}
    }
}

async fn greet(stream: TcpStream, acceptor: Option<TlsAcceptor>, arrivals: mpsc::Sender<Arrival>) {
    socket::tune(&stream);
    let (Ok(local), Ok(remote)) = (stream.local_addr(), stream.peer_addr()) else {
        return;
    };
    let (transport, stream): (_, Box<dyn Duplex>) = match acceptor {
        None => (Transport::Tcp, Box::new(stream)),
        Some(acceptor) => match timeout(HANDSHAKE_LIMIT, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => (Transport::Tls, Box::new(stream)),
            Ok(Err(error)) => return tracing::info!(%error, "a TLS handshake failed"),
            Err(_) => return tracing::info!("a TLS handshake took too long"),
        },
    };
    let info = FlowInfo {
        transport,
        local,
        remote,
    };
    let _ = arrivals
        .send(Arrival::Accepted(Accepted { info, stream }))
        .await;
}

/// TLS handshakes under way at once.
const HANDSHAKES: usize = 256;
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(5);
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
