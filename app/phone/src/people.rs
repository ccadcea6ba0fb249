//! The people whom the user calls: who they are, whose number is whose, and how they are written down
//! for other programs.

mod book;
mod contact;
mod country;
mod fold;
mod home;
pub mod vcard;

pub use contact::{
    AddressLabel, Contact, ContactAddress, ContactCard, ContactOrigin, matching, named, suggestions,
};

pub use country::Country;

pub(crate) use book::Book;
pub(crate) use fold::{Needle, fold};
pub(crate) use home::Home;
