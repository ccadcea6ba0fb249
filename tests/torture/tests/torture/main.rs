//! Hark's own verdict on every torture message of RFC 4475 and RFC 5118.

mod answers;
mod corpus;
mod frames;
