//! Who is signed in, and the presence pill.

use egui::{Align, Panel, Rect, Ui, Vec2, pos2, vec2};
use hark_phone::{AccountSettings, RegistrationView, Snapshot};

use crate::action::Action;
use crate::theme::{self, Text, size};
use crate::views::{ground, presence};
use crate::widgets::{Face, avatar, text_in, within};
use crate::{text, views};

pub fn view(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let frame = ground(ui);
    Panel::top("header")
        .exact_size(size::HEADER)
        .show_separator_line(false)
        .frame(frame)
        .show(ui, |ui| {
            let mut rect = ui.max_rect().shrink2(vec2(size::EDGE, 0.0));
            rect.set_bottom(rect.bottom() - BELOW);
            let actions = presence::pill(ui, rect, snapshot);
            let right = rect.right() - presence::PILL_ROOM;
            if let Some(account) = &snapshot.account {
                let rect = Rect::from_min_max(rect.min, pos2(right, rect.bottom()));
                who(ui, rect, account, snapshot);
            }
            actions
        })
        .inner
}

fn who(ui: &mut Ui, rect: Rect, account: &AccountSettings, snapshot: &Snapshot) {
    let t = theme::tokens(ui);
    let name = views::account_name(account);
    let circle = Rect::from_center_size(
        pos2(rect.left() + AVATAR / 2.0, rect.center().y),
        Vec2::splat(AVATAR),
    );
    within(ui, circle, "avatar", |ui| {
        avatar(ui, Face::Person(name), AVATAR);
    });
    let left = circle.right() + 9.0;
    let middle = rect.center().y;
    let upper = Rect::from_min_max(pos2(left, middle - 20.0), pos2(rect.right(), middle));
    let lower = Rect::from_min_max(pos2(left, middle), pos2(rect.right(), middle + 18.0));
    text_in(ui, upper, Align::Min, name, Text::Strong, t.text);
    let line = match snapshot.registration {
        RegistrationView::Connecting(_) => text::connecting(),
        RegistrationView::SignedOut
        | RegistrationView::Registered
        | RegistrationView::Failed(_)
        | RegistrationView::Lost { .. } => views::bare_address(account),
    };
    text_in(ui, lower, Align::Min, line, Text::Small, t.muted);
}

/// What the header leaves free under its line.
const BELOW: f32 = 4.0;
const AVATAR: f32 = 38.0;
