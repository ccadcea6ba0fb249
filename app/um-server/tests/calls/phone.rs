//! A phone for tests: SIP over real sockets, sound over real UDP, nobody at it but the test.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hark_media::{
    Codec, Component, Direction, Encryption, InUse, MediaConfig, MediaOutput, MediaSession,
};
use hark_sip::auth::{Credentials, Password};
use hark_sip::identity::Epid;
use hark_sip::message::Uri;
use hark_sip::{
    Account, CallEvent, CallFacts, CallId, CallTarget, Event, IdSource, MessageWaiting, Registrar,
    RegistrationState, Transport, UserAgent,
};
use hark_sip_net::{Connector, Driver, MediaPorts, bind_media_ports};
use hark_um::Server;
use tokio::sync::mpsc;
use tokio::time::{interval, timeout};

/// A phone that a task of its own runs.
pub struct Phone {
    commands: mpsc::UnboundedSender<Command>,
    events: mpsc::UnboundedReceiver<PhoneEvent>,
    heard: Arc<Mutex<Vec<i16>>>,
}

pub enum Command {
    /// Calls with these guarded headers.
    Call {
        uri: String,
        guarded: Vec<(&'static str, &'static str)>,
    },
    Answer,
    HangUp,
    /// Offers this direction by re-INVITE.
    Turn(Direction),
    Keys(&'static str),
    /// Speaks from here on; silence follows.
    Speak(Vec<i16>),
}

/// Where a server is and whom to trust.
#[derive(Clone)]
pub struct Address {
    pub tls: SocketAddr,
    pub tcp: SocketAddr,
    pub ca_pem: String,
}

impl From<&Server> for Address {
    fn from(server: &Server) -> Self {
        let ca_pem = server.ca_certificate_pem().to_owned();
        Self {
            tls: server.tls_addr(),
            tcp: server.tcp_addr(),
            ca_pem,
        }
    }
}

#[derive(Debug)]
pub enum PhoneEvent {
    SignedIn,
    Incoming(Box<CallFacts>),
    Talking(InUse),
    /// The server has accepted the new direction.
    Turned,
    /// What was to be spoken is spoken.
    Spoke,
    Ended,
    Waiting(MessageWaiting),
}

impl Phone {
    /// Signs in as `user`, whose password is `secret`, and waits until that is done.
    pub async fn sign_in(server: impl Into<Address>, user: &str, transport: Transport) -> Self {
        let server = server.into();
        let phone_number = u64::from(server.tls.port()) << 8 | u64::from(user.as_bytes()[0]);
        let address = match transport {
            Transport::Tls => server.tls,
            Transport::Tcp => server.tcp,
        };
        let account = Account {
            address: format!("sip:{user}@example.test").parse().unwrap(),
            display_name: None,
            credentials: Credentials {
                username: user.to_owned(),
                password: Password::new("secret"),
            },
            registrar: Registrar {
                transport,
                host: address.ip().to_string(),
                port: Some(address.port()),
                certificate_names: vec!["example.test".to_owned()],
            },
            epid: Epid::from_random(phone_number.to_be_bytes()[3..].try_into().unwrap()),
            product: "Test/1".to_owned(),
        };
        let mut seed = [1; 32];
        seed[..8].copy_from_slice(&phone_number.to_be_bytes());
        let user_agent = UserAgent::new(account, IdSource::from_seed(seed));
        let connector = Connector::trusting_only(&server.ca_pem).unwrap();
        let mut driver = Driver::new(user_agent, connector);
        driver.command(UserAgent::register);

        let (commands, inbox) = mpsc::unbounded_channel();
        let (events_in, events) = mpsc::unbounded_channel();
        let heard = Arc::default();
        let encryption = match transport {
            Transport::Tls => Encryption::Required,
            Transport::Tcp => Encryption::Off,
        };
        let handset = Handset {
            driver,
            events: events_in,
            encryption,
            seed,
            call: None,
            offer: None,
            ports: None,
            media: None,
            heard: Arc::clone(&heard),
            to_speak: Vec::new(),
        };
        tokio::spawn(handset.run(inbox));
        let mut phone = Self {
            commands,
            events,
            heard,
        };
        phone
            .until(|event| matches!(event, PhoneEvent::SignedIn).then_some(()))
            .await;
        phone
    }

    pub fn perform(&self, command: Command) {
        if matches!(command, Command::Keys(_)) {
            self.heard.lock().unwrap().clear();
        }
        self.commands
            .send(command)
            .unwrap_or_else(|_| panic!("the phone is broken"));
    }

    pub fn call(&self, uri: &str) {
        self.perform(Command::Call {
            uri: uri.to_owned(),
            guarded: vec![],
        });
    }

    /// Waits for an event that `pick` takes.
    pub async fn until<T>(&mut self, mut pick: impl FnMut(PhoneEvent) -> Option<T>) -> T {
        let wait = async {
            loop {
                let event = self.events.recv().await.expect("the phone runs");
                if let Some(picked) = pick(event) {
                    return picked;
                }
            }
        };
        timeout(PATIENCE, wait)
            .await
            .expect("the phone hears of it in time")
    }

