//! A notification service at the other end of a socket, in place of the desktop's.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use zbus::object_server::SignalEmitter;
use zbus::{Guid, connection};

use hark_phone::{AccountId, CallId};

use super::*;
use crate::host::Wake;

/// Far longer than a message through a socket needs; only a broken one waits that long.
const LIMIT: Duration = Duration::from_secs(20);
const PATH: &str = "/org/freedesktop/Notifications";

/// What the window asked the desktop for, and with which buttons.
type Asked = UnboundedSender<String>;

struct DesktopService {
    capabilities: Vec<String>,
    asked: Asked,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl DesktopService {
    #[expect(clippy::too_many_arguments)]
    fn notify(
        &self,
        app_name: String,
        _replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, zbus::zvariant::OwnedValue>,
        expire_timeout: i32,
    ) -> u32 {
        let buttons = actions.join(",");
        let line = format!("{app_name}: {summary} / {body} [{buttons}] {expire_timeout}");
        let _ = self.asked.send(line);
        41
    }

    fn close_notification(&self, id: u32) {
        let _ = self.asked.send(format!("close {id}"));
    }

    fn get_capabilities(&self) -> Vec<String> {
        self.capabilities.clone()
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str)
    -> zbus::Result<()>;
}

/// Both ends, connected, and the service's log.
struct Desk {
    service: zbus::Connection,
    requests: UnboundedSender<Request>,
    asked: tokio::sync::mpsc::UnboundedReceiver<String>,
    notices: Receiver<Notice>,
}

async fn desk(capabilities: &[&str]) -> Desk {
    let (ours, theirs) = UnixStream::pair().expect("a pair of sockets");
    let (log, asked) = unbounded_channel();
    let service = DesktopService {
        capabilities: capabilities.iter().map(|&word| word.to_owned()).collect(),
        asked: log,
    };
    let server = connection::Builder::unix_stream(theirs)
        .server(Guid::generate())
        .expect("a fresh identity")
        .p2p()
        .serve_at(PATH, service)
        .expect("a valid path")
        .build();
    let client = connection::Builder::unix_stream(ours).p2p().build();
    let (service, client) = tokio::try_join!(server, client).expect("both ends agree");
    let wake: Wake = Arc::new(|| {});
    let (reporter, notices) = Reporter::new(wake);
    let (requests, inbox) = unbounded_channel();
    let notifications = Notifications::connect(&client)
        .await
        .expect("the service answers");
    tokio::spawn(async move { notifications.serve(inbox, &reporter).await });
    Desk {
        service,
        requests,
        asked,
        notices,
    }
}

impl Desk {
    fn rings(&self, title: &str, body: &str) {
        let call = CallId(7);
        let buttons = vec![Button::Answer(call), Button::Decline(call)];
        self.show(About::Ringing(call), title, body, buttons);
    }

    fn show(&self, about: About, title: &str, body: &str, buttons: Vec<Button>) {
        let _ = self.requests.send(Request::Show(Notification {
            about,
            title: title.into(),
            body: body.into(),
            buttons,
        }));
    }

    async fn asked(&mut self) -> String {
        let line = tokio::time::timeout(LIMIT, self.asked.recv()).await;
        line.expect("within the limit").expect("the service stands")
    }

    async fn presses(&self, id: u32, button: &str) {
        let emitter = SignalEmitter::new(&self.service, PATH).expect("a valid path");
        let sent = DesktopService::action_invoked(&emitter, id, button).await;
        sent.expect("the socket stands");
    }

