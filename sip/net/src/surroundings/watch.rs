//! Hearing that the network may have changed, where the system tells: on Linux.

#[cfg(target_os = "linux")]
mod links;

use tokio::sync::mpsc;

pub(super) enum Watch {
    /// Nobody wants to know yet.
    Idle,
    #[cfg(target_os = "linux")]
    Kernel(tokio::net::UnixDatagram, links::Links),
    /// Nobody tells; whoever wants to know has to look.
    Deaf,
    /// A test says so.
    Told(mpsc::UnboundedReceiver<()>),
}

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// The ways may be others, or not.
    Perhaps,
    /// A link came up or went down: the ways may be the same, but packets were lost on them.
    Link,
}

impl Watch {
    pub(super) fn begin(&mut self) {
        if matches!(self, Self::Idle) {
            *self = open();
        }
    }

    pub(super) fn is_on(&self) -> bool {
        !matches!(self, Self::Idle)
    }

    /// Waits for the next change. Cancel safe.
    pub(super) async fn changed(&mut self) -> News {
        match self {
            Self::Idle | Self::Deaf => std::future::pending().await,
            #[cfg(target_os = "linux")]
            Self::Kernel(socket, links) => match kernel::read_all(socket, links).await {
                Ok(news) => news,
                Err(error) => {
                    tracing::warn!(%error, "the kernel does not tell of the network any more");
                    *self = Self::Deaf;
                    News::Perhaps
                }
            },
            Self::Told(changes) => match changes.recv().await {
                Some(()) => News::Perhaps,
                None => std::future::pending().await,
            },
        }
    }
}

#[cfg(target_os = "linux")]
fn open() -> Watch {
    match kernel::open() {
        Ok(socket) => Watch::Kernel(socket, links::Links::default()),
        Err(error) => {
            tracing::info!(%error, "the kernel does not tell of the network");
            Watch::Deaf
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn open() -> Watch {
    Watch::Deaf
}

/// Routing messages of the kernel (rtnetlink(7)). But for the state of links, what they say does not
/// matter: whoever hears one looks for himself.
#[cfg(target_os = "linux")]
mod kernel {
    use std::io;
    use std::os::unix::net::UnixDatagram as StdDatagram;

    use rustix::net::netlink::SocketAddrNetlink;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
    use tokio::net::UnixDatagram;

    use super::News;
    use super::links::Links;

    /// The socket is of the netlink family, but it is received from like any datagram socket, and
    /// for those of the Unix family tokio has a type.
    pub(super) fn open() -> io::Result<UnixDatagram> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // Without a protocol it is NETLINK_ROUTE.
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        UnixDatagram::from_std(StdDatagram::from(socket))
    }

    /// Waits for a message and takes it off with all that are there. A queue that has overflowed is
    /// news, too.
    pub(super) async fn read_all(socket: &UnixDatagram, links: &mut Links) -> io::Result<News> {
        let mut buffer = [0_u8; 8192];
        let mut news = News::Perhaps;
        let mut read = socket.recv(&mut buffer).await;
        loop {
            match read {
                Ok(length) if links.take(buffer.get(..length).unwrap_or_default()) => {
                    news = News::Link;
                }
                Ok(_) => {}
                Err(error) if error.raw_os_error() == Some(OVERFLOW) => news = News::Link,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(news),
                Err(error) => return Err(error),
            }
            read = socket.try_recv(&mut buffer);
        }
    }

    /// RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE.
    const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

    /// ENOBUFS: messages were lost.
    const OVERFLOW: i32 = rustix::io::Errno::NOBUFS.raw_os_error();
}
