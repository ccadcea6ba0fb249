//! Sleep, and networks that come and go.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hark_sip::auth::{Credentials, Password};
use hark_sip::identity::Epid;
use hark_sip::{
    Account, Event, FlowError, IdSource, Registrar, RegistrationState, Transport, UserAgent,
};
use hark_sip_net::{Connector, Driver, Listener, Surroundings};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::common::registrar::TakesAll;
use crate::common::{Probe, Seen, listen_tcp, target};

/// A machine whose sleep and routes a test decides on.
#[derive(Clone)]
struct Machine {
    state: Arc<Mutex<State>>,
    changes: mpsc::UnboundedSender<()>,
}

struct State {
    asleep: Duration,
    source: Option<IpAddr>,
}

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const AWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10));

impl Machine {
    fn new() -> (Self, Surroundings) {
        let state = Arc::new(Mutex::new(State {
            asleep: Duration::ZERO,
            source: Some(HOME),
        }));
        let (changes, told) = mpsc::unbounded_channel();
        let machine = Self { state, changes };
        let (sleeping, routing) = (machine.clone(), machine.clone());
        let surroundings = Surroundings::simulated(
            move || sleeping.state.lock().expect("no panics").asleep,
            move |_| routing.state.lock().expect("no panics").source,
            told,
        );
        (machine, surroundings)
    }

    fn fall_asleep(&self, time: Duration) {
        self.state.lock().expect("no panics").asleep += time;
        self.tell();
    }

    fn route(&self, source: Option<IpAddr>) {
        self.state.lock().expect("no panics").source = source;
        self.tell();
    }

    fn tell(&self) {
        // A driver that is gone does not listen.
        let _ = self.changes.send(());
    }
}

/// A driver with one open flow, and the other end of that flow.
async fn connected() -> (Machine, Driver<Probe>, TcpStream) {
    let (machine, surroundings) = Machine::new();
    let (port, server) = listen_tcp().await;
    let mut driver = Driver::with_surroundings(Probe::default(), Connector::none(), surroundings);
    driver.command(|probe, _| probe.open(target(Transport::Tcp, port, &[])));
    let (peer, _) = server.accept().await.expect("the driver connects");
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
    (machine, driver, peer)
}

#[tokio::test]
async fn after_sleep_the_core_is_told_and_overdue_timers_fire() {
    let (machine, mut driver, _peer) = connected().await;
    driver.command(|probe, now| probe.wake_at(now + Duration::from_secs(3600)));
    machine.fall_asleep(Duration::from_secs(4000));
    assert_eq!(driver.next().await, Seen::Disturbed);
    assert_eq!(driver.next().await, Seen::Timeout, "an hour has passed");
    driver.command(|probe, now| probe.wake_at(now + Duration::from_millis(10)));
    assert_eq!(driver.next().await, Seen::Timeout, "deadlines come on time");
}

#[tokio::test]
async fn sleep_is_found_without_being_told_and_in_between_other_things() {
    let (machine, mut driver, _peer) = connected().await;
    machine.state.lock().expect("no panics").asleep = Duration::from_secs(60);
    // An owner with other things to do interrupts the driver all the time.
    let mut seen = None;
    for _ in 0..100 {
        seen = timeout(Duration::from_millis(100), driver.next())
            .await
            .ok();
        if seen.is_some() {
            break;
        }
    }
    assert_eq!(seen, Some(Seen::Disturbed));
}

#[tokio::test]
async fn a_flow_from_an_address_that_is_gone_is_closed_at_once() {
    let (machine, mut driver, _peer) = connected().await;
    machine.route(Some(AWAY));
    assert_eq!(driver.next().await, Seen::Closed(FlowError::NetworkChanged));
}

