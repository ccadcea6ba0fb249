//! Two user agents, a server between them, and owners and a network that do anything at any time,
//! against a reference model of what a call is.
//!
//! - `world.rs`: the clock, the network and what it does to flows; every random choice is seeded
//! - `exchange.rs`: the registrar and proxy between the two, which watches the wire
//! - `reference.rs`: what the owner of a call may ask and hear; every answer and event is compared
//!
//! At the end of each world the network heals and one side hangs up: no call may be left on the
//! other side, and nothing may be left in memory.

mod exchange;
mod reference;
mod world;

use world::World;

/// Worlds and steps in each: 100,000 steps in all.
const WORLDS: u8 = 100;
const STEPS: usize = 1000;

fn run(seeds: impl Iterator<Item = u8>) {
    for seed in seeds {
        let mut world = World::new(seed);
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
