//! `org.freedesktop.Notifications`: one notification for each call that rings, with Answer and
//! Decline, gone when the ringing ends.

use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;

use tokio::sync::mpsc::UnboundedReceiver;
use zbus::Connection;
use zbus::export::futures_core::Stream;
use zbus::zvariant::Value;

use hark_phone::CallId;

use super::BusRequest;
use crate::action::{Action, Ringing};
use crate::host::{Notice, Reporter};
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
    shown: BTreeMap<CallId, u32>,
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
        })
    }

    /// Shows and closes what is asked for, and reports the buttons, until the window closes.
    pub async fn serve(
        mut self,
        mut inbox: UnboundedReceiver<BusRequest>,
        reporter: &Reporter,
    ) -> zbus::Result<()> {
        let mut invoked = self.service.receive_action_invoked().await?;
        loop {
            tokio::select! {
                request = inbox.recv() => match request {
                    Some(BusRequest::Show(ringing)) => self.show(&ringing).await?,
                    Some(BusRequest::Close(call)) => self.close(call).await,
                    None => return Ok(()),
                },
                signal = next(&mut invoked) => {
                    let Some(signal) = signal else { return Ok(()) };
                    let pressed = signal.args()?;
                    self.invoked(pressed.id, pressed.action, reporter);
                }
            }
        }
    }

    async fn show(&mut self, ringing: &Ringing) -> zbus::Result<()> {
        let all = [
            (ANSWER, text::ANSWER),
            (DECLINE, text::DECLINE),
            (OPEN, text::APP),
        ];
        let buttons: Vec<&str> = match self.can.actions {
            true => all.iter().flat_map(|(key, words)| [*key, *words]).collect(),
            false => Vec::new(),
        };
        let body = match self.can.markup {
            true => escaped(&ringing.body),
            false => ringing.body.clone(),
        };
        let hints = HashMap::from([
            ("urgency", Value::U8(CRITICAL)),
            ("category", Value::from("call.incoming")),
            ("desktop-entry", Value::from("hark")),
        ]);
        let (app, icon) = (text::APP, "call-start");
        let id = self
            .service
            .notify(app, 0, icon, &ringing.title, &body, &buttons, hints, NEVER)
            .await?;
        self.shown.insert(ringing.call, id);
        Ok(())
    }

    async fn close(&mut self, call: CallId) {
        let Some(id) = self.shown.remove(&call) else {
            return;
        };
        // The user may have closed it already, which is an error to some services.
        if let Err(error) = self.service.close_notification(id).await {
            tracing::debug!(%error, "the notification was gone");
        }
    }

    fn invoked(&self, id: u32, key: &str, reporter: &Reporter) {
        let ours = self.shown.iter().find(|(_, shown)| **shown == id);
        let Some((&call, _)) = ours else {
            return;
        };
        let action = match key {
            ANSWER => Action::Answer(call),
            DECLINE => Action::Decline(call),
            OPEN => Action::Raise,
            unknown => {
                tracing::debug!(unknown, "the notification has no such button");
                return;
            }
        };
        reporter.report(Notice::Act(action));
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

const ANSWER: &str = "answer";
const DECLINE: &str = "decline";
/// The key that the specification gives to a press on the notification itself.
const OPEN: &str = "default";
/// The urgency that stays on screen and breaks through a full-screen window.
const CRITICAL: u8 = 2;
/// It goes when the ringing ends, not before.
const NEVER: i32 = 0;

#[cfg(test)]
mod tests;