#[tokio::test]
async fn a_way_that_is_back_in_a_moment_costs_no_flow() {
    let (machine, mut driver, _peer) = connected().await;
    machine.route(None);
    // Whatever the driver does now, it tells the core nothing.
    let quiet = timeout(Duration::from_millis(200), driver.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    machine.route(Some(HOME));
    assert_eq!(driver.next().await, Seen::Disturbed);
}

#[tokio::test]
async fn a_way_that_stays_away_costs_the_flow() {
    let (machine, mut driver, _peer) = connected().await;
    machine.route(None);
    let seen = timeout(Duration::from_secs(5), driver.next()).await;
    assert_eq!(seen, Ok(Seen::Closed(FlowError::NetworkChanged)));
    machine.route(Some(AWAY));
    assert_eq!(
        driver.next().await,
        Seen::Disturbed,
        "there is a network again"
    );
}

#[tokio::test]
async fn flows_that_were_accepted_are_left_to_their_peers() {
    let (machine, mut driver, _peer) = connected().await;
    let (port, socket) = listen_tcp().await;
    driver.listen(Listener { socket, tls: None });
    let _client = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .await
        .expect("it listens");
    assert_eq!(driver.next().await, Seen::Opened(Transport::Tcp));
    machine.route(Some(AWAY));
    assert_eq!(driver.next().await, Seen::Closed(FlowError::NetworkChanged));
    driver.command(|probe, now| probe.wake_at(now));
    assert_eq!(driver.next().await, Seen::Timeout, "and that was all");
}

/// A user agent that signs in at a server by hand.
fn signing_in(server: &TakesAll) -> (Machine, Driver<UserAgent>) {
    let account = Account {
        address: "sip:alice@example.test".parse().expect("an address"),
        display_name: None,
        credentials: Credentials {
            username: "alice".to_owned(),
            password: Password::new("secret"),
        },
        registrar: Registrar {
            transport: Transport::Tcp,
            host: server.address.ip().to_string(),
            port: Some(server.address.port()),
            certificate_names: Vec::new(),
        },
        epid: Epid::new("6b5d10e663").expect("an epid"),
        product: "Hark/test".to_owned(),
    };
    let (machine, surroundings) = Machine::new();
    let agent = UserAgent::new(account, IdSource::from_seed([1; 32]));
    let mut driver = Driver::with_surroundings(agent, Connector::none(), surroundings);
    driver.command(UserAgent::register);
    (machine, driver)
}

async fn registered(server: &TakesAll) -> (Machine, Driver<UserAgent>) {
    let (machine, mut driver) = signing_in(server);
    until_registered(&mut driver).await;
    (machine, driver)
}

async fn until(driver: &mut Driver<UserAgent>, wanted: impl Fn(&RegistrationState) -> bool) {
    let found = async {
        while !matches!(driver.next().await, Event::Registration(state) if wanted(&state)) {}
    };
    timeout(Duration::from_secs(10), found)
        .await
        .expect("it happens in time");
}

async fn until_registered(driver: &mut Driver<UserAgent>) {
    until(driver, |state| {
        matches!(state, RegistrationState::Registered { .. })
    })
    .await;
}

async fn until_lost(driver: &mut Driver<UserAgent>) {
    until(driver, |state| {
        matches!(state, RegistrationState::Lost { .. })
    })
    .await;
}

#[tokio::test]
async fn registered_again_within_a_second_of_the_networks_return() {
    let server = TakesAll::start().await;
    let (machine, mut driver) = registered(&server).await;
    let address = server.crash().await;
    machine.route(None);
    until_lost(&mut driver).await;
    let _server = TakesAll::start_at(address).await;
    machine.route(Some(HOME));
    let back = Instant::now();
    until_registered(&mut driver).await;
    assert!(
        back.elapsed() < Duration::from_secs(1),
        "{:?}",
        back.elapsed()
    );
}

#[tokio::test]
async fn registered_again_within_a_second_of_the_return_of_a_server_on_this_machine() {
    let server = TakesAll::start().await;
    let (_machine, mut driver) = registered(&server).await;
    let address = server.crash().await;
    for _ in 0..3 {
        until_lost(&mut driver).await;
    }
    let _server = TakesAll::start_at(address).await;
    let back = Instant::now();
    until_registered(&mut driver).await;
    assert!(
        back.elapsed() < Duration::from_secs(1),
        "{:?}",
        back.elapsed()
    );
}

#[tokio::test]
async fn after_sleep_the_registration_is_made_sure_of() {
    let server = TakesAll::start().await;
    let (machine, mut driver) = registered(&server).await;
    machine.fall_asleep(Duration::from_secs(8 * 3600));
    until_registered(&mut driver).await;
}

/// When the next try is, on everybody's clock.
async fn next_try(driver: &mut Driver<UserAgent>) -> Instant {
    let found = async {
        loop {
            if let Event::Registration(RegistrationState::Lost { next_try, .. }) =
                driver.next().await
            {
                return next_try;
            }
        }
    };
    let next_try = timeout(Duration::from_secs(10), found).await;
    driver.awake(next_try.expect("it is told in time"))
}

#[tokio::test]
async fn a_wait_is_told_anew_after_sleep_and_is_shorter_by_it() {
    let server = TakesAll::busy_for(Duration::from_secs(600)).await;
    let (machine, mut driver) = signing_in(&server);
    let before = next_try(&mut driver).await;
    let sleep = Duration::from_secs(200);
    machine.fall_asleep(sleep);
    assert_eq!(next_try(&mut driver).await, before - sleep);
}
