//! Account, audio, voicemail, calls, appearance and diagnostics, each in a card of its own.

use eframe::egui::{Align, Layout, Ui};
use hark_assets::icons;
use hark_phone::{AccountSettings, Settings, Snapshot, Theme};

use crate::action::Action;
use crate::state::{Autostart, DemoState, State};
use crate::text;
use crate::theme::{self, Text};
use crate::views::{
    Moment, account_name, audio, bare_address, diagnostics, mailbox, recording, ring_rules,
};
use crate::widgets::{
    Look, Tone, banner, card, detail, disclosure, link, pill, pill_icon, segmented, switch,
    text as label, text_wrapped,
};

pub fn view(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let mut actions = section(ui, text::ACCOUNT, |ui| account(ui, snapshot, state));
    actions.extend(section(ui, text::AUDIO, |ui| {
        audio::view(ui, snapshot, &state.settings)
    }));
    if let Some(account) = &snapshot.account {
        let pin = &mut state.settings.pin;
        actions.extend(section(ui, text::VOICEMAIL, |ui| {
            mailbox::view(ui, snapshot, account, pin)
        }));
    }
    let rules = &mut state.settings.rules;
    actions.extend(section(ui, text::CALLS, |ui| {
        ring_rules::view(ui, &snapshot.ring_rules, rules)
    }));
    let folder = &mut state.settings.recordings_folder;
    actions.extend(section(ui, text::CALL_RECORDING, |ui| {
        recording::settings(ui, snapshot, folder)
    }));
    if let Some(autostart) = state.desktop.autostart {
        actions.extend(section(ui, text::START_UP, |ui| start_up(ui, autostart)));
    }
    actions.extend(section(ui, text::APPEARANCE, |ui| appearance(ui, snapshot)));
    if let Some(reason) = &state.desktop.no_notifications {
        actions.extend(section(ui, text::NOTIFICATIONS, |ui| {
            notifications(ui, reason)
        }));
    }
    let saved = state.settings.trace.as_ref();
    actions.extend(section(ui, text::DIAGNOSTICS, |ui| {
        diagnostics::view(ui, saved, moment)
    }));
    actions
}

fn section(ui: &mut Ui, name: &str, contents: impl FnOnce(&mut Ui) -> Vec<Action>) -> Vec<Action> {
    let t = theme::tokens(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        label(ui, name, Text::Strong, t.muted);
        card(ui, contents)
    })
    .inner
}

fn account(ui: &mut Ui, snapshot: &Snapshot, state: &State) -> Vec<Action> {
    let Some(account) = &snapshot.account else {
        return vec![];
    };
    let t = theme::tokens(ui);
    ui.spacing_mut().item_spacing.y = 8.0;
    facts(ui, snapshot, account);
    if state.demo == DemoState::Running {
        text_wrapped(ui, text::DEMO_ABOUT, Text::Small, t.muted);
        let leave = pill_icon(ui, icons::LOG_OUT, text::DEMO_LEAVE, None, Look::Quiet);
        return Vec::from_iter(leave.clicked().then_some(Action::LeaveDemo));
    }
    if state.settings.sign_out_asked {
        return sign_out_question(ui);
    }
    ui.horizontal(|ui| {
        let change = pill(ui, text::EDIT_ACCOUNT, None, Look::Quiet).clicked();
        let out = pill(ui, text::SIGN_OUT, None, Look::Quiet).clicked();
        let form = || Action::OpenSetup(Box::new(account.clone()));
        let pressed = [change.then(form), out.then_some(Action::SignOut)];
        pressed.into_iter().flatten().collect()
    })
    .inner
}

fn facts(ui: &mut Ui, snapshot: &Snapshot, account: &AccountSettings) {
    let mailbox = account.voicemail.as_deref().unwrap_or(text::OWN_MAILBOX);
    fact(ui, text::DISPLAY_NAME, account_name(account));
    fact(ui, text::ADDRESS, bare_address(account));
    if let Some(server) = &account.server {
        fact(ui, text::SERVER, server);
    }
    fact(ui, text::TRANSPORT, text::transport(account.transport));
    fact(ui, text::VOICEMAIL_ADDRESS, mailbox);
    fact(ui, text::STATE, text::registration(&snapshot.registration));
}

fn fact(ui: &mut Ui, name: &str, value: &str) {
    let t = theme::tokens(ui);
    ui.horizontal(|ui| {
        label(ui, name, Text::Small, t.muted);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            label(ui, value, Text::Body, t.text);
        });
    });
}

fn sign_out_question(ui: &mut Ui) -> Vec<Action> {
    let mut actions = Vec::new();
    banner(
        ui,
        Tone::Danger,
        icons::LOG_OUT,
        text::SIGN_OUT_ASK,
        None,
        |ui| {
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                let out = pill(ui, text::SIGN_OUT, None, Look::Danger).clicked();
                let stay = pill(ui, text::STAY, None, Look::Raised).clicked();
                actions.extend(out.then_some(Action::SignOut));
                actions.extend(stay.then_some(Action::StaySignedIn));
            });
        },
    );
    actions
}

fn start_up(ui: &mut Ui, autostart: Autostart) -> Vec<Action> {
    let on = autostart == Autostart::On;
    let pressed = switch(ui, text::AUTOSTART, on).clicked();
    let other = match autostart {
        Autostart::On => Autostart::Off,
        Autostart::Off => Autostart::On,
    };
    Vec::from_iter(pressed.then_some(Action::SetAutostart(other)))
}

fn appearance(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let themes = [Theme::System, Theme::Light, Theme::Dark];
    let words = themes.map(text::theme);
    let selected = themes
        .iter()
        .position(|theme| *theme == snapshot.settings.theme)
        .unwrap_or(0);
    let width = ui.available_width();
    let picked = segmented(ui, &words, selected, width);
    let changed = picked.map(|index| Settings {
        theme: themes[index],
        ..snapshot.settings.clone()
    });
    let mut actions = Vec::from_iter(changed.map(Action::SetPreferences));
    let keys = link(ui, text::SHOW_KEYS);
    actions.extend(keys.clicked().then_some(Action::ToggleHelp));
    actions
}

fn notifications(ui: &mut Ui, reason: &str) -> Vec<Action> {
    let t = theme::tokens(ui);
    text_wrapped(ui, text::NO_NOTIFICATIONS, Text::Small, t.muted);
    if disclosure(ui, text::DETAILS, reason) {
        detail(ui, reason);
    }
    vec![]
}
