//! ICE between whole sessions, over networks that translate addresses.

mod world;

use super::dtls::dtls;
use super::*;
use crate::config::DtlsUse;
use crate::ice::Route;
use world::{Nat, PASSWORD, Servers, World};

/// The way of RTP that each side has chosen.
fn routes(world: &World) -> [Route; 2] {
    [0, 1].map(|side: usize| {
        world.sides[side]
            .ice
            .as_ref()
            .unwrap()
            .route(Component::Rtp)
    })
}

fn is_relayed(route: Route) -> bool {
    matches!(route, Route::Relayed(_))
}

fn is_direct(route: Route) -> bool {
    matches!(route, Route::Direct(_))
}

#[test]
fn a_way_is_found_through_whatever_stands_between() {
    use Nat::{Cone, Open, Symmetric};
    let turn = Servers::Turn(PASSWORD);
    for (nats, servers, relayed) in [
        ([Open, Open], Servers::None, false),
        ([Cone, Open], Servers::None, false),
        ([Open, Symmetric], Servers::None, false),
        ([Cone, Cone], Servers::Stun, false),
        ([Symmetric, Cone], Servers::Stun, false),
        ([Cone, Cone], turn, false),
        ([Symmetric, Symmetric], turn, true),
    ] {
        let mut world = World::new(nats, servers);
        world.call(|text| text);
        world.run(3_000);
        let case = format!("{nats:?}, {servers:?}: {:?}", routes(&world));
        let way = routes(&world);
        assert!(
            way.iter().all(|way| is_direct(*way) || is_relayed(*way)),
            "{case}"
        );
        assert_eq!(way.iter().any(|way| is_relayed(*way)), relayed, "{case}");
        world.run(1_000);
        let heard = world.heard();
        assert!(
            heard.iter().all(|packets| *packets > 100),
            "{case}: {heard:?}"
        );
        assert!(
            !world
                .events
                .iter()
                .flatten()
                .any(|e| *e == MediaEvent::NoPath),
            "{case}"
        );
    }
}

#[test]
fn a_call_without_servers_waits_for_none_and_with_dead_ones_half_a_second() {
    let mut world = World::new([Nat::Open; 2], Servers::None);
    assert_eq!(world.gather(), Duration::ZERO);
    let mut world = World::new([Nat::Cone; 2], Servers::Turn(PASSWORD));
    assert!(world.gather() < Duration::from_millis(100));
    let mut world = World::new([Nat::Open; 2], Servers::Dead);
    assert_eq!(world.gather(), Duration::from_millis(500));
    world.call(|text| text);
    world.run(2_000);
    assert!(routes(&world).iter().all(|way| is_direct(*way)));
}

#[test]
fn a_relay_over_tcp_is_waited_for_until_its_connections_have_failed() {
    let mut world = World::new([Nat::Open; 2], Servers::TurnOverTcp);
    assert_eq!(world.gather(), Duration::from_millis(500));
    let mut world = World::new([Nat::Open; 2], Servers::TurnOverTcp);
    for side in &mut world.sides {
        side.relay_closed(Component::Rtp);
        side.relay_closed(Component::Rtcp);
    }
    assert!(world.gather() < Duration::from_millis(100));
    world.call(|text| text);
    world.run(2_000);
    assert!(routes(&world).iter().all(|way| is_direct(*way)));
}

#[test]
fn a_relay_that_refuses_us_is_not_offered() {
    let mut world = World::new([Nat::Cone; 2], Servers::Turn("wrong"));
    world.gather();
    let offer = world.sides[0].offer_again(Direction::SendReceive);
    let offer = String::from_utf8(offer).unwrap();
    assert!(
        offer.contains(" typ srflx ") && !offer.contains(" typ relay"),
        "{offer}"
    );
    assert_eq!(world.events[0], [MediaEvent::RelayRefused], "said once");
}

#[test]
fn who_does_not_know_the_password_is_not_sent_to_until_the_descriptions_alone_decide() {
    let mut world = World::new([Nat::Open; 2], Servers::None);
    world.call(|text| text.replace("a=ice-pwd:", "a=ice-pwd:x"));
    world.run(7_900);
    assert_eq!(routes(&world), [Route::Held; 2]);
    assert_eq!(world.heard(), [0, 0]);
    world.run(1_000);
    assert_eq!(routes(&world), [Route::Described; 2]);
    for side in 0..2 {
        let told = world.events[side]
            .iter()
            .filter(|e| **e == MediaEvent::NoPath);
        assert_eq!(told.count(), 1);
    }
    assert!(world.heard().iter().all(|packets| *packets > 30));
}

#[test]
fn two_sides_that_both_decide_agree_on_one() {
    let mut world = World::new([Nat::Open; 2], Servers::None);
    let offers = [0, 1].map(|side: usize| world.sides[side].offer_again(Direction::SendReceive));
    world.sides[0].accept_answer(&offers[1]).unwrap();
    world.sides[1].accept_answer(&offers[0]).unwrap();
    world.run(3_000);
    assert!(
        routes(&world).iter().all(|way| is_direct(*way)),
        "{:?}",
        routes(&world)
    );
}

