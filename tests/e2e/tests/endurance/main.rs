//! Hark over time: servers that are killed and come back, and many calls in a row. What is kept
//! must not be lost, and nothing may be left over.

mod far_end;
mod many_calls;
mod process;
mod restarts;
