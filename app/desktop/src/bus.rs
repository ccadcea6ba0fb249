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
mod xsettings;

use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use zbus::Connection;

use crate::action::{About, Action, Notification};
use crate::host::{Notice, Reporter};
use crate::signals;
use crate::standing::Standing;
use notifications::Notifications;
use tray::Tray;

/// The way to the thread, which ends when this is dropped: what it shows goes first.
pub struct Bus {
    requests: Option<UnboundedSender<BusRequest>>,
    thread: Option<JoinHandle<()>>,
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
        let thread = thread.map_err(|error| no_notifications(&failed, &error));
        Self {
            requests: Some(requests),
            thread: thread.ok(),
        }
    }

    /// Lost where there is no bus, which the user was told.
    pub fn request(&self, request: BusRequest) {
        if let Some(requests) = &self.requests {
            let _ = requests.send(request);
        }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.requests = None;
        // A thread that has panicked shows nothing any longer.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn run(inbox: UnboundedReceiver<BusRequest>, reporter: &Reporter, claim: Claim) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(async {
            tokio::select! {
                () = pass_on_the_end(reporter) => {}
                () = serve_or_say_why_not(inbox, reporter, claim) => {}
            }
        }),
        Err(error) => no_notifications(reporter, &error),
    }
}

/// The signals that end the program are heard with a bus and without one.
async fn pass_on_the_end(reporter: &Reporter) {
    signals::asked_to_end().await;
    reporter.report(Notice::Act(Action::Quit));
    // The program ends in order, and the bus with it.
    std::future::pending().await
}

async fn serve_or_say_why_not(
    mut inbox: UnboundedReceiver<BusRequest>,
    reporter: &Reporter,
    claim: Claim,
) {
    if let Err(error) = serve(&mut inbox, reporter, claim).await {
        no_notifications(reporter, &error);
        while inbox.recv().await.is_some() {}
    }
}

fn no_notifications(reporter: &Reporter, error: &dyn std::fmt::Display) {
    tracing::info!(%error, "no desktop notifications");
    let action = Action::NoNotifications(error.to_string());
    reporter.report(Notice::Act(action));
}

/// All services until the program ends.
async fn serve(
    inbox: &mut UnboundedReceiver<BusRequest>,
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
    let requests = async move {
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
    xsettings::follow(reporter);
    let appearance = async {
        if let Err(error) = appearance::follow(&connection, reporter).await {
            tracing::debug!(%error, "the desktop tells no light or dark preference");
        }
    };
    let told = async {
        tokio::join!(appearance, idle::follow(&connection, reporter));
        std::future::pending::<()>().await
    };
    let shows = tokio::spawn(show(connection.clone(), shown, reporter.clone()));
    tokio::select! {
        // Nobody asks any longer when the program ends.
        () = requests => {}
        () = told => {}
    }
    // A service that hangs holds up no program that ends.
    let _ = timeout(FAREWELL, shows).await;
    Ok(())
}

/// Shows notifications for as long as somebody may ask for some.
async fn show(
    connection: Connection,
    asked: UnboundedReceiver<notifications::Request>,
    reporter: Reporter,
) {
    let served = match Notifications::connect(&connection).await {
        Ok(notifications) => notifications.serve(asked, &reporter).await,
        Err(error) => Err(error),
    };
    if let Err(error) = served {
        no_notifications(&reporter, &error);
    }
}

/// Far longer than a service needs to close what it shows.
const FAREWELL: Duration = Duration::from_secs(1);
