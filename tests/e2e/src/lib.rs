//! End-to-end tests through the engine: real TLS, real sockets, real time, and files in place of
//! sound devices. They live in `tests/e2e`, one program, so that they are linked once.
