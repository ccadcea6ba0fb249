//! Account, audio, voicemail, calls, appearance and diagnostics, each in a card of its own.

use egui::{Align, Layout, Ui};
use hark_assets::icons;
use hark_phone::{AccountSettings, LanguageChoice, Settings, Snapshot, TextSize, Theme};

use crate::action::Action;
use crate::state::{Autostart, DemoState, State};
use crate::text;
use crate::theme::{self, Text};
use crate::views::setting::{About, setting};
use crate::views::{
    Moment, account_name, accounts, address_book, audio, bare_address, diagnostics, mailbox,
    profile, recording, ring_rules,
};
use crate::widgets::{
    Look, Tone, banner, card, detail, disclosure, link, pill, pill_icon, segmented, switch,
    text as label, text_at_end, text_wrapped,
};

pub fn view(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let about = About {
        locks: &snapshot.locks,
        answers: &state.answers,
    };
    let mut actions = section(ui, text::account(), |ui| account(ui, snapshot, state));
    actions.extend(section(ui, text::audio(), |ui| {
        audio::view(ui, snapshot, about, &state.settings)
    }));
    if let Some(account) = &snapshot.account {
        let pin = &mut state.settings.pin;
        actions.extend(section(ui, text::voicemail(), |ui| {
            mailbox::view(ui, snapshot, account, about, pin)
        }));
    }
    let rules = &mut state.settings.rules;
    actions.extend(section(ui, text::calls(), |ui| {
        ring_rules::view(ui, &snapshot.ring_rules, about, rules)
    }));
    let folder = &mut state.settings.recordings_folder;
    actions.extend(section(ui, text::call_recording(), |ui| {
        recording::settings(ui, snapshot, about, folder)
    }));
    if state.demo != DemoState::Running {
        let form = &mut state.settings.address_book;
        actions.extend(section(ui, text::address_book(), |ui| {
            address_book::settings(ui, snapshot, about, form, moment)
        }));
    }
    if let Some(autostart) = state.desktop.autostart {
        actions.extend(section(ui, text::start_up(), |ui| start_up(ui, autostart)));
    }
    actions.extend(section(ui, text::appearance(), |ui| {
        appearance(ui, snapshot, about)
    }));
    if let Some(reason) = &state.desktop.no_notifications {
        actions.extend(section(ui, text::notifications(), |ui| {
            notifications(ui, reason)
        }));
    }
    if state.demo != DemoState::Running {
        let profile = &mut state.profile;
        actions.extend(section(ui, text::save_and_load(), |ui| {
            profile::settings(ui, profile, moment)
        }));
    }
    let saved = state.settings.trace.as_ref();
    actions.extend(section(ui, text::diagnostics(), |ui| {
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
        text_wrapped(ui, text::demo_about(), Text::Small, t.muted);
        let leave = pill_icon(ui, icons::LOG_OUT, text::demo_leave(), None, Look::Quiet);
        return Vec::from_iter(leave.clicked().then_some(Action::LeaveDemo));
    }
    if state.settings.sign_out_asked {
        return sign_out_question(ui);
    }
    let mut actions = of_account(ui, account);
    actions.extend(accounts::settings(ui, snapshot));
    actions
}

fn of_account(ui: &mut Ui, account: &AccountSettings) -> Vec<Action> {
    ui.horizontal(|ui| {
        let change = pill(ui, text::edit_account(), None, Look::Quiet).clicked();
        let out = pill(ui, text::sign_out(), None, Look::Quiet).clicked();
        let form = || Action::OpenSetup(Box::new(account.clone()));
        let pressed = [change.then(form), out.then_some(Action::SignOut)];
        pressed.into_iter().flatten().collect()
    })
    .inner
}

fn facts(ui: &mut Ui, snapshot: &Snapshot, account: &AccountSettings) {
    let mailbox = account.voicemail.as_deref().unwrap_or(text::own_mailbox());
    fact(ui, text::display_name(), account_name(account));
    fact(ui, text::address(), bare_address(account));
    if let Some(server) = &account.server {
        fact(ui, text::server(), server);
    }
    fact(
        ui,
        text::transport_label(),
        text::transport(account.transport),
    );
    fact(ui, text::voicemail_address(), mailbox);
    fact(
        ui,
        text::state(),
        text::registration(&snapshot.registration),
    );
}

fn fact(ui: &mut Ui, name: &str, value: &str) {
    let t = theme::tokens(ui);
    ui.horizontal(|ui| {
        label(ui, name, Text::Small, t.muted);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            text_at_end(ui, value, Text::Body, t.text);
        });
    });
}

