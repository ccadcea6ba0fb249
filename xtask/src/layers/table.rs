//! The layer table of ARCHITECTURE.md as data: one row for each crate of the workspace.

/// What one crate may see.
pub struct Layer {
    pub name: &'static str,
    /// Crates of the workspace that the crate itself may depend on.
    pub may_use: &'static [&'static str],
    /// Crates of the workspace that only its tests may depend on.
    pub tests_may_use: &'static [&'static str],
    /// Those of `may_use` that must be optional, behind the feature `demo`.
    pub only_optional: &'static [&'static str],
    pub external: External,
    /// Families of external crates that even its tests must do without.
    pub tests_never: &'static [&'static str],
}

/// Which crates from outside a crate may depend on. A name stands for its family too: `serde`
/// means `serde_json` as well.
#[derive(Clone, Copy)]
pub enum External {
    AllBut(&'static [&'static str]),
    Only(&'static [&'static str]),
}

pub const LAYERS: &[Layer] = &[
    Layer {
        name: "hark-sip",
        tests_may_use: HARNESS,
        external: External::AllBut(&[
            "tokio", "rustls", "socket2", "egui", "winit", "cpal", "serde",
        ]),
        tests_never: WALL_CLOCK,
        ..NOTHING
    },
    Layer {
        name: "hark-media",
        tests_may_use: HARNESS,
        external: External::AllBut(&[
            "tokio", "rustls", "socket2", "egui", "winit", "cpal", "serde",
        ]),
        tests_never: WALL_CLOCK,
        ..NOTHING
    },
    Layer {
        name: "hark-sip-net",
        may_use: &["hark-sip"],
        tests_may_use: HARNESS,
        external: External::AllBut(&["cpal", "egui", "winit"]),
        ..NOTHING
    },
    Layer {
        name: "hark-audio",
        may_use: &["hark-media"],
        tests_may_use: HARNESS,
        external: External::AllBut(&["tokio", "rustls", "egui", "winit"]),
        ..NOTHING
    },
    Layer {
        name: "hark-assets",
        external: External::AllBut(&["tokio", "rustls", "cpal", "egui", "winit"]),
        ..NOTHING
    },
    Layer {
        name: "hark-words",
        external: External::AllBut(&["tokio", "rustls", "cpal", "egui", "winit"]),
        ..NOTHING
    },
    Layer {
        name: "hark-memory",
        external: External::Only(&["libc"]),
        ..NOTHING
    },
    Layer {
        name: "hark-painter",
        external: External::Only(&["egui"]),
        tests_never: WALL_CLOCK,
        ..NOTHING
    },
    Layer {
        name: "hark-phone",
        may_use: &[
            "hark-assets",
            "hark-audio",
            "hark-media",
            "hark-sip",
            "hark-sip-net",
            "hark-words",
        ],
        tests_may_use: HARNESS,
        external: External::AllBut(&["egui", "winit"]),
        ..NOTHING
    },
    Layer {
        name: "hark-um",
        may_use: &["hark-assets", "hark-media", "hark-sip", "hark-sip-net"],
        tests_may_use: HARNESS,
        external: External::AllBut(&["cpal", "egui", "winit"]),
        ..NOTHING
    },
    Layer {
        name: "hark",
        may_use: &[
            "hark-assets",
            "hark-memory",
            "hark-painter",
            "hark-phone",
            "hark-um",
            "hark-words",
        ],
        only_optional: &["hark-um"],
        external: External::AllBut(&["rustls", "tokio-rustls", "cpal", "rsip"]),
        ..NOTHING
    },
    Layer {
        name: "hark-harness",
        may_use: &["hark-media", "hark-sip"],
        external: External::AllBut(WALL_CLOCK),
        tests_never: WALL_CLOCK,
        ..NOTHING
    },
    Layer {
        name: "hark-e2e",
        may_use: &[
            "hark",
            "hark-assets",
            "hark-audio",
            "hark-harness",
            "hark-media",
            "hark-phone",
            "hark-sip",
            "hark-sip-net",
            "hark-um",
        ],
        ..NOTHING
    },
    Layer {
        name: "hark-bench",
        may_use: &["hark-media", "hark-usage"],
        ..NOTHING
    },
    Layer {
        name: "hark-usage",
        ..NOTHING
    },
    Layer {
        name: "hark-torture",
        may_use: &["hark-sip"],
        external: External::AllBut(WALL_CLOCK),
        ..NOTHING
    },
    Layer {
        name: "hark-fuzz",
        may_use: &[
            "hark",
            "hark-harness",
            "hark-media",
            "hark-phone",
            "hark-sip",
            "hark-torture",
        ],
        ..NOTHING
    },
    // It builds on a machine that has only Rust, so nothing here may link a system library.
    Layer {
        name: "xtask",
        may_use: &["hark-usage"],
        external: External::Only(&["anyhow", "lexopt", "serde_json"]),
        ..NOTHING
    },
];

/// What the tests of every crate may stand on besides the crate's own dependencies.
const HARNESS: &[&str] = &["hark-harness"];

/// Crates that bring real time, sockets, devices or windows into tests that run in virtual time.
const WALL_CLOCK: &[&str] = &["tokio", "rustls", "socket2", "cpal", "egui", "winit"];

const NOTHING: Layer = Layer {
    name: "",
    may_use: &[],
    tests_may_use: &[],
    only_optional: &[],
    external: External::AllBut(&[]),
    tests_never: &[],
};
