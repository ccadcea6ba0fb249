//! The options that every TCP socket of a flow has. None of them is vital, so a system that does
//! not know one costs speed or the early notice of a dead peer, never the flow.

use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

pub(crate) fn tune(stream: &TcpStream) {
    let socket = SockRef::from(stream);
    // Small messages must not wait for each other.
    let nodelay = socket.set_tcp_nodelay(true);
    let keepalive = TcpKeepalive::new()
        .with_time(IDLE)
        .with_interval(PROBE_INTERVAL);
    let results = [
        nodelay,
        socket.set_tcp_keepalive(&keepalive),
        set_unanswered_limit(&socket),
    ];
    for error in results.into_iter().filter_map(Result::err) {
        tracing::debug!(%error, "a socket option is not to be had");
    }
}

#[cfg(target_os = "linux")]
fn set_unanswered_limit(socket: &SockRef<'_>) -> std::io::Result<()> {
    socket.set_tcp_user_timeout(Some(UNANSWERED_LIMIT))
}

/// Only Linux has the option; elsewhere the system's own limit counts.
#[cfg(not(target_os = "linux"))]
fn set_unanswered_limit(_socket: &SockRef<'_>) -> std::io::Result<()> {
    Ok(())
}

/// Idle time before the system asks whether the peer's machine is still there.
const IDLE: Duration = Duration::from_secs(60);
/// Time between such questions.
const PROBE_INTERVAL: Duration = Duration::from_secs(10);
/// How long sent bytes may stay unacknowledged (RFC 5482). Without this a flow over a network that
/// is gone looks open for a quarter of an hour.
#[cfg(target_os = "linux")]
const UNANSWERED_LIMIT: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn the_options_are_set() {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has ports");
        let address = listener.local_addr().expect("it is bound");
        let stream = TcpStream::connect(address).await.expect("it listens");
        tune(&stream);
        let socket = SockRef::from(&stream);
        assert_eq!(socket.tcp_nodelay().ok(), Some(true));
        assert_eq!(socket.keepalive().ok(), Some(true));
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_user_timeout().ok(), Some(Some(UNANSWERED_LIMIT)));
    }
}
