//! Contacts: the favourites, all of them to be looked through, and the page of one.

use egui::{
    Align, CursorIcon, Layout, Rect, Response, Sense, Ui, Vec2, WidgetInfo, accesskit::Role, pos2,
    vec2,
};
use hark_assets::icons;
use hark_phone::{Contact, ContactOrigin, Favourite, Snapshot, people as address_book};

use crate::action::{Action, PeopleAction};
use crate::state::{ContactPage, PeopleState};
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::history::nothing;
use crate::views::long_list::{self, Block};
use crate::views::people::people;
use crate::widgets::{
    Face, Look, avatar, card, divider, focus_ring, link, list_card, pill_icon, round, search,
    text as label, text_centered, text_in, text_wrapped, within,
};

pub fn list(ui: &mut Ui, snapshot: &Snapshot, state: &mut PeopleState) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.horizontal(|ui| {
        let room = ui.available_width() - ADD - 8.0;
        ui.scope(|ui| {
            ui.set_width(room);
            search(ui, text::search_contacts(), &mut state.search);
        });
        let name = text::new_contact();
        if round(ui, icons::PLUS, name, ADD, Look::Accent).clicked() {
            actions.push(people(PeopleAction::Turn(ContactPage::Form)));
        }
    });
    if state.search.trim().is_empty() {
        actions.extend(favourites(ui, snapshot));
    }
    let found: Vec<&Contact> = address_book::matching(&snapshot.contacts, &state.search).collect();
    if found.is_empty() {
        let (glyph, words) = match snapshot.contacts.is_empty() {
            true => (icons::USERS, text::no_contacts()),
            false => (icons::SEARCH, text::nothing_found()),
        };
        card(ui, |ui| nothing(ui, glyph, words));
    } else {
        let block = || Block {
            heading: String::new(),
            rows: found.len(),
        };
        long_list::show(ui, std::iter::once_with(block), |ui, index| {
            actions.extend(found.get(index).and_then(|contact| row(ui, contact)));
        });
    }
    if link(ui, text::import_export()).clicked() {
        actions.push(people(PeopleAction::Turn(ContactPage::Files)));
    }
    actions
}

/// Those whom one press calls; nothing where there are none.
pub fn favourites(ui: &mut Ui, snapshot: &Snapshot) -> Vec<Action> {
    let is_favourite = |contact: &&Contact| contact.card.favourite;
    let all: Vec<_> = snapshot.contacts.iter().filter(is_favourite).collect();
    if all.is_empty() {
        return vec![];
    }
    let t = theme::tokens(ui);
    let mut actions = Vec::new();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 8.0);
        label(ui, text::favourites(), Text::Strong, t.muted);
        card(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(0.0, 8.0);
                for contact in all {
                    let pressed = favourite(ui, contact).clicked();
                    actions.extend(call(contact).filter(|_| pressed));
                }
            });
        });
    });
    actions
}

/// A round picture with the name below it, which is a button.
fn favourite(ui: &mut Ui, contact: &Contact) -> Response {
    let t = theme::tokens(ui);
    let name = contact.card.name.as_str();
    let columns = (ui.max_rect().width() / FAVOURITE.x).floor().max(1.0);
    let width = (ui.max_rect().width() / columns).floor();
    let (rect, response) = ui.allocate_exact_size(vec2(width, FAVOURITE.y), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::call_person(name)));
    let center = pos2(rect.center().x, rect.top() + 4.0 + FACE / 2.0);
    let circle = Rect::from_center_size(center, Vec2::splat(FACE));
    within(ui, circle, ("face", contact.id), |ui| {
        avatar(ui, Face::Person(name), FACE);
    });
    let below = Rect::from_min_max(pos2(rect.left() + 2.0, circle.bottom() + 4.0), rect.max);
    let first = name.split_whitespace().next().unwrap_or(name);
    text_in(ui, below, Align::Center, first, Text::Caption, t.text);
    focus_ring(ui, circle, FACE / 2.0, &response);
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn row(ui: &mut Ui, contact: &Contact) -> Option<Action> {
    let t = theme::tokens(ui);
    let rect = ui.max_rect();
    let name = contact.card.name.as_str();
    let middle = rect.center().y;
    let (left, right) = (rect.left() + FACE_SMALL + 12.0, rect.right() - 46.0 - STAR);
    let open = rect.with_max_x(right);
    let response = ui.interact(
        open,
        ui.scope_id().with(("open", contact.id)),
        Sense::click(),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::show_contact(name)));
    let circle = pos2(rect.left() + FACE_SMALL / 2.0, middle);
    let circle = Rect::from_center_size(circle, Vec2::splat(FACE_SMALL));
    within(ui, circle, ("face", contact.id), |ui| {
        avatar(ui, Face::Person(name), FACE_SMALL);
    });
    let upper = Rect::from_min_max(pos2(left, middle - 21.0), pos2(right, middle));
    let lower = Rect::from_min_max(pos2(left, middle), pos2(right, middle + 19.0));
    text_in(ui, upper, Align::Min, name, Text::Strong, t.text);
    let address = contact.first_address().unwrap_or_default();
    text_in(ui, lower, Align::Min, address, Text::Small, t.muted);
    focus_ring(ui, open.shrink2(vec2(0.0, 4.0)), 8.0, &response);
    let opened = response.on_hover_cursor(CursorIcon::PointingHand).clicked();
    let starred = star(ui, pos2(rect.right() - 46.0 - STAR / 2.0, middle), contact);
    let place = pos2(rect.right() - CALL / 2.0, middle);
    let place = Rect::from_center_size(place, Vec2::splat(CALL));
    let called = within(ui, place, ("call", contact.id), |ui| {
        round(ui, icons::PHONE, &text::call_person(name), CALL, Look::Soft).clicked()
    });
    if opened {
        return Some(people(PeopleAction::Turn(ContactPage::Contact(contact.id))));
    }
    starred.or_else(|| call(contact).filter(|_| called))
}

