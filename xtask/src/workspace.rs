//! Where the workspace is and which files belong to it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::process;

/// The folder with the workspace's Cargo.toml.
pub fn root() -> PathBuf {
    // Cargo sets the variable at run time too, which stays right when the folder was moved.
    let xtask = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map(Path::to_path_buf).unwrap_or(xtask)
}

/// Where Cargo puts what it builds.
pub fn target_folder() -> Result<PathBuf> {
    let text = process::output(process::cargo().args([
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--locked",
    ]))?;
    let metadata: Value = serde_json::from_str(&text)?;
    let folder = metadata["target_directory"]
        .as_str()
        .context("cargo names no target folder")?;
    Ok(folder.into())
}

/// A text file of the project.
pub struct SourceFile {
    /// Relative to the root, with `/` on every system.
    pub path: String,
    pub text: String,
}

/// Every text file of the project in the order of its path.
pub fn text_files() -> Result<Vec<SourceFile>> {
    let root = root();
    let mut files = Vec::new();
    collect(&root, &root, &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            if !SKIPPED_FOLDERS.contains(&name.as_str()) {
                collect(root, &path, files)?;
            }
        } else if is_text(&path) {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
            files.push(SourceFile {
                path: with_slashes(relative),
                text,
            });
        }
    }
    Ok(())
}

fn is_text(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    TEXT_EXTENSIONS.contains(&extension.as_ref()) || path.ends_with(".ci/run")
}

fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

const SKIPPED_FOLDERS: [&str; 2] = [".git", "target"];
const TEXT_EXTENSIONS: [&str; 7] = ["md", "rs", "sh", "toml", "tsv", "yaml", "yml"];
