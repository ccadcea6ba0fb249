//! The driver against real sockets on 127.0.0.1.

mod certificates;
mod common;
mod finding;
mod findings;
mod flows;
mod media_ports;
mod surroundings;