fn sign_out_question(ui: &mut Ui) -> Vec<Action> {
    let mut actions = Vec::new();
    banner(
        ui,
        Tone::Danger,
        icons::LOG_OUT,
        text::sign_out_ask(),
        None,
        |ui| {
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                let out = pill(ui, text::sign_out(), None, Look::Danger).clicked();
                let stay = pill(ui, text::stay(), None, Look::Raised).clicked();
                actions.extend(out.then_some(Action::SignOut));
                actions.extend(stay.then_some(Action::StaySignedIn));
            });
        },
    );
    actions
}

fn start_up(ui: &mut Ui, autostart: Autostart) -> Vec<Action> {
    let on = autostart == Autostart::On;
    let pressed = switch(ui, text::autostart(), on).clicked();
    let other = match autostart {
        Autostart::On => Autostart::Off,
        Autostart::Off => Autostart::On,
    };
    Vec::from_iter(pressed.then_some(Action::SetAutostart(other)))
}

fn appearance(ui: &mut Ui, snapshot: &Snapshot, about: About<'_>) -> Vec<Action> {
    let settings = &snapshot.settings;
    let themes = [Theme::System, Theme::Light, Theme::Dark].map(|it| (it, text::theme(it)));
    let theme = setting(ui, about, "settings.theme", |ui| {
        one_of(ui, text::colours(), &themes, settings.theme)
    });
    let languages = [
        LanguageChoice::System,
        LanguageChoice::English,
        LanguageChoice::German,
    ];
    let languages = languages.map(|it| (it, text::language(it)));
    let language = setting(ui, about, "settings.language", |ui| {
        one_of(ui, text::language_label(), &languages, settings.language)
    });
    let sizes = TextSize::STEPS.map(|size| (size, text::percent(size)));
    let text_size = setting(ui, about, "settings.text_size", |ui| {
        one_of(ui, text::text_size(), &sizes, settings.text_size)
    });
    let wanted = Settings {
        theme: theme.unwrap_or(settings.theme),
        language: language.unwrap_or(settings.language),
        text_size: text_size.unwrap_or(settings.text_size),
        ..settings.clone()
    };
    let changed = (wanted != *settings).then_some(wanted);
    let mut actions = Vec::from_iter(changed.map(Action::SetPreferences));
    let keys = link(ui, text::show_keys());
    actions.extend(keys.clicked().then_some(Action::ToggleHelp));
    actions
}

/// A choice of a few, with its caption; what was picked.
fn one_of<T: Copy + PartialEq>(
    ui: &mut Ui,
    caption: &str,
    choices: &[(T, impl AsRef<str>)],
    now: T,
) -> Option<T> {
    let t = theme::tokens(ui);
    label(ui, caption, Text::Caption, t.muted);
    let words: Vec<&str> = choices.iter().map(|(_, words)| words.as_ref()).collect();
    let selected = choices.iter().position(|(choice, _)| *choice == now);
    let width = ui.available_width();
    let picked = ui.push_id(caption, |ui| {
        segmented(ui, &words, selected.unwrap_or(0), width)
    });
    let picked = picked.inner?;
    choices.get(picked).map(|(choice, _)| *choice)
}

fn notifications(ui: &mut Ui, reason: &str) -> Vec<Action> {
    let t = theme::tokens(ui);
    text_wrapped(ui, text::no_notifications(), Text::Small, t.muted);
    if disclosure(ui, text::details(), reason) {
        detail(ui, reason);
    }
    vec![]
}