/// The switch between a favourite and anybody else: a favourite's star lies on a ground of its own.
fn star(ui: &mut Ui, center: egui::Pos2, contact: &Contact) -> Option<Action> {
    let place = Rect::from_center_size(center, Vec2::splat(STAR));
    within(ui, place, ("star", contact.id), |ui| {
        star_button(ui, contact)
    })
}

fn star_button(ui: &mut Ui, contact: &Contact) -> Option<Action> {
    let name = contact.card.name.as_str();
    let (words, look, after) = match contact.card.favourite {
        true => (text::not_favourite(name), Look::Soft, Favourite::No),
        false => (text::make_favourite(name), Look::Bare, Favourite::Yes),
    };
    let pressed = round(ui, icons::STAR, &words, STAR, look).clicked();
    pressed.then(|| people(PeopleAction::Star(contact.id, after)))
}

/// All that is known of one contact.
pub fn page(ui: &mut Ui, snapshot: &Snapshot, id: i64) -> Vec<Action> {
    let mut actions = back(ui);
    let Some(contact) = snapshot.contacts.iter().find(|contact| contact.id == id) else {
        // It has been removed elsewhere.
        actions.push(people(PeopleAction::Turn(ContactPage::List)));
        return actions;
    };
    let t = theme::tokens(ui);
    card(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 10.0;
        ui.vertical_centered(|ui| avatar(ui, Face::Person(&contact.card.name), 72.0));
        text_centered(ui, contact.card.name.as_str(), Text::Title, t.text);
        ui.vertical_centered(|ui| actions.extend(star_button(ui, contact)));
    });
    list_card(ui, |ui| {
        for (index, entry) in contact.card.addresses.iter().enumerate() {
            if index > 0 {
                divider(ui);
            }
            actions.extend(address(ui, index, entry));
        }
    });
    match contact.origin {
        ContactOrigin::Here => actions.extend(change(ui, contact)),
        ContactOrigin::AddressBook => {
            text_wrapped(ui, text::from_address_book(), Text::Small, t.muted);
        }
    }
    actions
}

fn address(ui: &mut Ui, index: usize, entry: &hark_phone::ContactAddress) -> Option<Action> {
    let t = theme::tokens(ui);
    let size = vec2(ui.available_width(), size::ROW_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let (middle, right) = (rect.center().y, rect.right() - 46.0);
    let upper = Rect::from_min_max(pos2(rect.left(), middle - 21.0), pos2(right, middle));
    let lower = Rect::from_min_max(pos2(rect.left(), middle), pos2(right, middle + 19.0));
    let text = entry.address.as_str();
    text_in(ui, upper, Align::Min, text, Text::Strong, t.text);
    let kind = text::address_label(entry.label);
    text_in(ui, lower, Align::Min, kind, Text::Small, t.muted);
    let place = pos2(rect.right() - CALL / 2.0, middle);
    let place = Rect::from_center_size(place, Vec2::splat(CALL));
    let pressed = within(ui, place, ("call", index), |ui| {
        round(ui, icons::PHONE, &text::call_address(text), CALL, Look::Ok).clicked()
    });
    pressed.then(|| Action::CallBack(text.to_owned()))
}

fn change(ui: &mut Ui, contact: &Contact) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.horizontal(|ui| {
        let edit = pill_icon(ui, icons::PENCIL, text::edit_contact(), None, Look::Raised);
        if edit.clicked() {
            actions.push(people(PeopleAction::Change(contact.id)));
        }
        let remove = pill_icon(
            ui,
            icons::TRASH_2,
            text::remove_contact(),
            None,
            Look::Raised,
        );
        if remove.clicked() {
            actions.push(people(PeopleAction::RemoveContact {
                id: contact.id,
                name: contact.card.name.clone(),
            }));
        }
    });
    actions
}

/// The way back to the list.
pub fn back(ui: &mut Ui) -> Vec<Action> {
    let left = Layout::left_to_right(Align::Center);
    let words = text::back_to_contacts();
    let pressed = ui.with_layout(left, |ui| {
        pill_icon(ui, icons::CHEVRON_LEFT, words, None, Look::Bare).clicked()
    });
    Vec::from_iter(
        pressed
            .inner
            .then_some(people(PeopleAction::Turn(ContactPage::List))),
    )
}

fn call(contact: &Contact) -> Option<Action> {
    let address = contact.first_address()?;
    Some(Action::CallBack(address.to_owned()))
}

const ADD: f32 = 36.0;
const CALL: f32 = 38.0;
const STAR: f32 = 34.0;
const FACE: f32 = 46.0;
const FACE_SMALL: f32 = 36.0;
/// The least room of one favourite.
const FAVOURITE: Vec2 = vec2(72.0, 74.0);