    async fn action(self) -> Action {
        let notices = self.notices;
        let waited = tokio::task::spawn_blocking(move || notices.recv_timeout(LIMIT));
        match waited.await.expect("no panic").expect("within the limit") {
            Notice::Act(action) => action,
            Notice::Ask(..) | Notice::DemoReady(_) | Notice::DemoLeft => panic!("nobody asked"),
        }
    }
}

#[tokio::test]
async fn a_ringing_call_is_shown_with_both_buttons_until_it_ends() {
    let mut desk = desk(&["actions", "body"]).await;
    desk.rings("Voicemail – Play on Phone", "Your voicemail plays.");
    assert_eq!(
        desk.asked().await,
        "Hark: Voicemail – Play on Phone / Your voicemail plays. \
         [answer,Answer,decline,Decline,default,Open Hark] 0"
    );
    let _ = desk
        .requests
        .send(Request::Close(About::Ringing(CallId(7))));
    assert_eq!(desk.asked().await, "close 41");
}

#[tokio::test]
async fn nothing_is_left_on_the_screen_when_the_program_ends() {
    let mut desk = desk(&["actions", "body"]).await;
    desk.rings("Priya Raman", "Incoming call");
    desk.asked().await;
    let (requests, _) = unbounded_channel();
    drop(std::mem::replace(&mut desk.requests, requests));
    assert_eq!(desk.asked().await, "close 41");
}

#[tokio::test]
async fn a_service_without_buttons_gets_none() {
    let mut desk = desk(&["body"]).await;
    desk.rings("Priya Raman", "Incoming call");
    assert_eq!(desk.asked().await, "Hark: Priya Raman / Incoming call [] 0");
}

#[tokio::test]
async fn a_name_is_never_taken_for_markup() {
    let mut desk = desk(&["body-markup"]).await;
    desk.rings("<b>Bob</b>", "<b>Bob</b> & Co");
    let asked = desk.asked().await;
    assert!(
        asked.contains("/ &lt;b&gt;Bob&lt;/b&gt; &amp; Co ["),
        "{asked}"
    );
}

#[tokio::test]
async fn the_buttons_answer_and_decline_the_call_they_belong_to() {
    for (button, expected) in [
        ("answer", "Answer(CallId(7))"),
        ("decline", "Decline(CallId(7))"),
        ("default", "Raise"),
    ] {
        let mut desk = desk(&["actions"]).await;
        desk.rings("Priya Raman", "Incoming call");
        desk.asked().await;
        // Another program's notification is nobody's business here.
        desk.presses(12, "decline").await;
        desk.presses(41, button).await;
        assert_eq!(format!("{:?}", desk.action().await), expected);
    }
}

#[tokio::test]
async fn a_missed_call_is_called_back_and_a_message_is_listened_to() {
    let back = |account: Option<&str>| Button::CallBack {
        to: "2001".into(),
        account: account.map(AccountId::named),
    };
    let bob = AccountId::named("bob@example.test");
    for (about, button, asked, expected) in [
        (
            About::Missed,
            back(None),
            "Hark: Priya / Missed call. [call-back,Call back,default,Open Hark] -1",
            "CallBack(\"2001\")",
        ),
        (
            About::Missed,
            back(Some("bob@example.test")),
            "Hark: Priya / Missed call. [call-back,Call back,default,Open Hark] -1",
            "By(AccountId(\"bob@example.test\"), CallBack(\"2001\"))",
        ),
        (
            About::NewMessages(bob.clone()),
            Button::Listen(bob),
            "Hark: Priya / Missed call. [listen,Listen,default,Open Hark] -1",
            "By(AccountId(\"bob@example.test\"), CallVoicemail)",
        ),
    ] {
        let mut desk = desk(&["actions"]).await;
        let key = button.key();
        desk.show(about, "Priya", "Missed call.", vec![button]);
        assert_eq!(desk.asked().await, asked);
        desk.presses(41, key).await;
        assert_eq!(format!("{:?}", desk.action().await), expected);
    }
}

#[tokio::test]
async fn a_connection_that_comes_back_soon_was_never_lost() {
    let mut desk = desk(&["actions"]).await;
    let about = || About::Connection(AccountId::named("dana@example.test"));
    desk.show(about(), "Gone", "Wait.", Vec::new());
    let _ = desk.requests.send(Request::Close(about()));
    desk.show(About::Background, "Here", "Still.", Vec::new());
    assert_eq!(
        desk.asked().await,
        "Hark: Here / Still. [default,Open Hark] -1"
    );
    desk.show(about(), "Gone", "Wait.", Vec::new());
    // From here on the clock runs ahead while nothing else is to be done.
    tokio::time::pause();
    let told = desk.asked.recv().await.expect("the service stands");
    assert_eq!(told, "Hark: Gone / Wait. [default,Open Hark] -1");
}
