//! `org.freedesktop.Notifications`: calls that ring, calls that were missed, new messages, a lost
//! connection. Each goes when it is about nothing any longer.

use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};
use zbus::Connection;
use zbus::export::futures_core::Stream;
use zbus::zvariant::Value;

use crate::action::{About, Action, Button, Notification};
use crate::host::{Notice, Reporter};
use crate::identity::APP_ID;
use crate::text;

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Service {
    #[expect(clippy::too_many_arguments)]
    fn notify(
        &self,
        app_name: &str,
        replaces: u32,
        icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action: &str) -> zbus::Result<()>;
}

/// The service, and which of its notifications are ours.
pub struct Notifications {
    service: ServiceProxy<'static>,
    can: Capabilities,
    shown: BTreeMap<About, Shown>,
    /// What is to be shown only if it lasts.
    later: BTreeMap<About, (Instant, Notification)>,
}

/// What the notifications are asked for.
#[derive(Debug)]
pub enum Request {
    Show(Notification),
    Close(About),
}

/// A notification on the screen.
struct Shown {
    id: u32,
    buttons: Vec<Button>,
}

#[derive(Debug, Clone, Copy)]
struct Capabilities {
    actions: bool,
    markup: bool,
}

impl Notifications {
    /// # Errors
    /// Nobody on this bus shows notifications.
    pub async fn connect(connection: &Connection) -> zbus::Result<Self> {
        let service = ServiceProxy::new(connection).await?;
        let capabilities = service.get_capabilities().await?;
        let has = |name: &str| capabilities.iter().any(|has| has == name);
        Ok(Self {
            can: Capabilities {
                actions: has("actions"),
                markup: has("body-markup"),
            },
            service,
            shown: BTreeMap::new(),
            later: BTreeMap::new(),
        })
    }

    /// Shows and closes what is asked for, and reports the buttons, until the program ends: its buttons do
    /// nothing any longer then.
    pub async fn serve(
        mut self,
        mut inbox: UnboundedReceiver<Request>,
        reporter: &Reporter,
    ) -> zbus::Result<()> {
        let mut invoked = self.service.receive_action_invoked().await?;
        loop {
            tokio::select! {
                request = inbox.recv() => match request {
                    Some(Request::Show(notification)) => self.ask(notification).await?,
                    Some(Request::Close(about)) => self.close(about).await,
                    None => return self.close_all().await,
                },
                about = due(&self.later) => {
                    if let Some((_, notification)) = self.later.remove(&about) {
                        self.show(notification).await?;
                    }
                }
                signal = next(&mut invoked) => {
                    let Some(signal) = signal else { return Ok(()) };
                    let pressed = signal.args()?;
                    self.invoked(pressed.id, pressed.action, reporter);
                }
            }
        }
    }

    async fn ask(&mut self, notification: Notification) -> zbus::Result<()> {
        let Some(patience) = patience(&notification.about) else {
            return self.show(notification).await;
        };
        let about = notification.about.clone();
        let later = (Instant::now() + patience, notification);
        self.later.insert(about, later);
        Ok(())
    }

    async fn show(&mut self, notification: Notification) -> zbus::Result<()> {
        let Notification {
            about,
            title,
            body,
            buttons,
        } = notification;
        let own = buttons.iter().map(|button| [button.key(), button.words()]);
        let keys: Vec<&str> = match self.can.actions {
            true => own.chain([[OPEN, text::open()]]).flatten().collect(),
            false => Vec::new(),
        };
        let body = match self.can.markup {
            true => escaped(&body),
            false => body,
        };
        let manner = manner(&about);
        let hints = HashMap::from([
            ("urgency", Value::U8(manner.urgency)),
            ("category", Value::from(manner.category)),
            ("desktop-entry", Value::from(APP_ID)),
        ]);
        let before = self.shown.get(&about).map_or(0, |shown| shown.id);
        let (app, icon, stay) = (text::APP, manner.icon, manner.expires);
        let id = self
            .service
            .notify(app, before, icon, &title, &body, &keys, hints, stay)
            .await?;
        self.shown.insert(about, Shown { id, buttons });
        Ok(())
    }

    async fn close(&mut self, about: About) {
        self.later.remove(&about);
        let Some(shown) = self.shown.remove(&about) else {
            return;
        };
        // The user may have closed it already, which is an error to some services.
        if let Err(error) = self.service.close_notification(shown.id).await {
            tracing::debug!(%error, "the notification was gone");
        }
    }

    async fn close_all(&self) -> zbus::Result<()> {
        for shown in self.shown.values() {
            self.service.close_notification(shown.id).await?;
        }
        Ok(())
    }

    fn invoked(&self, id: u32, key: &str, reporter: &Reporter) {
        let Some(ours) = self.shown.values().find(|shown| shown.id == id) else {
            return;
        };
        let pressed = ours.buttons.iter().find(|button| button.key() == key);
        let action = match pressed {
            Some(button) => button.action(),
            None if key == OPEN => Action::Raise,
            None => {
                tracing::debug!(key, "the notification has no such button");
                return;
            }
        };
        reporter.report(Notice::Act(action));
    }
}

/// How a notification comes.
struct Manner {
    urgency: u8,
    category: &'static str,
    icon: &'static str,
    expires: i32,
}

fn manner(about: &About) -> Manner {
    let passing = |category, icon| Manner {
        urgency: NORMAL,
        category,
        icon,
        expires: AS_USUAL,
    };
    match about {
        About::Ringing(_) => Manner {
            urgency: CRITICAL,
            category: "call.incoming",
            icon: "call-start",
            expires: NEVER,
        },
        About::Missed => passing("call.unanswered", "call-missed"),
        About::NewMessages(_) => passing("im.received", "mail-unread"),
        About::Connection(_) => passing("network.disconnected", "network-offline"),
        About::Background => passing("device", APP_ID),
    }
}

/// How long something has to last before it is worth a notification; `None` for what is told at once.
fn patience(about: &About) -> Option<Duration> {
    match about {
        About::Connection(_) => Some(LOST_FOR_LONG),
        About::Ringing(_) | About::Missed | About::NewMessages(_) | About::Background => None,
    }
}

/// What is to be shown next, when its time has come.
async fn due(later: &BTreeMap<About, (Instant, Notification)>) -> About {
    let next = later.iter().min_by_key(|(_, (at, _))| *at);
    match next {
        Some((about, (at, _))) => {
            sleep_until(*at).await;
            about.clone()
        }
        None => std::future::pending().await,
    }
}

/// The next item of a stream.
pub async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}

/// A caller's name is words, never markup.
fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The key that the specification gives to a press on the notification itself.
const OPEN: &str = "default";
const NORMAL: u8 = 1;
/// The urgency that stays on screen and breaks through a full-screen window.
const CRITICAL: u8 = 2;
/// It goes when the ringing ends, not before.
const NEVER: i32 = 0;
/// For as long as the desktop shows any.
const AS_USUAL: i32 = -1;
/// Most connections that are lost are back before anyone wants to know.
const LOST_FOR_LONG: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests;
