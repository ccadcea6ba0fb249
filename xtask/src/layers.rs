//! `cargo xtask layers`: the dependencies between the crates, against the table of `layers/table.rs`.
//!
//! Only declared dependencies count. What a dependency brings along behind its own wall (tokio
//! behind webrtc-util, say) is not seen by our code and is not looked at.

mod metadata;
mod table;
#[cfg(test)]
mod tests;

use anyhow::{Result, bail};

use crate::process;

use metadata::{Dependency, Kind, Package};
use table::{External, Layer};

pub fn run() -> Result<()> {
    let text = process::output(process::cargo().args([
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--locked",
    ]))?;
    let problems = check(&metadata::parse(&text)?, table::LAYERS);
    for problem in &problems {
        eprintln!("layers: {problem}");
    }
    if problems.is_empty() {
        return Ok(());
    }
    bail!(
        "{} edges that ARCHITECTURE.md does not allow",
        problems.len()
    )
}

/// Every edge that the table does not allow, as sentences.
fn check(packages: &[Package], layers: &[Layer]) -> Vec<String> {
    let mut problems = Vec::new();
    for package in packages {
        match layers.iter().find(|layer| layer.name == package.name) {
            Some(layer) => check_package(package, layer, &mut problems),
            None => problems.push(format!("{} has no row in the table", package.name)),
        }
    }
    for layer in layers {
        if !packages.iter().any(|package| package.name == layer.name) {
            problems.push(format!(
                "the table has a row for {}, which does not exist",
                layer.name
            ));
        }
    }
    problems
}

fn check_package(package: &Package, layer: &Layer, problems: &mut Vec<String>) {
    for dependency in &package.dependencies {
        let allowed = match (dependency.is_ours, dependency.kind) {
            (true, Kind::Normal) => layer.may_use.contains(&dependency.name.as_str()),
            (true, Kind::Dev) => {
                layer.may_use.contains(&dependency.name.as_str())
                    || layer.tests_may_use.contains(&dependency.name.as_str())
            }
            (false, Kind::Normal) => external_is_allowed(&dependency.name, layer.external),
            (false, Kind::Dev) => !layer
                .tests_never
                .iter()
                .any(|name| is_of(&dependency.name, name)),
        };
        if !allowed {
            problems.push(sentence(package, dependency));
        }
        if dependency.is_ours && layer.only_optional.contains(&dependency.name.as_str()) {
            check_optional(package, dependency, problems);
        }
    }
}

fn external_is_allowed(name: &str, external: External) -> bool {
    match external {
        External::AllBut(forbidden) => !forbidden.iter().any(|family| is_of(name, family)),
        External::Only(allowed) => allowed.contains(&name),
    }
}

/// `serde_json` and `serde-big-array` are of the family `serde`, as is `tokio-rustls` of `tokio`.
fn is_of(name: &str, family: &str) -> bool {
    name.strip_prefix(family)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

fn sentence(package: &Package, dependency: &Dependency) -> String {
    let how = match dependency.kind {
        Kind::Normal => "",
        Kind::Dev => ", in its tests either",
    };
    format!(
        "{} must not depend on {}{how}",
        package.name, dependency.name
    )
}

/// An optional dependency may hang on one feature only: that of its own purpose, `demo`.
fn check_optional(package: &Package, dependency: &Dependency, problems: &mut Vec<String>) {
    if dependency.kind == Kind::Dev {
        return;
    }
    if !dependency.is_optional {
        problems.push(format!(
            "{}: {} must be optional",
            package.name, dependency.name
        ));
    }
    let needle = format!("dep:{}", dependency.name);
    for (feature, enables) in &package.features {
        if feature != "demo" && enables.contains(&needle) {
            problems.push(format!(
                "{}: feature {feature} must not enable {needle}",
                package.name
            ));
        }
    }
}
