//! The first screen, and later the way to change the account: the form, how far signing in has
//! come, what went wrong in plain words, and the built-in voicemail server.

use std::cmp::Ordering;

use egui::{CentralPanel, CornerRadius, Rect, ScrollArea, Sense, Ui, Vec2, accesskit::Live, vec2};
use hark_assets::icons;
use hark_phone::snapshot::{Cause, ConnectingStage, Problem};
use hark_phone::{RegistrationView, Snapshot, Transport};

use crate::action::Action;
use crate::state::{
    Answers, DemoState, FieldError, SetupHelp, SetupPurpose, SetupState, State,
    registration_problem, way_out,
};
use crate::text;
use crate::theme::{self, Text, size};
use crate::views::account_form;
use crate::views::account_media::KnownPassword;
use crate::views::setting::About;
use crate::views::{Moment, back, ground, profile, shown_certificate};
use crate::widgets::{
    Look, Tone, announce, banner, card, column, detail, disclosure, icon, link, paint_icon, pill,
    pill_icon, text as label, text_centered, text_wrapped,
};

pub fn view(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let frame = ground(ui);
    CentralPanel::default()
        .frame(frame)
        .show(ui, |ui| {
            let mut actions = dropped(ui);
            if state.setup.purpose != SetupPurpose::First {
                actions.extend(back(ui).then_some(Action::CloseSetup));
            }
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                column(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = size::GAP;
                    actions.extend(page(ui, snapshot, state, moment));
                });
            });
            actions
        })
        .inner
}

/// A file that is dropped into the form is the one that it asks for.
fn dropped(ui: &Ui) -> Vec<Action> {
    let first = ui.input(|input| input.raw.dropped_files.first().cloned());
    let chosen = first.map(|file| Action::AuthorityFileChosen(file.path().to_owned()));
    Vec::from_iter(chosen)
}

fn page(ui: &mut Ui, snapshot: &Snapshot, state: &mut State, moment: &Moment) -> Vec<Action> {
    let purpose = state.setup.purpose;
    head(ui, purpose);
    let mut actions = Vec::new();
    if let Some(notice) = &state.notice {
        problem(ui, notice, None);
    } else if !state.setup.waiting
        && purpose != SetupPurpose::Another
        && let Some(shown) = last_problem(&snapshot.registration, &state.setup.help)
    {
        let next = next_try(&snapshot.registration, moment);
        let cause = snapshot.diagnosis.cause;
        actions.extend(registration_banner(ui, shown, next.as_deref(), cause));
        shown_certificate::view(ui, &snapshot.diagnosis, moment);
    }
    card(ui, |ui| {
        actions.extend(form(ui, snapshot, &mut state.setup));
    });
    if purpose == SetupPurpose::First && !state.setup.waiting {
        actions.extend(profile::link(ui, &mut state.profile));
    }
    if purpose == SetupPurpose::First {
        actions.extend(demo(ui, &state.demo, state.setup.waiting));
    }
    ui.add_space(size::GAP / 2.0);
    actions
}

fn head(ui: &mut Ui, purpose: SetupPurpose) {
    let t = theme::tokens(ui);
    ui.spacing_mut().item_spacing.y = 4.0;
    let (title, line) = match purpose {
        SetupPurpose::First => (text::setup_title(), text::setup_line()),
        SetupPurpose::Change => (text::setup_change_title(), text::setup_change_line()),
        SetupPurpose::Another => (text::account_add(), text::setup_line()),
    };
    match purpose {
        SetupPurpose::First => {
            ui.add_space(28.0);
            sign(ui);
            ui.add_space(10.0);
        }
        SetupPurpose::Change | SetupPurpose::Another => ui.add_space(16.0),
    }
    text_centered(ui, title, Text::Title, t.text);
    text_centered(ui, line, Text::Body, t.muted);
    ui.add_space(8.0);
    ui.spacing_mut().item_spacing.y = size::GAP;
}

/// The picture of the program.
fn sign(ui: &mut Ui) {
    let t = theme::tokens(ui);
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), SIGN), Sense::hover());
    let square = Rect::from_center_size(line.center(), Vec2::splat(SIGN));
    ui.painter()
        .rect_filled(square, CornerRadius::same(16), t.accent);
    paint_icon(
        ui.painter(),
        square.center(),
        icons::VOICEMAIL,
        32.0,
        t.on_accent,
    );
}

fn form(ui: &mut Ui, snapshot: &Snapshot, setup: &mut SetupState) -> Vec<Action> {
    let waiting = setup.waiting;
    let turn = match snapshot.turn_password_known && setup.keeps_turn_password() {
        true => KnownPassword::Yes,
        false => KnownPassword::No,
    };
    // The form answers as a whole, when the phone is signed in.
    let answers = Answers::default();
    let about = About {
        locks: &snapshot.locks,
        answers: &answers,
    };
    let mut actions = ui
        .add_enabled_ui(!waiting, |ui| {
            account_form::fields(ui, setup, about, turn, snapshot.country.as_ref())
        })
        .inner;
    media_error(ui, setup);
    ui.add_space(2.0);
    let width = Some(ui.available_width());
    let words = match (waiting, only_saves(snapshot, setup)) {
        (true, _) => text::signing_in(),
        (false, true) => text::save_account(),
        (false, false) => text::sign_in(),
    };
    let pressed = ui
        .add_enabled_ui(!waiting, |ui| {
            pill(ui, words, width, Look::Accent).clicked()
        })
        .inner;
    if waiting {
        stages(ui, &snapshot.registration, setup.form.transport);
    }
    actions.extend(pressed.then_some(Action::SignIn));
    actions
}

