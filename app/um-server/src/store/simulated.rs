//! A disk in memory that forgets what was not synced, and whose power can be cut at any step.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path};
use std::sync::{Arc, Mutex};

use super::Disk;

/// Clones are the same disk.
#[derive(Clone, Default)]
pub(super) struct SimulatedDisk(Arc<Mutex<State>>);

/// What a power cut leaves of what was not synced. Real disks may do either.
#[derive(Debug, Clone, Copy)]
pub(super) enum PowerCut {
    /// Names and contents are as they were at their last sync.
    LosesNames,
    /// Names came through by chance, contents did not.
    KeepsNames,
}

#[derive(Default)]
struct State {
    nodes: Vec<Node>,
    /// How many more changes succeed before the power is cut.
    steps_left: Option<usize>,
}

#[derive(Clone)]
enum Node {
    Folder { names: Names, synced: Names },
    File { content: Vec<u8>, synced: Vec<u8> },
}

type Names = BTreeMap<OsString, usize>;

impl SimulatedDisk {
    pub fn new() -> Self {
        let disk = Self::default();
        disk.lock().nodes.push(Node::folder());
        disk
    }

    /// The power fails before the change number `steps` from now (counted from 0).
    pub fn cut_power_after(&self, steps: usize) {
        self.lock().steps_left = Some(steps);
    }

    /// Whether the power has been cut since [`Self::cut_power_after`].
    pub fn is_down(&self) -> bool {
        self.lock().steps_left == Some(0)
    }

    /// Switches the power on again and forgets what was not synced.
    pub fn restart(&self, cut: PowerCut) {
        let mut state = self.lock();
        state.steps_left = None;
        for node in &mut state.nodes {
            match (node, cut) {
                (Node::File { content, synced }, _) => content.clone_from(synced),
                (Node::Folder { names, synced }, PowerCut::LosesNames) => names.clone_from(synced),
                (Node::Folder { names, synced }, PowerCut::KeepsNames) => synced.clone_from(names),
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl Disk for SimulatedDisk {
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        if state.find(path).is_ok() {
            return Ok(());
        }
        state.step()?;
        let mut parent = 0;
        for name in names(path) {
            parent = match state.names(parent)?.get(&name) {
                Some(&node) => node,
                None => {
                    let node = state.add(parent, name, Node::folder())?;
                    state.sync(parent);
                    node
                }
            };
        }
        Ok(())
    }

    fn write_synced(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        let (folder, name) = state.parent(path)?;
        // Writing is two steps: cut between them, the file is there and empty.
        state.step()?;
        let file = Node::File {
            content: content.to_vec(),
            synced: Vec::new(),
        };
        let node = state.add(folder, name, file)?;
        state.step()?;
        state.sync(node);
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        let node = state.find(path)?;
        state.step()?;
        state.sync(node);
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.lock();
        let (old_folder, old_name) = state.parent(from)?;
        let (new_folder, new_name) = state.parent(to)?;
        let node = state.find(from)?;
        state.step()?;
        state.names(old_folder)?.remove(&old_name);
        state.names(new_folder)?.insert(new_name, node);
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let state = self.lock();
        let node = state.find(path)?;
        match &state.nodes[node] {
            Node::File { content, .. } => Ok(content.clone()),
            Node::Folder { .. } => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut state = self.lock();
        let node = state.find(path)?;
        let names = state.names(node)?.keys();
        Ok(names
            .map(|name| name.to_str().unwrap().to_owned())
            .collect())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.find(path)?;
        let (folder, name) = state.parent(path)?;
        state.step()?;
        state.names(folder)?.remove(&name);
        Ok(())
    }
}

impl State {
    fn step(&mut self) -> io::Result<()> {
        match &mut self.steps_left {
            Some(0) => Err(io::Error::other("the power is cut")),
            Some(steps) => {
                *steps -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn find(&self, path: &Path) -> io::Result<usize> {
        names(path).try_fold(0, |node, name| match &self.nodes[node] {
            Node::Folder { names, .. } => names
                .get(&name)
                .copied()
                .ok_or_else(|| io::ErrorKind::NotFound.into()),
            Node::File { .. } => Err(io::ErrorKind::NotADirectory.into()),
        })
    }

    fn parent(&self, path: &Path) -> io::Result<(usize, OsString)> {
        let folder = self.find(path.parent().unwrap())?;
        Ok((folder, path.file_name().unwrap().to_owned()))
    }

    fn names(&mut self, node: usize) -> io::Result<&mut Names> {
        match &mut self.nodes[node] {
            Node::Folder { names, .. } => Ok(names),
            Node::File { .. } => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    fn add(&mut self, folder: usize, name: OsString, node: Node) -> io::Result<usize> {
        let index = self.nodes.len();
        self.names(folder)?.insert(name, index);
        self.nodes.push(node);
        Ok(index)
    }

    fn sync(&mut self, node: usize) {
        match &mut self.nodes[node] {
            Node::Folder { names, synced } => synced.clone_from(names),
            Node::File { content, synced } => synced.clone_from(content),
        }
    }
}

impl Node {
    fn folder() -> Self {
        Self::Folder {
            names: Names::new(),
            synced: Names::new(),
        }
    }
}

fn names(path: &Path) -> impl Iterator<Item = OsString> {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        _ => None,
    })
}
