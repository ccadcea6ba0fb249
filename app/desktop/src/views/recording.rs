//! "Call recording" in the settings, and the card about a recording that was saved.

use egui::{Ui, accesskit::Live};
use hark_assets::icons;
use hark_phone::{RecordingNotice, RecordingSettings, Settings, Snapshot};

use crate::action::Action;
use crate::state::{RuleField, SavedContent, SavedRecording};
use crate::text;
use crate::theme::{self, Text};
use crate::views::account_may_change;
use crate::views::ring_rules::{is_left, rule_field};
use crate::views::setting::{About, setting};
use crate::widgets::{Tone, announce, banner, choice, detail, icon, link, switch, text_wrapped};

pub fn settings(
    ui: &mut Ui,
    snapshot: &Snapshot,
    about: About<'_>,
    folder: &mut RuleField,
) -> Vec<Action> {
    ui.spacing_mut().item_spacing.y = 12.0;
    let mut actions = setting(ui, about, "settings.recording.folder", |ui| {
        folder_field(ui, snapshot, folder)
    });
    actions.extend(setting(ui, about, "settings.recording.notice", |ui| {
        notice(ui, &snapshot.settings)
    }));
    actions.extend(setting(ui, about, "account.encrypt_recordings", |ui| {
        encryption(ui, snapshot)
    }));
    actions
}

fn folder_field(ui: &mut Ui, snapshot: &Snapshot, folder: &mut RuleField) -> Vec<Action> {
    let shown = |path: &std::path::Path| path.display().to_string();
    let chosen = snapshot.settings.recording.folder.as_deref().map(shown);
    folder.follow(chosen.as_deref());
    let standard = snapshot.recordings_folder.as_deref().map(shown);
    let hint = standard.as_deref().unwrap_or(text::no_music_folder());
    let response = rule_field(ui, text::recordings_folder(), hint, folder);
    // egui tells twice that a field was left.
    let entered = is_left(ui, &response, folder) && folder.edited;
    Vec::from_iter(entered.then_some(Action::EnterRecordingsFolder))
}

fn notice(ui: &mut Ui, settings: &Settings) -> Vec<Action> {
    let t = theme::tokens(ui);
    let notices = [
        RecordingNotice::Tone,
        RecordingNotice::Announcement,
        RecordingNotice::None,
    ];
    let words = notices.map(|notice| text::recording_notice(notice).to_owned());
    let selected = notices
        .iter()
        .position(|notice| *notice == settings.recording.notice)
        .unwrap_or(0);
    let picked = ui
        .vertical(|ui| choice(ui, text::notice_caption(), &words, selected))
        .inner;
    ui.horizontal_top(|ui| {
        icon(ui, icons::INFO, 18.0, t.accent);
        text_wrapped(ui, text::consent(), Text::Small, t.text);
    });
    let changed = picked.map(|index| Settings {
        recording: RecordingSettings {
            notice: notices[index],
            ..settings.recording.clone()
        },
        ..settings.clone()
    });
    Vec::from_iter(changed.map(Action::SetPreferences))
}

fn encryption(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let Some(account) = &snapshot.account else {
        return vec![];
    };
    let t = theme::tokens(ui);
    let mut changed = account.clone();
    ui.add_enabled_ui(account_may_change(snapshot), |ui| {
        let on = account.encrypt_recordings;
        if switch(ui, text::encrypt_recordings(), on).clicked() {
            changed.encrypt_recordings = !on;
        }
    });
    text_wrapped(ui, text::encrypted_line(), Text::Small, t.muted);
    let is_changed = changed != *account;
    Vec::from_iter(is_changed.then(|| Action::ChangeAccount(Box::new(changed))))
}

/// Where a recording is, and what can be done with it.
pub fn saved(ui: &mut Ui, saved: &SavedRecording) -> Vec<Action> {
    let title = match saved.content {
        SavedContent::Sound | SavedContent::Encrypted => text::recording_saved(),
        SavedContent::Copy => text::recording_copied(),
        SavedContent::CopyInPart => text::recording_copied_in_part(),
    };
    let mut actions = Vec::new();
    let shown = banner(ui, Tone::Info, icons::CIRCLE_CHECK, title, None, |ui| {
        detail(ui, &saved.file.display().to_string());
        ui.horizontal_wrapped(|ui| {
            let file = || saved.file.clone();
            let show = link(ui, text::show_in_folder()).clicked();
            actions.extend(show.then(|| Action::ShowFile(file())));
            if saved.content == SavedContent::Encrypted {
                let copy = link(ui, text::save_copy()).clicked();
                actions.extend(copy.then(|| Action::CopyRecording(file())));
            }
            let read = link(ui, text::dismiss()).clicked();
            actions.extend(read.then_some(Action::DismissRecording));
        });
    });
    announce(ui, shown.id, Live::Polite);
    actions
}
