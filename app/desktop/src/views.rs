//! What the window draws: functions of the engine's snapshot and the window's own state that
//! return what the user did. No IO, no clock: the time comes in as a [`Moment`].

mod account_form;
mod account_media;
mod accounts;
mod address_book;
mod audio;
mod banners;
mod call;
mod call_controls;
mod call_list;
mod call_panels;
mod call_quality;
mod contact_form;
mod contacts;
mod demo;
mod destination;
mod diagnosis;
mod diagnostics;
mod header;
mod history;
mod home;
mod incoming;
mod keyboard;
mod keypad;
mod long_list;
mod mailbox;
mod minute;
mod order;
mod people;
mod presence;
mod profile;
mod recording;
mod ring_rules;
mod setting;
mod settings;
mod setup;
pub mod shortcuts;
mod shown_certificate;
mod tabs;
mod transfer;

use std::time::Instant;

use egui::{CentralPanel, Frame, Panel, Rect, ScrollArea, Ui, Vec2, vec2};
use hark_assets::icons;
use hark_phone::{AccountSettings, RegistrationView, Snapshot};
use jiff::Zoned;

use crate::action::Action;
use crate::state::{State, Tab, current_call, rings_here};
use crate::text;
use crate::theme::{self, size};
use crate::widgets::{Look, column, round, within};

/// The time at which a frame is drawn.
#[derive(Debug, Clone)]
pub struct Moment {
    /// For timers and countdowns.
    pub now: Instant,
    /// For "10:40" and "Yesterday".
    pub wall: Zoned,
}

impl Moment {
    pub fn now() -> Self {
        Self {
            now: Instant::now(),
            wall: Zoned::now(),
        }
    }
}

/// Whether a view has the window for itself or is one of two panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Screen,
    Pane,
}

/// The whole window.
pub fn window(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let mut actions = shortcuts::pressed(ui, snapshot, state);
    actions.extend(keyboard::typed(ui, snapshot, state));
    if state.help {
        actions.extend(shortcuts::help(ui.ctx()));
    }
    actions.extend(if let Some(reading) = &state.profile.reading {
        profile::page(ui, reading)
    } else if state.diagnosis.open {
        diagnosis::view(ui, snapshot, state, moment)
    } else if state.shows_setup(snapshot) {
        setup::view(ui, snapshot, state, moment)
    } else if ui.available_width() >= size::WIDE {
        wide(ui, snapshot, state, moment)
    } else {
        narrow(ui, snapshot, state, moment)
    });
    actions
}

fn narrow(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let mut actions = header::view(ui, snapshot);
    let in_call = state.shown_call(snapshot).is_some();
    if !in_call {
        actions.extend(tabs::bottom(ui, snapshot, state.tab));
    }
    let frame = ground(ui);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        actions.extend(if in_call {
            call_screen(ui, snapshot, state, moment, Place::Screen)
        } else {
            tab(ui, snapshot, state, moment)
        });
    });
    actions
}

fn wide(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let mut actions = tabs::rail(ui, snapshot, state.tab);
    actions.extend(header::view(ui, snapshot));
    let frame = ground(ui);
    Panel::left("first pane")
        .exact_size(size::WIDE_PANE)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| actions.extend(tab(ui, snapshot, state, moment)));
    let frame = ground(ui);
    CentralPanel::default().frame(frame).show(ui, |ui| {
        actions.extend(if current_call(snapshot).is_some() {
            call_screen(ui, snapshot, state, moment, Place::Pane)
        } else if state.tab == Tab::Keypad {
            scrolled(ui, "second pane", |ui| {
                history::view(ui, snapshot, &mut state.history, moment)
            })
        } else {
            keypad::view(ui, snapshot, &mut state.keypad)
        });
    });
    actions
}

/// Whether the meters of a call are on screen, in a window of this width.
pub fn shows_meters(snapshot: &Snapshot, state: &State, width: f32) -> bool {
    let shown = if width >= size::WIDE {
        current_call(snapshot)
    } else {
        state.shown_call(snapshot)
    };
    !state.shows_setup(snapshot) && shown.is_some_and(|call| call.media.is_some())
}

/// What the chosen tab holds, under the banners. What asks for an answer stands above it all, where
/// no scrolling hides it.
fn tab(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let mut actions = asking(ui, snapshot, state);
    if let Some(done) = state
        .people
        .news
        .as_ref()
        .filter(|_| state.tab == Tab::People)
    {
        column(ui, |ui| {
            actions.extend(people::news(ui, done));
            ui.add_space(size::GAP / 2.0);
        });
    }
    actions.extend(tab_contents(ui, snapshot, state, moment));
    actions
}

