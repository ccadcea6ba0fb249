//! Hark's own verdict on every torture message of RFC 4475 and RFC 5118, and on messages of the
//! kinds that broke other phones.

mod answers;
mod attacks;
mod corpus;
mod endpoint;
mod frames;
