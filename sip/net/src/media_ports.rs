//! UDP ports for media: an even one for RTP and the next one for RTCP (RFC 3550 §11), marked so that
//! routers may carry their sound before other traffic.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU16, Ordering};

#[cfg(unix)]
use socket2::SockRef;
use tokio::net::UdpSocket;

/// The two sockets of one media stream.
#[derive(Debug)]
pub struct MediaPorts {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
}

/// Binds a pair on the address, ports of the system's choice.
///
/// # Errors
/// When the address is not ours or no pair is free after a bounded number of tries.
pub async fn bind_media_ports(ip: IpAddr) -> io::Result<MediaPorts> {
    let mut failure = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        let rtp = bind(ip, 0).await?;
        let port = rtp.local_addr()?.port();
        if port % 2 != 0 {
            continue;
        }
        match bind(ip, port + 1).await {
            Ok(rtcp) => return Ok(MediaPorts { rtp, rtcp }),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Binds a pair on the address within a range, as firewalls are told to let through. Each call begins
/// to look where the last one ended, so that the last packets of one call do not meet the next.
///
/// # Errors
/// [`io::ErrorKind::AddrInUse`] when no pair of the range is free, others when the address is not
/// ours.
pub async fn bind_media_ports_within(
    ip: IpAddr,
    range: RangeInclusive<u16>,
) -> io::Result<MediaPorts> {
    static TURN: AtomicU16 = AtomicU16::new(0);
    let first = range.start().checked_next_multiple_of(2);
    let first = first.ok_or(io::ErrorKind::AddrInUse)?;
    let pairs = (*range.end()).saturating_sub(first).div_ceil(2);
    for _ in 0..pairs {
        let turn = TURN.fetch_add(1, Ordering::Relaxed) % pairs;
        let port = first + 2 * turn;
        let rtp = match bind(ip, port).await {
            Ok(rtp) => rtp,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => continue,
            Err(error) => return Err(error),
        };
        if let Ok(rtcp) = bind(ip, port + 1).await {
            return Ok(MediaPorts { rtp, rtcp });
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}

async fn bind(ip: IpAddr, port: u16) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind(SocketAddr::new(ip, port)).await?;
    // A socket that the runtime has not looked at yet takes nothing, and the first packets of a call
    // would be lost: the questions to the servers of ICE among them.
    socket.writable().await?;
    if let Err(error) = mark(&socket, ip) {
        tracing::debug!("media goes unmarked, as the system wants it: {error}");
    }
    Ok(socket)
}

#[cfg(unix)]
fn mark(socket: &UdpSocket, ip: IpAddr) -> io::Result<()> {
    let options = SockRef::from(socket);
    match ip {
        IpAddr::V4(_) => options.set_tos_v4(EXPEDITED),
        IpAddr::V6(_) => options.set_tclass_v6(EXPEDITED),
    }
}

/// Windows takes marks from its policies and none from programs.
#[cfg(not(unix))]
fn mark(_socket: &UdpSocket, _ip: IpAddr) -> io::Result<()> {
    Ok(())
}

const TRIES: usize = 100;

/// Expedited forwarding, code point 46 (RFC 3246, RFC 4594 §4.1), in the upper six bits of the octet.
#[cfg(unix)]
const EXPEDITED: u32 = 46 << 2;