/// Calls that ring, and calls whose other side wants to connect the user to somebody else.
fn asking(ui: &mut Ui, snapshot: &Snapshot, state: &mut State) -> Vec<Action> {
    let asks = |call| rings_here(call) || transfer::asks(call);
    if !snapshot.calls.iter().any(asks) {
        return vec![];
    }
    column(ui, |ui| {
        ui.spacing_mut().item_spacing.y = size::GAP / 2.0;
        let mut actions = incoming::cards(ui, snapshot, &mut state.incoming);
        actions.extend(transfer::requests(ui, snapshot));
        ui.add_space(size::GAP / 2.0);
        actions
    })
}

fn tab_contents(
    ui: &mut Ui,
    snapshot: &Snapshot,
    state: &mut State,
    moment: &Moment,
) -> Vec<Action> {
    if state.tab == Tab::Keypad {
        let mut actions = column(ui, |ui| {
            let mut actions = banners::view(ui, snapshot, state, moment);
            actions.extend(accounts::switcher(ui, snapshot));
            actions
        });
        actions.extend(keypad::view(ui, snapshot, &mut state.keypad));
        return actions;
    }
    // Each tab stays where it was scrolled to.
    scrolled(ui, &format!("first pane, {:?}", state.tab), |ui| {
        let mut actions = banners::view(ui, snapshot, state, moment);
        if state.tab != Tab::People {
            actions.extend(accounts::switcher(ui, snapshot));
        }
        actions.extend(match state.tab {
            Tab::Home => home::view(ui, snapshot, state, moment),
            Tab::People => people::view(ui, snapshot, state, moment),
            Tab::Settings | Tab::Keypad => settings::view(ui, snapshot, state, moment),
        });
        actions
    })
}

fn call_screen(
    ui: &mut Ui,
    snapshot: &Snapshot,
    state: &mut State,
    moment: &Moment,
    place: Place,
) -> Vec<Action> {
    let mut actions = Vec::new();
    if place == Place::Screen {
        actions.extend(asking(ui, snapshot, state));
        actions.extend(news(ui, snapshot, state));
    }
    if let Some(shown) = current_call(snapshot) {
        actions.extend(call::view(
            ui,
            snapshot,
            shown,
            &mut state.call,
            moment,
            place,
        ));
    }
    actions
}

/// What the tabs say above everything is said above a call as well.
fn news(ui: &mut Ui, snapshot: &Snapshot, state: &State) -> Vec<Action> {
    if state.notice.is_none() {
        return vec![];
    }
    column(ui, |ui| {
        let actions = banners::news(ui, snapshot, state.notice.as_deref());
        ui.add_space(size::GAP / 2.0);
        actions
    })
}

/// A column that scrolls when it is too long for the window.
fn scrolled(ui: &mut Ui, id: &str, contents: impl FnOnce(&mut Ui) -> Vec<Action>) -> Vec<Action> {
    ScrollArea::vertical()
        .id_salt(id)
        .auto_shrink(false)
        .show(ui, |ui| {
            column(ui, |ui| {
                ui.spacing_mut().item_spacing.y = size::GAP;
                let actions = contents(ui);
                ui.add_space(size::GAP / 2.0);
                actions
            })
        })
        .inner
}

/// The way back from a page that lies over the rest; true when it was pressed.
fn back(ui: &mut Ui) -> bool {
    let corner = ui.max_rect().min + vec2(size::EDGE - 8.0, 12.0);
    let place = Rect::from_min_size(corner, Vec2::splat(BACK));
    within(ui, place, "back", |ui| {
        round(ui, icons::CHEVRON_LEFT, text::back(), BACK, Look::Bare).clicked()
    })
}

/// The ground of panels that lie on the window's ground.
fn ground(ui: &Ui) -> Frame {
    Frame::new().fill(theme::tokens(ui).bg)
}

/// What the user is called: the display name, or the user part of the address.
fn account_name(account: &AccountSettings) -> &str {
    let address = bare_address(account);
    let user = address.split_once('@').map_or(address, |(user, _)| user);
    account.display_name.as_deref().unwrap_or(user)
}

/// Whether a change of the account leaves calls alone: without a connection it would sign in anew.
fn account_may_change(snapshot: &Snapshot) -> bool {
    snapshot.calls.is_empty() || snapshot.registration == RegistrationView::Registered
}

/// The address without its scheme.
fn bare_address(account: &AccountSettings) -> &str {
    let address = account.address.as_str();
    address.strip_prefix("sip:").unwrap_or(address)
}

const BACK: f32 = 36.0;
