//! Hearing that the network may have changed: from the kernel on Linux, by asking now and then
//! elsewhere.

use std::time::Duration;

use tokio::sync::mpsc;

pub(super) enum Watch {
    /// Nobody wants to know yet.
    Idle,
    #[cfg(target_os = "linux")]
    Kernel(tokio::net::UnixDatagram),
    Interval,
    /// A test says so.
    Told(mpsc::UnboundedReceiver<()>),
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

    /// Waits for the next change, or for the time to look for one. Cancel safe.
    pub(super) async fn changed(&mut self) {
        match self {
            Self::Idle => std::future::pending().await,
            #[cfg(target_os = "linux")]
            Self::Kernel(socket) => {
                if let Err(error) = linux::read_all(socket).await {
                    tracing::warn!(%error, "the kernel does not tell of the network any more");
                    *self = Self::Interval;
                }
            }
            Self::Interval => tokio::time::sleep(PERIOD).await,
            Self::Told(changes) => {
                if changes.recv().await.is_none() {
                    std::future::pending().await
                }
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn open() -> Watch {
    match linux::open() {
        Ok(socket) => Watch::Kernel(socket),
        Err(error) => {
            tracing::info!(%error, "the kernel does not tell of the network");
            Watch::Interval
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn open() -> Watch {
    Watch::Interval
}

/// Routing messages of the kernel (rtnetlink(7)). What they say does not matter: whoever hears one
/// looks for himself.
#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::unix::net::UnixDatagram as StdDatagram;

    use rustix::net::netlink::SocketAddrNetlink;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
    use tokio::net::UnixDatagram;

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
    pub(super) async fn read_all(socket: &UnixDatagram) -> io::Result<()> {
        let mut buffer = [0_u8; 8192];
        let mut read = socket.recv(&mut buffer).await;
        loop {
            match read {
                Ok(_) => {}
                Err(error) if error.raw_os_error() == Some(OVERFLOW) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
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

/// Where the system does not tell: often enough for a person, too seldom for a battery to notice.
const PERIOD: Duration = Duration::from_secs(2);
