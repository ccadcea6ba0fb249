//! Several accounts: through which one the window looks, how the others stand, and the list of them in
//! the settings.

use egui::{Ui, accesskit::Live};
use hark_assets::icons;
use hark_phone::{AccountView, CallView, Snapshot};

use crate::action::Action;
use crate::state::registration_problem;
use crate::text;
use crate::theme::{self, Text};
use crate::widgets::{
    Look, Tone, announce, banner, choice, detail, disclosure, link, pill, text as label,
};

/// Chooses among several accounts, and says what keeps the others away; nothing where there is one.
pub fn switcher(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let mut actions = Vec::from_iter(chooser(ui, snapshot));
    actions.extend(troubles(ui, snapshot));
    actions
}

/// Chooses among several accounts; nothing where there is one.
pub fn chooser(ui: &mut Ui, snapshot: &Snapshot) -> Option<Action> {
    if !snapshot.has_several_accounts() {
        return None;
    }
    let accounts = snapshot.accounts();
    let words: Vec<String> = accounts.iter().map(name).collect();
    let is_seen = |account: &AccountView| account.place == snapshot.place;
    let seen = accounts.iter().position(is_seen).unwrap_or(0);
    let caption = text::account_choice();
    let picked = ui.vertical(|ui| choice(ui, caption, &words, seen)).inner;
    let picked = accounts.get(picked?)?;
    Some(Action::ChooseAccount(picked.id.clone()))
}

/// What keeps the others from being signed in. What keeps the one that is seen stands elsewhere.
fn troubles(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let mut actions = Vec::new();
    for account in &snapshot.others {
        let Some(problem) = registration_problem(&account.registration) else {
            continue;
        };
        let title = account.id.as_str();
        let words = Some(problem.text.as_str());
        let shown = banner(ui, Tone::Danger, icons::WIFI_OFF, title, words, |ui| {
            if disclosure(ui, text::details(), &problem.detail) {
                detail(ui, &problem.detail);
            }
            if link(ui, text::account_look(title).as_str()).clicked() {
                actions.push(Action::ChooseAccount(account.id.clone()));
            }
        });
        announce(ui, shown.id, Live::Polite);
    }
    actions
}

/// What the settings have for several accounts, below what they have for the one that is seen.
pub fn settings(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let t = theme::tokens(ui);
    let mut actions = Vec::new();
    if snapshot.has_several_accounts() {
        for account in snapshot.accounts() {
            let line = text::account_and_state(&name(&account), &account.registration);
            label(ui, line, Text::Small, t.muted);
        }
    }
    ui.horizontal_wrapped(|ui| {
        if let (Some(account), true) = (&snapshot.account, snapshot.place > 0) {
            let first = pill(ui, text::account_first(), None, Look::Quiet).clicked();
            actions.extend(first.then(|| Action::UseAccount(account.id())));
        }
        let add = pill(ui, text::account_add(), None, Look::Quiet).clicked();
        actions.extend(add.then_some(Action::AddAccount));
    });
    actions
}

/// The address, and which one is used where nothing else is said.
fn name(account: &AccountView) -> String {
    match account.place {
        0 => text::account_is_first(account.id.as_str()),
        _ => account.id.to_string(),
    }
}

/// "At alice@example.com" below a caller or a callee, where it could be another one.
pub fn line_of_call(ui: &mut Ui, snapshot: &Snapshot, call: &CallView) {
    if snapshot.has_several_accounts() {
        let line = text::account_of_call(call.account.as_str());
        label(ui, line, Text::Small, theme::tokens(ui).muted);
    }
}
