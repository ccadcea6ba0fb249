//! UDP ports for media: an even one for RTP and the next one for RTCP (RFC 3550 §11).

use std::io;
use std::net::{IpAddr, SocketAddr};

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
        let rtp = UdpSocket::bind(SocketAddr::new(ip, 0)).await?;
        let port = rtp.local_addr()?.port();
        if port % 2 != 0 {
            continue;
        }
        match UdpSocket::bind(SocketAddr::new(ip, port + 1)).await {
            Ok(rtcp) => return Ok(MediaPorts { rtp, rtcp }),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

const TRIES: usize = 100;
