//! What happens to this machine behind the back of its sockets: it sleeps, and its network changes.
//!
//! A TCP connection notices neither. After sleep, or from an address that is gone, it looks open
//! until something is sent and not acknowledged, which takes minutes. So the driver asks here.

mod watch;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time as clock;

use watch::{News, Watch};

/// The clock that goes on while the machine sleeps, and the eye on its network.
pub struct Surroundings {
    /// How long the machine has slept since some fixed moment.
    asleep: Box<dyn Fn() -> Duration + Send + Sync>,
    /// The address from which this machine would reach another one, if it would.
    source: Box<dyn Fn(IpAddr) -> Option<IpAddr> + Send + Sync>,
    watch: Watch,
    asleep_at_start: Duration,
    /// The sleep that the owner knows of.
    slept: Duration,
    /// Where the owner connects to.
    peers: Vec<IpAddr>,
    sources: Vec<Option<IpAddr>>,
    link_changed: bool,
    /// When to look for sleep, and for changes that nobody told.
    next_look: Option<clock::Instant>,
}

impl Surroundings {
    /// Watches this machine, once there is a peer.
    pub fn of_this_machine() -> Self {
        Self::new(Box::new(asleep), Box::new(source), Watch::Idle)
    }

    /// A machine that sleeps and has a network as a test says; a message tells that the network
    /// may have changed.
    pub fn simulated(
        asleep: impl Fn() -> Duration + Send + Sync + 'static,
        source: impl Fn(IpAddr) -> Option<IpAddr> + Send + Sync + 'static,
        changes: mpsc::UnboundedReceiver<()>,
    ) -> Self {
        Self::new(Box::new(asleep), Box::new(source), Watch::Told(changes))
    }

    fn new(
        asleep: Box<dyn Fn() -> Duration + Send + Sync>,
        source: Box<dyn Fn(IpAddr) -> Option<IpAddr> + Send + Sync>,
        watch: Watch,
    ) -> Self {
        let asleep_at_start = asleep();
        Self {
            asleep,
            source,
            watch,
            asleep_at_start,
            slept: Duration::ZERO,
            peers: Vec::new(),
            sources: Vec::new(),
            link_changed: false,
            next_look: None,
        }
    }

    /// The time, sleep included: the runtime's clock stands still meanwhile on Linux and macOS.
    pub(crate) fn now(&self) -> Instant {
        clock::Instant::now().into_std() + self.slept
    }

    /// When a deadline of that clock comes on the clock of the runtime.
    pub(crate) fn awake(&self, deadline: Instant) -> Instant {
        deadline.checked_sub(self.slept).unwrap_or(deadline)
    }

    /// Whether the machine has slept since this was last asked. Small differences between two
    /// clocks are no sleep.
    pub(crate) fn has_slept(&mut self) -> bool {
        let slept = (self.asleep)().saturating_sub(self.asleep_at_start);
        let woke = slept > self.slept + SHORTEST_SLEEP;
        if woke {
            self.slept = slept;
        }
        woke
    }

    /// From here on the way to these addresses is watched.
    pub(crate) fn watch(&mut self, peers: &[IpAddr]) {
        self.watch.begin();
        self.peers = peers.iter().take(MAX_PEERS).copied().collect();
        self.peers.extend(ANYWHERE);
        self.sources = self.look();
    }

    /// Waits until the network may have changed, or until it is time to look for sleep. Cancel
    /// safe.
    pub(crate) async fn disturbed(&mut self) {
        // Kept, because whoever waits here is interrupted often.
        let look = *self
            .next_look
            .get_or_insert_with(|| clock::Instant::now() + TICK);
        tokio::select! {
            news = self.watch.changed() => self.link_changed |= news == News::Link,
            () = clock::sleep_until(look), if self.watch.is_on() => self.next_look = None,
        }
    }

    /// Whether our ways to the peers, or to anywhere, are others than when this was last asked, or
    /// a link was down meanwhile.
    pub(crate) fn has_moved(&mut self) -> bool {
        let sources = self.look();
        let link_changed = std::mem::take(&mut self.link_changed);
        let moved = link_changed || sources != self.sources;
        self.sources = sources;
        moved
    }

    /// The address from which we would reach this peer at this moment.
    pub(crate) fn source_to(&self, peer: SocketAddr) -> Option<IpAddr> {
        (self.source)(peer.ip())
    }

    fn look(&self) -> Vec<Option<IpAddr>> {
        self.peers.iter().map(|peer| (self.source)(*peer)).collect()
    }
}

/// The boot-time clock goes on in sleep and the monotonic one does not.
#[cfg(target_os = "linux")]
fn asleep() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    read(ClockId::Boottime).saturating_sub(read(ClockId::Monotonic))
}

/// Elsewhere the time of day shows it; who sets it forward by hand causes a look at the flows,
/// which does no harm.
#[cfg(not(target_os = "linux"))]
fn asleep() -> Duration {
    use std::sync::OnceLock;
    use std::time::SystemTime;
    static START: OnceLock<(SystemTime, Instant)> = OnceLock::new();
    let (day, instant) = START.get_or_init(|| (SystemTime::now(), Instant::now()));
    let passed = day.elapsed().unwrap_or_default();
    passed.saturating_sub(instant.elapsed())
}

/// Asks the routing table by connecting a UDP socket, which sends nothing.
fn source(peer: IpAddr) -> Option<IpAddr> {
    let any: IpAddr = match peer {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((peer, DISCARD)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Addresses that stand for the rest of the world (RFC 5737, RFC 3849).
const ANYWHERE: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];

/// Peers whose ways are watched: the addresses of one server.
const MAX_PEERS: usize = 16;

/// No packet goes there; a socket needs some port to connect to (RFC 863).
const DISCARD: u16 = 9;

/// How often to look around: no system tells of sleep, and not every one of its network.
const TICK: Duration = Duration::from_secs(2);

/// Clocks that are read one after the other differ by less.
const SHORTEST_SLEEP: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_awake_machine_has_not_slept_and_reaches_itself_from_itself() {
        let mut here = Surroundings::of_this_machine();
        assert!(!here.has_slept());
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        assert_eq!(here.source_to((loopback, 5061).into()), Some(loopback));
        assert!(!here.has_moved());
    }

    #[tokio::test]
    async fn the_system_can_be_watched() {
        let mut here = Surroundings::of_this_machine();
        here.watch(&[Ipv4Addr::LOCALHOST.into()]);
        assert!(here.watch.is_on());
        assert!(!here.has_moved());
    }
}
