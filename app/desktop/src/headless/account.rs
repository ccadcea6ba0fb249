//! One account of the list of all accounts, as JSON.

use hark_phone::AccountView;
use serde::Serialize;

use super::names;

#[derive(Debug, PartialEq, Serialize)]
pub struct Account<'a> {
    account: &'a str,
    state: &'static str,
    new: u32,
    old: u32,
    urgent: u32,
}

impl<'a> Account<'a> {
    pub fn of(view: &'a AccountView) -> Self {
        let waiting = view.message_waiting.unwrap_or_default();
        Self {
            account: view.id.as_str(),
            state: names::registration(&view.registration),
            new: waiting.new,
            old: waiting.old,
            urgent: waiting.urgent_new,
        }
    }
}
