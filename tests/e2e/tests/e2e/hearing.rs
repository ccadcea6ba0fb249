//! What a user is told about the sound of a call. The other side of it is a socket of the test, which
//! sends when the test says so.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use hark_phone::{CallId, CallState, Command, Event, MediaEncryption, SoundTrouble};

use hark_e2e::LIMIT;
use hark_e2e::phone::Phone;
use hark_e2e::raw::{RawFlow, RawServer, sdp};

/// A call that is up, and its other side.
struct Call {
    phone: Phone,
    id: CallId,
    /// Kept, because a connection that is lost is another story.
    _flow: RawFlow,
    peer: UdpSocket,
    phone_at: SocketAddr,
    sequence: u16,
    up_since: Instant,
}

impl Call {
    fn new(server: &RawServer) -> Self {
        let mut account = server.account();
        account.media_encryption = Some(MediaEncryption::Off);
        let (phone, mut flow, _) = Phone::signed_in(server, account);
        phone.send(Command::Dial { to: "bob".into() });
        let invite = flow.expect("INVITE");
        let peer = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        peer.set_read_timeout(Some(LIMIT)).expect("a socket");
        let port = peer.local_addr().expect("a bound socket").port();
        let answer = sdp("0").replace("40000", &port.to_string());
        let contact = "Contact: <sip:bob@127.0.0.1;transport=tls>\r\n";
        flow.respond(&invite, "200 OK", contact, &answer);
        flow.expect("ACK");
        let (id, _) = phone.until_call(CallState::Connected);
        Self {
            phone,
            id,
            _flow: flow,
            peer,
            phone_at: SocketAddr::from(([127, 0, 0, 1], offered_port(&invite.body))),
            sequence: 0,
            up_since: Instant::now(),
        }
    }

    /// Answers as many packets of the phone with one each, which is 20 ms of sound for 20 ms of time.
    fn talk(&mut self, packets: u16) {
        for _ in 0..packets {
            self.peer.recv(&mut [0; 2048]).expect("the phone sends");
            let timestamp = u32::from(self.sequence) * 160;
            let mut packet = vec![0x80, 0];
            packet.extend(self.sequence.to_be_bytes());
            packet.extend(timestamp.to_be_bytes());
            packet.extend([0, 0, 0, 7]);
            packet.extend([0x55; 160]);
            self.peer.send_to(&packet, self.phone_at).expect("a socket");
            self.sequence += 1;
        }
    }

    /// Forgets what the phone sent while nobody read it.
    fn catch_up(&self) {
        self.peer.set_nonblocking(true).expect("a socket");
        while self.peer.recv(&mut [0; 2048]).is_ok() {}
        self.peer.set_nonblocking(false).expect("a socket");
    }

    /// Waits for the next trouble that begins, and returns its words.
    fn until_begun(&self, wanted: SoundTrouble) -> String {
        self.phone.until("a trouble", |event| match event {
            Event::SoundTrouble {
                call,
                trouble,
                text: Some(text),
            } => {
                assert_eq!((*call, *trouble), (self.id, wanted));
                Some(text.clone())
            }
            _ => None,
        })
    }

    fn until_ended(&self, wanted: SoundTrouble) {
        self.phone
            .until("the end of a trouble", |event| match event {
                Event::SoundTrouble {
                    call,
                    trouble,
                    text: None,
                } => {
                    assert_eq!((*call, *trouble), (self.id, wanted));
                    Some(())
                }
                _ => None,
            });
    }

    fn shows_troubles(&self, expected: &[&str]) {
        self.phone.shows("these troubles", |snapshot| {
            let shown = snapshot.calls.first()?.troubles.iter();
            let texts: Vec<&str> = shown.map(|trouble| trouble.text.as_str()).collect();
            (texts == expected).then_some(())
        });
    }
}

/// The port of the phone's sound.
fn offered_port(offer: &str) -> u16 {
    let line = offer.lines().find_map(|line| line.strip_prefix("m=audio "));
    let port = line.and_then(|line| line.split(' ').next());
    port.expect("an audio stream").parse().expect("a port")
}

const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn a_call_in_which_nothing_comes_back_is_told_until_something_does() {
    let server = RawServer::tls();
    let mut call = Call::new(&server);
    let text = call.until_begun(SoundTrouble::OneWay);
    assert!(call.up_since.elapsed() > PATIENCE - Duration::from_millis(500));
    assert!(text.contains("nothing comes back"), "{text}");
    call.shows_troubles(&[&text]);
    call.catch_up();
    call.talk(60);
    call.until_ended(SoundTrouble::OneWay);
    call.shows_troubles(&[]);
}

#[test]
fn an_other_side_that_falls_silent_is_told_until_it_is_heard_again() {
    let server = RawServer::tls();
    let mut call = Call::new(&server);
    call.talk(50);
    let silent_since = Instant::now();
    let text = call.until_begun(SoundTrouble::StreamStopped);
    assert!(silent_since.elapsed() > PATIENCE - Duration::from_millis(500));
    assert!(text.contains("for 5 seconds"), "{text}");
    call.shows_troubles(&[&text]);
    call.catch_up();
    call.talk(60);
    call.until_ended(SoundTrouble::StreamStopped);
    call.shows_troubles(&[]);
}

#[test]
fn the_seconds_of_a_call_are_rated_in_the_snapshot_and_told_on_request() {
    let server = RawServer::tls();
    let mut call = Call::new(&server);
    call.talk(200);
    call.phone.shows("a second with a rating", |snapshot| {
        let media = snapshot.calls.first()?.media.as_ref()?;
        let rated = media.seconds.iter().find_map(|second| second.rating)?;
        assert!((1.0..=4.5).contains(&rated.mos) && rated.r_factor <= 93.2);
        media.rating
    });
    call.phone.send(Command::TellQuality { call: call.id });
    let media = call.phone.until("its quality", |event| match event {
        Event::Quality { media, .. } => Some(media.clone()),
        _ => None,
    });
    assert_eq!((media.codec, media.srtp), ("PCMU", None));
    assert!(media.totals.received > 100 && media.totals.sent > 100);
    assert!(media.seconds.len() >= 2 && media.seconds.len() <= 60);
}
