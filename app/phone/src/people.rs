//! The people whom the user calls: how a name is looked for, and whose number is whose.

mod fold;

pub(crate) use fold::{Needle, fold};
