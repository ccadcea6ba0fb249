//! Word from the sound server that devices have come or gone.
//!
//! cpal 0.18 tells of no such changes. PulseAudio does, and PipeWire in its place, to a client that
//! subscribes: a second connection, on which nothing else is ever said.

use std::sync::Arc;

use crate::wishes::Shared;

/// Wishes for a refreshed list of devices whenever it has changed.
pub(crate) struct Hotplug {
    #[cfg_attr(not(target_os = "linux"), expect(dead_code))]
    shared: Arc<Shared>,
    #[cfg(target_os = "linux")]
    watch: Option<subscription::Watch>,
}

#[cfg(target_os = "linux")]
impl Hotplug {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            watch: None,
        }
    }

    /// The devices are those of this sound system from here on.
    pub fn follow(&mut self, host: &cpal::Host) {
        if host.id() != cpal::HostId::PulseAudio {
            self.watch = None;
        } else if !self.tells_changes() {
            let shared = self.shared.clone();
            let on_change = move || shared.wish(|wishes| wishes.refresh = true);
            // Without a subscription the list is polled.
            self.watch = subscription::Watch::start(on_change).ok();
        }
    }

    /// Whether every change leads to such a wish.
    pub fn tells_changes(&self) -> bool {
        self.watch.as_ref().is_some_and(subscription::Watch::lives)
    }
}

#[cfg(not(target_os = "linux"))]
impl Hotplug {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub fn follow(&mut self, _host: &cpal::Host) {}

    pub fn tells_changes(&self) -> bool {
        false
    }
}

/// A connection to the sound server on which nothing is said but that devices have changed.
#[cfg(target_os = "linux")]
mod subscription {
    use std::net::Shutdown;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use pulseaudio::protocol::{
        Command, ProtocolError, SubscriptionEvent, SubscriptionEventFacility,
        SubscriptionEventType, SubscriptionMask,
    };

    use crate::pulse::Connection;

    /// Dropping it closes the connection.
    pub(super) struct Watch {
        socket: UnixStream,
        lives: Arc<AtomicBool>,
    }

    impl Watch {
        /// Subscribes and listens on a thread of its own. `on_change` is called after each change,
        /// and once more when the server has gone.
        pub fn start(on_change: impl Fn() + Send + 'static) -> Result<Self, ProtocolError> {
            let mask = SubscriptionMask::SINK | SubscriptionMask::SOURCE | SubscriptionMask::SERVER;
            let mut connection = Connection::open()?;
            connection.order(&Command::Subscribe(mask))?;
            let lives = Arc::new(AtomicBool::new(true));
            let watch = Self {
                socket: connection.wait_for_ever()?,
                lives: Arc::clone(&lives),
            };
            std::thread::Builder::new()
                .name("audio-hotplug".to_owned())
                .spawn(move || {
                    // However it ends, what comes next is a look at the devices that are left.
                    let _ = listen(connection, &on_change);
                    lives.store(false, Ordering::Relaxed);
                    on_change();
                })?;
            Ok(watch)
        }

        /// Whether every change is told.
        pub fn lives(&self) -> bool {
            self.lives.load(Ordering::Relaxed)
        }
    }

    impl Drop for Watch {
        fn drop(&mut self) {
            // Ends the thread's read. A connection that is closed already is as good.
            let _ = self.socket.shutdown(Shutdown::Both);
        }
    }

    fn listen(mut connection: Connection, on_change: &dyn Fn()) -> Result<(), ProtocolError> {
        loop {
            connection.receive()?;
            if let Some(Command::SubscribeEvent(event)) = connection.command()
                && concerns_the_list(&event)
            {
                on_change();
            }
        }
    }

    /// A sink tells of every step of its volume and every time it falls asleep, too.
    fn concerns_the_list(event: &SubscriptionEvent) -> bool {
        match event.event_type {
            SubscriptionEventType::New | SubscriptionEventType::Removed => true,
            SubscriptionEventType::Changed => {
                event.event_facility == SubscriptionEventFacility::Server
            }
        }
    }
}