#[test]
fn new_credentials_begin_anew_while_the_old_way_goes_on() {
    let mut world = World::new([Nat::Cone; 2], Servers::Stun);
    world.call(|text| text);
    world.run(2_000);
    let before = world.heard();
    let first = world.sides[1]
        .agreement
        .as_ref()
        .unwrap()
        .ice
        .clone()
        .unwrap();
    world.sides[0]
        .exchange
        .ice
        .restart(&mut ChaCha20Rng::from_seed([7; 32]));
    world.call(|text| text);
    assert!(routes(&world).iter().all(|way| is_direct(*way)));
    world.run(2_000);
    let second = world.sides[1]
        .agreement
        .as_ref()
        .unwrap()
        .ice
        .clone()
        .unwrap();
    assert_ne!(first.own, second.own);
    assert_ne!(first.theirs.credentials, second.theirs.credentials);
    let lost = world
        .heard()
        .iter()
        .zip(before)
        .map(|(now, before)| 100 - (now - before))
        .max();
    assert!(lost.unwrap() < 5, "{lost:?} packets were lost");
    // A description that changes nothing leaves the way alone.
    world.call(|text| text);
    let third = world.sides[1]
        .agreement
        .as_ref()
        .unwrap()
        .ice
        .clone()
        .unwrap();
    assert_eq!(second.own, third.own);
}

#[test]
fn a_side_that_moves_to_another_network_is_found_there_and_the_sound_goes_on() {
    use Nat::{Cone, Open, Symmetric};
    for (nats, servers, relayed) in [
        ([Open, Open], Servers::None, false),
        ([Cone, Cone], Servers::Stun, false),
        ([Symmetric, Symmetric], Servers::Turn(PASSWORD), true),
    ] {
        for mover in [0, 1] {
            let case = format!("{nats:?}, {servers:?}, side {mover} moves");
            let mut world = World::new(nats, servers);
            world.call(|text| text);
            world.run(2_000);
            let before = routes(&world);
            world.move_to_another_network(mover);
            // The re-INVITE takes its time, and nothing of the call may end meanwhile.
            world.run(300);
            let lost = world.heard();
            world.call_from(mover);
            world.run(3_000);
            let after = routes(&world);
            assert_ne!(before, after, "{case}");
            let is_way = |way: &Route| is_direct(*way) || is_relayed(*way);
            assert!(after.iter().all(is_way), "{case}: {after:?}");
            assert_eq!(after.iter().any(|way| is_relayed(*way)), relayed, "{case}");
            let heard = world.heard();
            for side in 0..2 {
                let packets = heard[side] - lost[side];
                assert!(packets > 120, "{case}: {packets} to side {side}");
            }
            let events = world.events.iter().flatten();
            assert!(
                !events.into_iter().any(|e| *e == MediaEvent::NoPath),
                "{case}"
            );
        }
    }
}

#[test]
fn a_way_that_breaks_is_not_sent_along_and_is_told() {
    let mut world = World::new([Nat::Open; 2], Servers::None);
    world.call(|text| text);
    world.run(2_000);
    world.cut = true;
    world.run(30_000);
    assert_eq!(routes(&world), [Route::Held; 2]);
    assert!(
        world
            .events
            .iter()
            .all(|events| events.contains(&MediaEvent::NoPath))
    );
}

#[test]
fn a_description_whose_address_was_changed_on_its_way_is_taken_without_ice() {
    let mut world = World::new([Nat::Open; 2], Servers::None);
    world.call(|text| text.replace("c=IN IP4 203.0.113.1", "c=IN IP4 192.0.2.7"));
    assert_eq!(routes(&world), [Route::Described; 2]);
    let destination = world.sides[1].destination(Component::Rtp).unwrap();
    assert_eq!(destination.ip().to_string(), "192.0.2.7");
}

#[test]
fn lync_is_answered_without_ice() {
    let mut world = World::new([Nat::Open; 2], Servers::None);
    world.call(|text| text.replace("a=ice-options:ice2", "a=x-ssrc-range:1-1"));
    assert_eq!(routes(&world), [Route::Described; 2]);
    world.run(1_000);
    assert!(world.heard().iter().all(|packets| *packets > 40));
}

#[test]
fn a_handshake_goes_along_the_way_that_ice_finds() {
    use Nat::{Cone, Open, Symmetric};
    for (nats, servers) in [
        ([Open, Open], Servers::None),
        ([Cone, Cone], Servers::Stun),
        ([Symmetric, Symmetric], Servers::Turn(PASSWORD)),
    ] {
        for offered in ["actpass", "active", "passive"] {
            let mut world = World::with(nats, servers, |side, config| {
                config.dtls = dtls(match side {
                    0 => DtlsUse::Always,
                    _ => DtlsUse::WhenOffered,
                });
            });
            world.call(|text| text.replace("setup:actpass", &format!("setup:{offered}")));
            world.run(3_000);
            let case = format!("{nats:?}, {servers:?}, {offered}");
            for side in &world.sides {
                let in_use = side.in_use().unwrap();
                assert_eq!(in_use.srtp, Some(SrtpSuite::AeadAes256Gcm), "{case}");
            }
            let heard = world.heard();
            assert!(
                heard.iter().all(|packets| *packets > 50),
                "{case}: {heard:?}"
            );
        }
    }
}
