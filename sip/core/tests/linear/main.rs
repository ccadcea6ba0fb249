//! What a message costs grows with its length and no faster, whatever shape it has.
//!
//! Allocations are counted and time is taken for hostile messages of 1 KiB to 1 MiB, on their whole
//! way through the framing and the user agent. Heads above 64 KiB are read past, bodies are not.

mod phone;
mod shapes;

use std::time::{Duration, Instant};

use allocation_counter::AllocationInfo;

use phone::Phone;
use shapes::{SHAPES, Shape};

/// Sizes in bytes: the third is the largest head that is read, the last two are read past but for
/// their bodies.
const SIZES: [usize; 5] = [1 << 10, 1 << 13, 1 << 16, 1 << 18, 1 << 20];

/// The largest head that is read, and the longest message.
const LARGEST_HEAD: usize = 2;
const LONGEST: usize = 4;

/// What it costs to hear a message, after which the flow still stands.
fn cost(shape: &Shape, size: usize) -> AllocationInfo {
    let (mut phone, name) = (Phone::new(), shape.name);
    let message = (shape.message)(&mut phone, size);
    assert!(
        message.len() <= size && message.len() + 200 > size,
        "{name}"
    );
    let cost = allocation_counter::measure(|| phone.hear(&message));
    let answer = phone.ask_options();
    assert!(answer.starts_with("SIP/2.0 200 OK\r\n"), "{name}: {answer}");
    cost
}

/// For each byte of the message, in thousandths.
fn per_byte(counted: u64, size: usize) -> u64 {
    counted * 1000 / size as u64
}

/// At any moment the memory is a small multiple of the length, too.
#[test]
fn allocations_grow_with_the_length_and_no_faster_and_the_flow_stays() {
    for shape in SHAPES {
        let costs = SIZES.map(|size| cost(shape, size));
        let name = shape.name;
        for (cost, size) in costs.iter().zip(SIZES) {
            let (most, limit) = (cost.bytes_max, 64 * size as u64 + 200_000);
            assert!(most <= limit, "{name}: {most} bytes for {size}");
        }
        for (small, large) in [(1, LARGEST_HEAD), (LARGEST_HEAD, LONGEST)] {
            let at = |which: usize, counted: u64| per_byte(counted, SIZES[which]);
            let count = |which: usize| at(which, costs[which].count_total);
            let bytes = |which: usize| at(which, costs[which].bytes_total);
            for (before, after) in [(count(small), count(large)), (bytes(small), bytes(large))] {
                assert!(
                    after <= before * 2,
                    "{name}: {before} then {after} for a byte"
                );
            }
        }
    }
}

/// 64 times the length takes 64 times as long where the cost is linear, and 4096 times as long where
/// it is quadratic. The shortest of several runs is taken, and the limit lies between.
#[test]
fn time_grows_with_the_length_and_no_faster() {
    for shape in SHAPES {
        let (short, long) = (SIZES[0], SIZES[LARGEST_HEAD]);
        let ratio = time(shape, long).as_nanos() / time(shape, short).as_nanos().max(1);
        assert!(ratio < 640, "{}: {ratio} times as long", shape.name);
    }
}

#[expect(clippy::disallowed_methods, reason = "real time is what is measured")]
fn time(shape: &Shape, size: usize) -> Duration {
    let runs = (0..5).map(|_| {
        let mut phone = Phone::new();
        let message = (shape.message)(&mut phone, size);
        let start = Instant::now();
        phone.hear(&message);
        start.elapsed()
    });
    runs.min().unwrap_or_default()
}
