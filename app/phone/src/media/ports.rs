//! The UDP sockets of one call.
//!
//! The media thread reads them itself, all into one buffer: what arrives is not copied and wakes
//! nobody else. A thread that cannot keep up loses packets in the system's buffers, where the jitter
//! buffer expects losses, instead of growing a queue of old sound.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use hark_media::{Component, MediaConfig};
use hark_sip_net::{MediaPorts, bind_media_ports, bind_media_ports_within};
use tokio::net::UdpSocket;

use super::{MediaError, Place};

/// The RTP and the RTCP socket.
#[derive(Debug)]
pub(super) struct Ports {
    rtp: Port,
    rtcp: Port,
}

#[derive(Debug)]
struct Port {
    socket: UdpSocket,
    state: State,
}

/// Whether a socket is worth being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// It will not come back.
    Failed,
}

impl Ports {
    pub(super) async fn open(place: Place) -> Result<(Self, MediaConfig), MediaError> {
        let MediaPorts { rtp, rtcp } = bind(&place).await?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)?;
        let config = MediaConfig {
            codecs: place.codecs,
            encryption: place.encryption,
            dtls: place.dtls,
            local_rtp: rtp.local_addr()?,
            local_rtcp: rtcp.local_addr()?,
            ice: place.ice,
            cname: random_name()?,
            seed,
        };
        let (rtp, rtcp) = (Port::new(rtp), Port::new(rtcp));
        Ok((Self { rtp, rtcp }, config))
    }

    /// Ready when a datagram waits.
    pub(super) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut ports = [&self.rtp, &self.rtcp].into_iter();
        match ports.any(|port| port.poll_readable(context).is_ready()) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// The next datagram that waits, in `buffer`, and where it came from. One that is longer than
    /// the buffer is cut, and then fails its checks.
    pub(super) fn receive<'b>(
        &mut self,
        component: Component,
        buffer: &'b mut [u8],
    ) -> Option<(SocketAddr, &'b mut [u8])> {
        match component {
            Component::Rtp => self.rtp.receive(buffer),
            Component::Rtcp => self.rtcp.receive(buffer),
        }
    }

    /// A full send buffer drops the packet, as the network would.
    pub(super) fn send(&self, component: Component, to: SocketAddr, packet: &[u8]) {
        let port = match component {
            Component::Rtp => &self.rtp,
            Component::Rtcp => &self.rtcp,
        };
        if let Err(error) = port.socket.try_send_to(packet, to) {
            tracing::trace!("a media packet was not sent: {error}");
        }
    }
}

async fn bind(place: &Place) -> Result<MediaPorts, MediaError> {
    let Some(range) = place.ports else {
        return Ok(bind_media_ports(place.local).await?);
    };
    let bound = bind_media_ports_within(place.local, range.ports()).await;
    bound.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => MediaError::PortsInUse(range),
        _ => MediaError::NoPort(error),
    })
}

impl Port {
    fn new(socket: UdpSocket) -> Self {
        Self {
            socket,
            state: State::Open,
        }
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
        match self.state {
            State::Open => self.socket.poll_recv_ready(context).map(|_| ()),
            State::Failed => Poll::Pending,
        }
    }

    fn receive<'b>(&mut self, buffer: &'b mut [u8]) -> Option<(SocketAddr, &'b mut [u8])> {
        let (length, from) = loop {
            match self.socket.try_recv_from(buffer) {
                Ok(received) => break received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                // The ICMP error of a packet that we sent; the socket itself goes on.
                Err(error) if is_about_the_peer(&error) => {}
                Err(error) => {
                    tracing::warn!("a media socket failed: {error}");
                    self.state = State::Failed;
                    return None;
                }
            }
        };
        Some((from, buffer.get_mut(..length)?))
    }
}

fn is_about_the_peer(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset
    )
}

/// A random CNAME for the length of one call (RFC 7022 §5), 96 bits in hex.
fn random_name() -> Result<String, getrandom::Error> {
    let mut octets = [0; 12];
    getrandom::fill(&mut octets)?;
    Ok(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}
