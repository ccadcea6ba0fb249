//! The target `report` of `hark_fuzz` as a program for the fuzzer.
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hark_fuzz::target("report")(bytes));
