//! The part of `cargo metadata` that the layer check reads.

use anyhow::{Context as _, Result};
use serde_json::Value;

/// A crate of the workspace.
pub struct Package {
    pub name: String,
    pub dependencies: Vec<Dependency>,
    /// Each feature with what it enables.
    pub features: Vec<(String, Vec<String>)>,
}

pub struct Dependency {
    pub name: String,
    pub kind: Kind,
    /// Whether it is a crate of this workspace.
    pub is_ours: bool,
    pub is_optional: bool,
}

/// When a dependency is there. Build scripts count as the crate itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Normal,
    Dev,
}

/// # Errors
/// When the text is not what `cargo metadata --no-deps` prints.
pub fn parse(text: &str) -> Result<Vec<Package>> {
    let metadata: Value = serde_json::from_str(text).context("cargo metadata is not JSON")?;
    array(&metadata, "packages")?.iter().map(package).collect()
}

fn package(value: &Value) -> Result<Package> {
    let dependencies = array(value, "dependencies")?
        .iter()
        .map(dependency)
        .collect::<Result<_>>()?;
    let features = value["features"]
        .as_object()
        .context("a package without features")?;
    Ok(Package {
        name: string(value, "name")?,
        dependencies,
        features: features
            .iter()
            .map(|(name, list)| (name.clone(), strings(list)))
            .collect(),
    })
}

fn dependency(value: &Value) -> Result<Dependency> {
    Ok(Dependency {
        name: string(value, "name")?,
        kind: if value["kind"] == "dev" {
            Kind::Dev
        } else {
            Kind::Normal
        },
        is_ours: value["path"].is_string(),
        is_optional: value["optional"] == true,
    })
}

fn array<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key]
        .as_array()
        .with_context(|| format!("cargo metadata has no list `{key}`"))
}

fn string(value: &Value, key: &str) -> Result<String> {
    let text = value[key]
        .as_str()
        .with_context(|| format!("cargo metadata has no `{key}`"))?;
    Ok(text.to_owned())
}

fn strings(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
