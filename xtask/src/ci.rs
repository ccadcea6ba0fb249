//! `cargo xtask ci`: what `.ci/run` does, in the same order.

use anyhow::Result;

use crate::{check, test};

pub fn run() -> Result<()> {
    test::run(&[])?;
    check::run()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::workspace;

    #[test]
    fn ci_script_runs_the_same_commands_in_the_same_order() {
        let script = fs::read_to_string(workspace::root().join(".ci/run")).unwrap();
        let commands: Vec<&str> = script
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .filter_map(|line| line.split("cargo xtask ").nth(1))
            .filter_map(|rest| rest.split_whitespace().next())
            .collect();
        assert_eq!(commands, ["test", "check"]);
    }
}