    pub async fn until_talking(&mut self) -> InUse {
        self.until(|event| match event {
            PhoneEvent::Talking(in_use) => Some(in_use),
            _ => None,
        })
        .await
    }

    pub async fn until_spoken(&mut self) {
        self.until(|event| matches!(event, PhoneEvent::Spoke).then_some(()))
            .await;
    }

    pub async fn until_ended(&mut self) {
        self.until(|event| matches!(event, PhoneEvent::Ended).then_some(()))
            .await;
    }

    /// Waits until this is heard, since the last key was pressed: a quarter second of it anywhere, so
    /// that a busy machine may tear holes into the rest.
    pub async fn until_heard(&mut self, what: &[i16]) {
        let wait = async {
            let mut ticks = interval(Duration::from_millis(100));
            let mut searched = 0;
            loop {
                ticks.tick().await;
                let heard = self.heard.lock().unwrap()[searched..].to_vec();
                searched += heard.len().saturating_sub(PIECE);
                if contains_any(heard, what).await {
                    return;
                }
            }
        };
        timeout(PATIENCE, wait).await.expect("it is heard in time");
    }

    /// Whether this was heard since the last key was pressed.
    pub async fn has_heard(&self, what: &[i16]) -> bool {
        let heard = self.heard.lock().unwrap().clone();
        contains_any(heard, what).await
    }
}

/// Whether any of the first pieces of `what` occurs. Off the thread that carries the sound.
async fn contains_any(heard: Vec<i16>, what: &[i16]) -> bool {
    let pieces: Vec<_> = what
        .chunks_exact(PIECE)
        .take(6)
        .map(<[i16]>::to_vec)
        .collect();
    let search = move || pieces.iter().any(|piece| contains(&heard, piece));
    tokio::task::spawn_blocking(search).await.unwrap()
}

/// Whether a piece of sound occurs in another, whatever G.711 and the jitter buffer made of it.
fn contains(sound: &[i16], piece: &[i16]) -> bool {
    // A look at few samples rules out nearly every place.
    let is_here = |window: &[i16]| {
        correlation(window, piece, 40) > 0.5 && correlation(window, piece, 4) > 0.8
    };
    sound.windows(piece.len()).any(is_here)
}

/// How alike two pieces of sound are, from -1 to 1, looking at one sample in `step`.
fn correlation(left: &[i16], right: &[i16], step: usize) -> f64 {
    let (mut product, mut left_energy, mut right_energy) = (0, 0, 0);
    let mut at = 0;
    while at < left.len() {
        let (a, b) = (i64::from(left[at]), i64::from(right[at]));
        product += a * b;
        left_energy += a * a;
        right_energy += b * b;
        at += step;
    }
    product as f64 / (left_energy as f64 * right_energy as f64).sqrt().max(1.0)
}

/// What the phone's task owns.
struct Handset {
    driver: Driver<UserAgent>,
    events: mpsc::UnboundedSender<PhoneEvent>,
    encryption: Encryption,
    seed: [u8; 32],
    call: Option<CallId>,
    /// The offer of a caller who waits.
    offer: Option<Vec<u8>>,
    ports: Option<MediaPorts>,
    media: Option<MediaSession>,
    heard: Arc<Mutex<Vec<i16>>>,
    to_speak: Vec<i16>,
}

impl Handset {
    async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        let mut ticks = interval(Duration::from_millis(10));
        loop {
            let (mut rtp, mut rtcp) = ([0; 2048], [0; 2048]);
            let (component, packet, from) = tokio::select! {
                event = self.driver.next() => { self.happened(event); continue }
                command = commands.recv() => match command {
                    Some(command) => { self.perform(command).await; continue }
                    None => return,
                },
                _ = ticks.tick() => { self.tick(); continue }
                Some((size, from)) = receive(&self.ports, Component::Rtp, &mut rtp) => {
                    (Component::Rtp, &mut rtp[..size], from)
                }
                Some((size, from)) = receive(&self.ports, Component::Rtcp, &mut rtcp) => {
                    (Component::Rtcp, &mut rtcp[..size], from)
                }
            };
            if let Some(media) = &mut self.media {
                media.handle_packet(Instant::now(), component, from, packet);
            }
        }
    }

