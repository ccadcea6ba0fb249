//! The connections of a call to a relay that is reached over TCP (RFC 8656 §3.1), one a component. The
//! media thread reads and writes them itself, as it does the sockets of the call.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hark_media::{Component, MediaSession, RelayTransport};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;

use super::Place;

/// None where the relay is reached over UDP, or where there is no relay.
#[derive(Debug, Default)]
pub(super) struct RelayStreams(Vec<RelayStream>);

#[derive(Debug)]
struct RelayStream {
    component: Component,
    state: State,
    /// What the connection has not taken yet.
    unsent: Vec<u8>,
}

#[derive(Debug)]
enum State {
    Connecting(oneshot::Receiver<io::Result<TcpStream>>),
    Open(TcpStream),
    Closed,
}

impl RelayStreams {
    /// Begins to connect; nothing waits for it.
    pub(super) fn open(place: &Place) -> Self {
        let relay = place.ice.as_ref().and_then(|ice| ice.turn_server.as_ref());
        let relay = relay.filter(|relay| {
            relay.transport == RelayTransport::Tcp
                && relay.address.is_ipv4() == place.local.is_ipv4()
        });
        let both = |address| {
            let open = |component| RelayStream::open(component, place.local, address);
            [Component::Rtp, Component::Rtcp].map(open).into()
        };
        Self(relay.map_or_else(Vec::new, |relay| both(relay.address)))
    }

    /// Tells the session of connections that have come up, or not.
    pub(super) fn follow(&mut self, session: &mut MediaSession) {
        self.0.iter_mut().for_each(|stream| stream.follow(session));
    }

    /// Ready when something has arrived.
    pub(super) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut streams = self.0.iter();
        match streams.any(|stream| stream.poll_readable(context).is_ready()) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// Takes what has arrived, by way of `buffer`.
    pub(super) fn receive(&mut self, now: Instant, session: &mut MediaSession, buffer: &mut [u8]) {
        for stream in &mut self.0 {
            stream.receive(now, session, buffer);
        }
    }

    /// Sends what the session has for the relay. What was written for a connection that is not open
    /// is lost, as on a network.
    pub(super) fn send(&mut self, session: &mut MediaSession) {
        if self.0.is_empty() {
            return;
        }
        while let Some((component, octets)) = session.poll_relay() {
            let mut streams = self.0.iter_mut();
            if let Some(stream) = streams.find(|stream| stream.component == component) {
                stream.queue(&octets);
            }
        }
        self.0.iter_mut().for_each(|stream| stream.flush(session));
    }
}

impl RelayStream {
    fn open(component: Component, local: IpAddr, relay: SocketAddr) -> Self {
        let (connected, connecting) = oneshot::channel();
        tokio::spawn(async move {
            let limited = tokio::time::timeout(PATIENCE, connect(local, relay)).await;
            // The call may be over by now.
            let _ = connected.send(limited.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into())));
        });
        Self {
            component,
            state: State::Connecting(connecting),
            unsent: Vec::new(),
        }
    }

    fn follow(&mut self, session: &mut MediaSession) {
        let State::Connecting(connecting) = &mut self.state else {
            return;
        };
        let connected = match connecting.try_recv() {
            Err(oneshot::error::TryRecvError::Empty) => return,
            Err(oneshot::error::TryRecvError::Closed) => Err(ErrorKind::Interrupted.into()),
            Ok(connected) => connected,
        };
        match connected.and_then(|stream| Ok((stream.local_addr()?, stream))) {
            Ok((local, stream)) => {
                self.state = State::Open(stream);
                session.relay_connected(self.component, local);
            }
            Err(error) => self.close(session, &error),
        }
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
        match &self.state {
            State::Open(stream) => stream.poll_read_ready(context).map(|_| ()),
            State::Connecting(_) | State::Closed => Poll::Pending,
        }
    }

    fn receive(&mut self, now: Instant, session: &mut MediaSession, buffer: &mut [u8]) {
        for _ in 0..MAX_AT_ONCE {
            let State::Open(stream) = &self.state else {
                return;
            };
            match stream.try_read(buffer) {
                Ok(0) => return self.close(session, &ErrorKind::UnexpectedEof.into()),
                Ok(length) => {
                    let octets = buffer.get(..length).unwrap_or_default();
                    session.handle_relay(now, self.component, octets);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => return self.close(session, &error),
            }
        }
    }

    /// A connection that cannot keep up loses whole packets: old sound is of no use.
    fn queue(&mut self, octets: &[u8]) {
        if matches!(self.state, State::Open(_)) && self.unsent.len() < MAX_UNSENT {
            self.unsent.extend_from_slice(octets);
        }
    }

    fn flush(&mut self, session: &mut MediaSession) {
        while !self.unsent.is_empty() {
            let State::Open(stream) = &self.state else {
                return;
            };
            match stream.try_write(&self.unsent) {
                Ok(written) => drop(self.unsent.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => return self.close(session, &error),
            }
        }
    }

    fn close(&mut self, session: &mut MediaSession, error: &io::Error) {
        tracing::info!("no connection to the relay: {error}");
        self.state = State::Closed;
        self.unsent.clear();
        session.relay_closed(self.component);
    }
}

async fn connect(local: IpAddr, relay: SocketAddr) -> io::Result<TcpStream> {
    let socket = match relay {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.bind(SocketAddr::new(local, 0))?;
    let stream = socket.connect(relay).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// How long a connection may take: longer than an offer waits for it, because it still helps in the
/// offers after that.
const PATIENCE: Duration = Duration::from_secs(3);

/// Reads that one turn may take, each of the size of the buffer.
const MAX_AT_ONCE: usize = 32;

/// Octets that wait for the connection: a second of G.711 with all that is around it.
const MAX_UNSENT: usize = 16 * 1024;
