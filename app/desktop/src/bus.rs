//! The session bus: notifications, the tray, what other programs of the desktop ask for, and the
//! desktop's light or dark preference. On a thread of its own; without a bus the phone works and says
//! what is missing.

mod appearance;
pub mod file_chooser;
pub mod file_manager;
mod idle;
pub mod instance;
mod notifications;
mod service;
mod tray;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::Connection;

use crate::action::{About, Action, Notification};
use crate::host::{Notice, Reporter};
use crate::signals;
use crate::standing::Standing;
use notifications::Notifications;
use tray::Tray;

/// The way to the thread.
pub struct Bus {
    requests: UnboundedSender<BusRequest>,
}

#[derive(Debug)]
pub enum BusRequest {
    Show(Notification),
    Close(About),
    Stand(Standing),
}

/// Whether this program is the one that links and commands go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is the user's phone.
    ThePhone,
    /// It is a demo beside it, without a tray.
    Nothing,
}

impl Bus {
    pub fn start(reporter: Reporter, claim: Claim) -> Self {
        let (requests, inbox) = unbounded_channel();
        let failed = reporter.clone();
        let thread = std::thread::Builder::new()
            .name("session bus".into())
            .spawn(move || run(inbox, &reporter, claim));
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

fn run(inbox: UnboundedReceiver<BusRequest>, reporter: &Reporter, claim: Claim) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(async {
            tokio::select! {
                () = signals::asked_to_end() => reporter.report(Notice::Act(Action::Quit)),
                () = serve_or_say_why_not(inbox, reporter, claim) => {}
            }
        }),
        Err(error) => no_notifications(reporter, &error),
    }
}

async fn serve_or_say_why_not(
    inbox: UnboundedReceiver<BusRequest>,
    reporter: &Reporter,
    claim: Claim,
) {
    if let Err(error) = serve(inbox, reporter, claim).await {
        no_notifications(reporter, &error);
        // The signals that end the program are still to be heard.
        std::future::pending().await
    }
}

fn no_notifications(reporter: &Reporter, error: &dyn std::fmt::Display) {
    tracing::info!(%error, "no desktop notifications");
    let action = Action::NoNotifications(error.to_string());
    reporter.report(Notice::Act(action));
}

/// All services until the program ends.
async fn serve(
    mut inbox: UnboundedReceiver<BusRequest>,
    reporter: &Reporter,
    claim: Claim,
) -> zbus::Result<()> {
    let connection = Connection::session().await?;
    let mut tray = None;
    if claim == Claim::ThePhone {
        if let Err(error) = service::offer(&connection, reporter).await {
            tracing::warn!(%error, "other programs cannot reach this one");
        }
        tray = Tray::show(reporter).await;
    }
    let (to_notifications, shown) = unbounded_channel();
    let requests = async {
        while let Some(request) = inbox.recv().await {
            match request {
                BusRequest::Stand(standing) => {
                    if let Some(tray) = &tray {
                        tray.stand(standing).await;
                    }
                }
                // Where nobody shows notifications the end of this channel is gone.
                BusRequest::Show(notification) => {
                    let _ = to_notifications.send(notifications::Request::Show(notification));
                }
                BusRequest::Close(about) => {
                    let _ = to_notifications.send(notifications::Request::Close(about));
                }
            }
        }
    };
    let appearance = async {
        if let Err(error) = appearance::follow(&connection, reporter).await {
            tracing::debug!(%error, "the desktop tells no light or dark preference");
        }
    };
    let notifications = async {
        let served = match Notifications::connect(&connection).await {
            Ok(notifications) => notifications.serve(shown, reporter).await,
            Err(error) => Err(error),
        };
        if let Err(error) = served {
            no_notifications(reporter, &error);
        }
    };
    tokio::join!(
        requests,
        appearance,
        notifications,
        idle::follow(&connection, reporter)
    );
    Ok(())
}
