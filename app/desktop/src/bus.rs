//! The session bus: notifications about calls that ring, and the desktop's light or dark
//! preference. On a thread of its own; without a bus the window works and says what is missing.

mod appearance;
pub mod file_manager;
mod notifications;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::Connection;

use hark_phone::CallId;

use crate::action::{Action, Ringing};
use crate::host::{Notice, Reporter};
use notifications::Notifications;

/// The way to the thread.
pub struct Bus {
    requests: UnboundedSender<BusRequest>,
}

#[derive(Debug)]
pub enum BusRequest {
    Show(Ringing),
    Close(CallId),
}

impl Bus {
    pub fn start(reporter: Reporter) -> Self {
        let (requests, inbox) = unbounded_channel();
        let failed = reporter.clone();
        let thread = std::thread::Builder::new()
            .name("session bus".into())
            .spawn(move || run(inbox, &reporter));
        if let Err(error) = thread {
            no_notifications(&failed, &error);
        }
        Self { requests }
    }

    /// Lost where there is no bus, which the user was told.
    pub fn request(&self, request: BusRequest) {
        let _ = self.requests.send(request);
    }
}

fn run(inbox: UnboundedReceiver<BusRequest>, reporter: &Reporter) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(serve(inbox, reporter)),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = result {
        no_notifications(reporter, &error);
    }
}

fn no_notifications(reporter: &Reporter, error: &dyn std::fmt::Display) {
    tracing::info!(%error, "no desktop notifications");
    let action = Action::NoNotifications(error.to_string());
    reporter.report(Notice::Act(action));
}

/// Both services until the window closes.
async fn serve(inbox: UnboundedReceiver<BusRequest>, reporter: &Reporter) -> zbus::Result<()> {
    let connection = Connection::session().await?;
    let appearance = async {
        if let Err(error) = appearance::follow(&connection, reporter).await {
            tracing::debug!(%error, "the desktop tells no light or dark preference");
        }
    };
    let notifications = async {
        let notifications = Notifications::connect(&connection).await?;
        notifications.serve(inbox, reporter).await
    };
    let ((), result) = tokio::join!(appearance, notifications);
    result
}
