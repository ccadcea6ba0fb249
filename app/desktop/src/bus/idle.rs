//! Whether somebody is at the computer: for how long no key and no pointer has moved.
//!
//! No desktop tells it in the same way: GNOME's window manager and KDE's screen saver answer on the
//! session bus, with X11 and with Wayland; every X server knows it by its screen saver extension.

use std::time::Duration;

use tokio::time::sleep;
use x11rb::connection::Connection as _;
use x11rb::protocol::screensaver::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use zbus::Connection;

use hark_phone::UserIs;

use crate::action::Action;
use crate::host::{Notice, Reporter};

/// Reports when the user goes and comes. Returns where the desktop does not tell.
pub async fn follow(bus: &Connection, reporter: &Reporter) {
    let Some(clock) = Clock::find(bus).await else {
        tracing::info!("this desktop does not tell whether somebody is there");
        return;
    };
    let mut user = UserIs::Here;
    while let Some(idle) = clock.idle().await {
        let now = user_is(idle);
        if now != user {
            user = now;
            reporter.report(Notice::Act(Action::UserIs(user)));
        }
        sleep(pause(idle)).await;
    }
}

/// Who tells how long nothing has moved.
enum Clock {
    Mutter(MutterProxy<'static>),
    ScreenSaver(ScreenSaverProxy<'static>),
    X11(Box<RustConnection>, u32),
}

impl Clock {
    /// The first one that has an answer.
    async fn find(bus: &Connection) -> Option<Self> {
        let mutter = MutterProxy::new(bus).await.ok().map(Self::Mutter);
        let saver = ScreenSaverProxy::new(bus).await.ok().map(Self::ScreenSaver);
        for clock in [mutter, saver, Self::x11()].into_iter().flatten() {
            if clock.idle().await.is_some() {
                return Some(clock);
            }
        }
        None
    }

    fn x11() -> Option<Self> {
        // The X server beside a Wayland desktop sees only what happens in its own windows.
        if std::env::var_os("WAYLAND_DISPLAY").is_some() {
            return None;
        }
        let (connection, screen) = x11rb::connect(None).ok()?;
        let root = connection.setup().roots.get(screen)?.root;
        Some(Self::X11(Box::new(connection), root))
    }

    async fn idle(&self) -> Option<Duration> {
        let millis = match self {
            Self::Mutter(mutter) => mutter.get_idletime().await.ok()?,
            Self::ScreenSaver(saver) => u64::from(saver.get_session_idle_time().await.ok()?),
            Self::X11(connection, root) => {
                let asked = connection.screensaver_query_info(*root).ok()?;
                u64::from(asked.reply().ok()?.ms_since_user_input)
            }
        };
        Some(Duration::from_millis(millis))
    }
}

fn user_is(idle: Duration) -> UserIs {
    match idle < AWAY_AFTER {
        true => UserIs::Here,
        false => UserIs::Away,
    }
}

/// Until the user can be away; and while he is, for as long as others may believe that.
fn pause(idle: Duration) -> Duration {
    match user_is(idle) {
        UserIs::Here => (AWAY_AFTER - idle).max(BACK_WITHIN),
        UserIs::Away => BACK_WITHIN,
    }
}

/// Longer than anyone reads a page without touching anything.
const AWAY_AFTER: Duration = Duration::from_secs(5 * 60);
const BACK_WITHIN: Duration = Duration::from_secs(5);

#[zbus::proxy(
    interface = "org.gnome.Mutter.IdleMonitor",
    default_service = "org.gnome.Mutter.IdleMonitor",
    default_path = "/org/gnome/Mutter/IdleMonitor/Core",
    gen_blocking = false
)]
trait Mutter {
    fn get_idletime(&self) -> zbus::Result<u64>;
}

#[zbus::proxy(
    interface = "org.freedesktop.ScreenSaver",
    default_service = "org.freedesktop.ScreenSaver",
    default_path = "/org/freedesktop/ScreenSaver",
    gen_blocking = false
)]
trait ScreenSaver {
    fn get_session_idle_time(&self) -> zbus::Result<u32>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_away_when_nothing_has_moved_for_five_minutes() {
        let seconds = Duration::from_secs;
        for (idle, user, asked_again_after) in [
            (0, UserIs::Here, 300),
            (120, UserIs::Here, 180),
            (299, UserIs::Here, 5),
            (300, UserIs::Away, 5),
            (90_000, UserIs::Away, 5),
        ] {
            assert_eq!(user_is(seconds(idle)), user, "{idle}");
            assert_eq!(pause(seconds(idle)), seconds(asked_again_after), "{idle}");
        }
    }
}
