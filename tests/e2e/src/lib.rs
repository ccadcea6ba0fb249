//! End-to-end tests through the engine and the program.