/// Whether the user is signed in and stays so, with the password that is known.
fn only_saves(snapshot: &Snapshot, setup: &SetupState) -> bool {
    snapshot.registration == RegistrationView::Registered
        && setup.form.password.is_empty()
        && setup.keeps_password()
}

/// A field that may be out of sight is named where the button was pressed.
fn media_error(ui: &mut Ui, setup: &mut SetupState) {
    if setup.field_error != Some(FieldError::Media) {
        return;
    }
    if setup.form.media.can_be_used() {
        setup.field_error = None;
        return;
    }
    let t = theme::tokens(ui);
    let words = text::field_error(FieldError::Media);
    let line = text_wrapped(ui, words, Text::Small, t.danger);
    announce(ui, line.id, Live::Polite);
}

/// The way to being signed in: what is done, what is under way and what is to come.
fn stages(ui: &mut Ui, registration: &RegistrationView, transport: Transport) {
    let reached = match registration {
        RegistrationView::Connecting(ConnectingStage::CheckingCertificate) => 1,
        RegistrationView::Connecting(ConnectingStage::SigningIn) => 2,
        RegistrationView::Registered => 3,
        RegistrationView::Connecting(ConnectingStage::Connecting)
        | RegistrationView::SignedOut
        | RegistrationView::Failed(_)
        | RegistrationView::Lost { .. } => 0,
    };
    ui.add_space(4.0);
    let list = ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        for (index, words) in text::stages().into_iter().enumerate() {
            // Without TLS there is no certificate.
            if index != CERTIFICATE || transport == Transport::Tls {
                stage(ui, words, index.cmp(&reached));
            }
        }
    });
    announce(ui, list.response.id, Live::Polite);
}

fn stage(ui: &mut Ui, words: &str, order: Ordering) {
    let t = theme::tokens(ui);
    let (glyph, ink) = match order {
        Ordering::Less => (icons::CIRCLE_CHECK, t.ok),
        Ordering::Equal => (icons::ARROW_RIGHT, t.accent),
        Ordering::Greater => (icons::CIRCLE, t.muted),
    };
    ui.horizontal(|ui| {
        icon(ui, glyph, 15.0, ink);
        label(ui, words, Text::Caption, ink);
    });
}

/// What went wrong, also while the phone tries again.
fn last_problem<'a>(
    registration: &'a RegistrationView,
    help: &'a SetupHelp,
) -> Option<&'a Problem> {
    match registration {
        RegistrationView::Connecting(_) => help.problem.as_ref(),
        RegistrationView::SignedOut
        | RegistrationView::Registered
        | RegistrationView::Failed(_)
        | RegistrationView::Lost { .. } => registration_problem(registration),
    }
}

fn next_try(registration: &RegistrationView, moment: &Moment) -> Option<String> {
    match registration {
        RegistrationView::Lost { next_try, .. } => {
            let left = next_try.saturating_duration_since(moment.now);
            Some(text::next_try_short(left))
        }
        RegistrationView::SignedOut
        | RegistrationView::Connecting(_)
        | RegistrationView::Registered
        | RegistrationView::Failed(_) => None,
    }
}

/// What went wrong, and the way to the field in which it is mended.
fn registration_banner(
    ui: &mut Ui,
    shown: &Problem,
    next_try: Option<&str>,
    cause: Option<Cause>,
) -> Vec<Action> {
    let mut actions = Vec::new();
    let glyph = icons::CIRCLE_ALERT;
    let response = banner(ui, Tone::Danger, glyph, &shown.text, next_try, |ui| {
        ui.add_space(2.0);
        let field = cause.and_then(way_out);
        if let Some(field) = field
            && pill(ui, text::mend(field), None, Look::Raised).clicked()
        {
            actions.push(Action::Mend(field));
        }
        ui.horizontal_wrapped(|ui| {
            let why = link(ui, text::why()).clicked();
            actions.extend(why.then_some(Action::ShowDiagnosis));
            disclosure(ui, text::details(), &shown.detail)
        })
        .inner
        .then(|| detail(ui, &shown.detail));
    });
    announce(ui, response.id, Live::Polite);
    actions
}

fn problem(ui: &mut Ui, words: &str, line: Option<&str>) {
    let response = banner(ui, Tone::Danger, icons::CIRCLE_ALERT, words, line, |_| {});
    announce(ui, response.id, Live::Polite);
}

/// The way in without an account.
fn demo(ui: &mut Ui, demo: &DemoState, waiting: bool) -> Vec<Action> {
    let t = theme::tokens(ui);
    let (words, enabled) = match demo {
        DemoState::Unavailable | DemoState::Running => return vec![],
        DemoState::Off | DemoState::Failed(_) => (text::try_demo(), !waiting),
        DemoState::Starting => (text::demo_starting(), false),
    };
    let mut actions = Vec::new();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        let width = Some(ui.available_width());
        ui.add_enabled_ui(enabled, |ui| {
            let glyph = icons::FLASK_CONICAL;
            if pill_icon(ui, glyph, words, width, Look::Raised).clicked() {
                actions.push(Action::StartDemo);
            }
        });
        text_centered(ui, text::try_demo_line(), Text::Small, t.muted);
        if let DemoState::Failed(reason) = demo {
            problem(ui, text::demo_failed(), Some(reason));
        }
    });
    actions
}

/// The stage in [`text::stages()`] that only TLS has.
const CERTIFICATE: usize = 1;
const SIGN: f32 = 60.0;
