//! Virtual clock, paired user agents, network emulator, transcript language.
