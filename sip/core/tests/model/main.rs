//! Two user agents, a server between them, and owners and a network that do anything at any time,
//! against a reference model of what a call is.
//!
//! - `world.rs`: the clock, the network and what it does to flows; every random choice is seeded
//! - `exchange.rs`: the registrar and proxy between the two, which watches the wire
//! - `reference.rs`: what the owner of a call may ask and hear; every answer and event is compared
//!
//! - `restarts.rs`: the owners talk on and the server restarts
//!
//! At the end of each world the network heals and one side hangs up: no call may be left on the
//! other side, and nothing may be left in memory.

mod exchange;
mod reference;
mod restarts;
mod world;

use hark_sip::message::StatusCode;
use world::World;

/// Worlds and steps in each: 100,000 steps in all.
const WORLDS: u8 = 100;
const STEPS: usize = 1000;

/// One server says that its user is away, the other that the way to him is lost (RFC 5626 §11.5),
/// so that he is called anew.
const AWAY: [StatusCode; 2] = [StatusCode::TEMPORARILY_UNAVAILABLE, StatusCode::FLOW_FAILED];

fn run(seeds: impl Iterator<Item = u8>) {
    for seed in seeds {
        let mut world = World::new(seed, AWAY[usize::from(seed % 2)]);
        for _ in 0..STEPS {
            world.step();
        }
        world.heal();
        world.hang_up_one_side();
        world.check_that_nothing_is_left();
    }
}

#[test]
fn calls_keep_to_the_model_in_25_000_steps_of_worlds_1() {
    run(0..WORLDS / 4);
}

#[test]
fn calls_keep_to_the_model_in_25_000_steps_of_worlds_2() {
    run(WORLDS / 4..WORLDS / 2);
}

#[test]
fn calls_keep_to_the_model_in_25_000_steps_of_worlds_3() {
    run(WORLDS / 2..WORLDS / 4 * 3);
}

#[test]
fn calls_keep_to_the_model_in_25_000_steps_of_worlds_4() {
    run(WORLDS / 4 * 3..WORLDS);
}

/// A hundred calls, and a hundred restarts of a server that keeps its dialogs: five calls and five
/// restarts in each of twenty worlds, at any moment of whatever the owners change.
#[test]
fn a_hundred_restarts_of_the_server_lose_none_of_a_hundred_calls() {
    for seed in 0..20 {
        let mut world = World::new(WORLDS + seed, StatusCode::TEMPORARILY_UNAVAILABLE);
        world.place_calls(5);
        for _ in 0..5 {
            world.change_something();
            world.restart_server();
        }
        world.heal();
        world.check_that_so_many_stand(5);
        world.hang_up_one_side();
        world.check_that_nothing_is_left();
    }
}