    async fn perform(&mut self, command: Command) {
        match command {
            Command::Call { uri, guarded } => {
                let (config, ports) = self.media().await;
                let (media, offer) = MediaSession::offer(config);
                (self.ports, self.media) = (Some(ports), Some(media));
                let mut target = CallTarget::new(uri.parse::<Uri>().unwrap());
                for (name, value) in guarded {
                    target
                        .guarded_headers
                        .push((name.to_owned(), value.to_owned()));
                }
                let call = self
                    .driver
                    .command(|agent, now| agent.invite(now, target, offer));
                self.call = Some(call);
            }
            Command::Answer => {
                let offer = self.offer.take().expect("somebody calls");
                let (config, ports) = self.media().await;
                let (media, answer) = MediaSession::answer(config, &offer).unwrap();
                let call = self.call.expect("somebody calls");
                self.driver
                    .command(|agent, now| agent.answer(now, call, answer))
                    .unwrap();
                self.tell(PhoneEvent::Talking(media.in_use().unwrap()));
                (self.ports, self.media) = (Some(ports), Some(media));
            }
            Command::HangUp => {
                let call = self.call.expect("there is a call");
                self.driver
                    .command(|agent, now| agent.hang_up(now, call))
                    .unwrap();
            }
            Command::Turn(direction) => {
                let media = self.media.as_mut().expect("there is a call");
                let offer = media.offer_again(direction);
                let call = self.call.expect("there is a call");
                self.driver
                    .command(|agent, now| agent.modify(now, call, offer))
                    .unwrap();
            }
            Command::Keys(keys) => {
                let media = self.media.as_mut().expect("there is a call");
                media.queue_digits(keys).unwrap();
            }
            Command::Speak(samples) => self.to_speak = samples,
        }
    }

    async fn media(&mut self) -> (MediaConfig, MediaPorts) {
        let ports = bind_media_ports(IpAddr::V4(Ipv4Addr::LOCALHOST))
            .await
            .unwrap();
        self.seed[31] += 1;
        let config = MediaConfig {
            codecs: Codec::G711.to_vec(),
            encryption: self.encryption,
            local_rtp: ports.rtp.local_addr().unwrap(),
            local_rtcp: ports.rtcp.local_addr().unwrap(),
            dtls: None,
            ice: None,
            cname: "test".to_owned(),
            seed: self.seed,
        };
        (config, ports)
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Registration(RegistrationState::Registered { .. }) => {
                self.tell(PhoneEvent::SignedIn);
            }
            Event::IncomingCall { call, facts, offer } => {
                self.driver
                    .command(|agent, now| agent.ring(now, call))
                    .unwrap();
                self.call = Some(call);
                self.offer = offer;
                self.tell(PhoneEvent::Incoming(facts));
            }
            Event::Call(CallEvent::Answered { sdp, .. }) => {
                if let Some(media) = &mut self.media {
                    media.accept_answer(&sdp).unwrap();
                    let in_use = media.in_use().unwrap();
                    self.tell(PhoneEvent::Talking(in_use));
                }
            }
            Event::Call(CallEvent::Modified { sdp, .. }) => {
                if let Some(media) = &mut self.media {
                    media.accept_answer(&sdp).unwrap();
                    self.tell(PhoneEvent::Turned);
                }
            }
            Event::Call(CallEvent::Ended { .. }) => {
                (self.ports, self.media) = (None, None);
                self.call = None;
                self.tell(PhoneEvent::Ended);
            }
            Event::Notified { body, .. } => {
                self.tell(PhoneEvent::Waiting(MessageWaiting::parse(&body)));
            }
            _ => {}
        }
    }

    fn tick(&mut self) {
        let (Some(ports), Some(media)) = (&self.ports, &mut self.media) else {
            return;
        };
        let now = Instant::now();
        let mut frame = [0; FRAME];
        media.play(now, &mut frame);
        self.heard.lock().unwrap().extend(frame);
        let speaks = self.to_speak.len().min(FRAME);
        let mut frame = [0; FRAME];
        frame[..speaks].copy_from_slice(&self.to_speak[..speaks]);
        self.to_speak.drain(..speaks);
        if speaks > 0 && self.to_speak.is_empty() {
            let _ = self.events.send(PhoneEvent::Spoke);
        }
        media.capture(now, &frame);
        media.tick(now);
        while let Some(output) = media.poll_output() {
            if let MediaOutput::Transmit {
                component,
                to,
                packet,
            } = output
            {
                let socket = match component {
                    Component::Rtp => &ports.rtp,
                    Component::Rtcp => &ports.rtcp,
                };
                let _ = socket.try_send_to(&packet, to);
            }
        }
    }

    fn tell(&self, event: PhoneEvent) {
        let _ = self.events.send(event);
    }
}

async fn receive(
    ports: &Option<MediaPorts>,
    component: Component,
    buffer: &mut [u8],
) -> Option<(usize, SocketAddr)> {
    let ports = ports.as_ref()?;
    let socket = match component {
        Component::Rtp => &ports.rtp,
        Component::Rtcp => &ports.rtcp,
    };
    socket.recv_from(buffer).await.ok()
}

/// At the 8 kHz of G.711.
pub const SECOND: usize = 8_000;
const FRAME: usize = SECOND / 100;

/// What is looked for at a time.
const PIECE: usize = SECOND / 4;

/// Longer than any prompt, so that only what never comes fails.
pub const PATIENCE: Duration = Duration::from_secs(60);
