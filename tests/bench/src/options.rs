//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;

/// What is to be measured, and with what.
pub struct Options {
    pub hark: PathBuf,
    pub python: PathBuf,
    /// Where recordings and results go.
    pub folder: PathBuf,
    /// Where the page and its plots go, if they are to be written.
    pub docs: Option<PathBuf>,
    /// Tell the results of the last run once more.
    pub again: bool,
    /// Only these rows, or all where there are none.
    rows: Vec<String>,
    /// Only these phones, or all where there are none.
    phones: Vec<String>,
    pub seeds: u64,
}

impl Options {
    pub fn parse() -> Result<Self, lexopt::Error> {
        let mut options = Self {
            hark: "hark".into(),
            python: "python3".into(),
            folder: ".".into(),
            docs: None,
            again: false,
            rows: Vec::new(),
            phones: Vec::new(),
            seeds: 1,
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("hark") => options.hark = parser.value()?.into(),
                Long("python") => options.python = parser.value()?.into(),
                Long("folder") => options.folder = parser.value()?.into(),
                Long("docs") => options.docs = Some(parser.value()?.into()),
                Long("again") => options.again = true,
                Long("row") => options.rows.push(parser.value()?.string()?),
                Long("phone") => options.phones.push(parser.value()?.string()?),
                Long("seeds") => options.seeds = parser.value()?.parse()?,
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }

    pub fn wants_phone(&self, name: &str) -> bool {
        self.phones.is_empty() || self.phones.iter().any(|phone| phone == name)
    }

    pub fn wants_row(&self, id: &str) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|row| row == id)
    }

    /// So many rounds where the row is wanted, else none.
    pub fn rounds(&self, row: &str, rounds: usize) -> usize {
        if self.wants_row(row) { rounds } else { 0 }
    }
}

/// The row of processor time and memory.
pub const COST: &str = "cost";
/// The row of the time from dialling to the first packets.
pub const DIAL: &str = "dial";
