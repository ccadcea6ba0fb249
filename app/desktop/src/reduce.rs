//! The one place where the window's state changes: an action in, effects out, no egui, no clock.

use hark_phone::event::TraceExport;
use hark_phone::{AccountId, Command, Event, RegistrationView, Snapshot};

use crate::action::{Action, Effect, Muted, Recorded};
use crate::state::{
    DemoState, DiagnosisPage, LookedInto, PeopleNews, SavedTrace, State, Tab, current_call,
};
use crate::text;

mod address_book;
mod calls;
mod people;
mod profile;
mod recording;
mod settings;
mod setup;

/// Changes `state` and says what has to be done outside.
pub fn reduce(state: &mut State, snapshot: &Snapshot, action: Action) -> Vec<Effect> {
    match action {
        Action::Show(tab) => show(state, snapshot, tab),
        Action::OpenSetup(account) => setup::open(state, *account),
        Action::AddAccount => setup::add(state),
        Action::ChooseAccount(account) => setup::choose(state, account),
        Action::UseAccount(account) => send(Command::UseAccount(account)),
        Action::CloseSetup => setup::close(state),
        Action::SignIn => setup::sign_in(state),
        Action::Mend(field) => setup::mend(state, snapshot, field),
        Action::LookIntoAuthorities => setup::look_into_authorities(state),
        Action::ChooseAuthorityFile => vec![Effect::ChooseFile(text::choose_ca_file_title())],
        Action::AuthorityFileChosen(file) => setup::authority_file_chosen(state, &file),
        Action::NoFileChooser => {
            state.setup.help.no_chooser = true;
            vec![]
        }
        Action::By(account, action) => by(state, snapshot, &account, *action),
        Action::CallVoicemail => calls::start(state, Command::CallVoicemail),
        Action::Dial => calls::dial(state, snapshot),
        Action::CallBack(to) => calls::start(state, Command::Dial { to }),
        Action::CallSuggested(to) => {
            state.keypad.typed.clear();
            calls::start(state, Command::Dial { to })
        }
        Action::TypeDigit(digit) => type_digit(state, snapshot, digit),
        Action::EraseDigit => {
            state.keypad.typed.pop();
            vec![]
        }
        Action::Answer(call) => calls::answer(state, call),
        Action::Decline(call) => send(Command::Decline { call }),
        Action::AskWhereTo(call) => calls::ask_where_to(state, call),
        Action::KeepRinging => {
            state.incoming.sending_on = None;
            vec![]
        }
        Action::SendOn => calls::send_on(state, snapshot),
        Action::HangUp(call) => send(Command::HangUp { call }),
        Action::SendDigit(call, digit) => calls::send_digit(state, call, digit),
        Action::SetMuted(call, muted) => send(Command::SetMuted {
            call,
            muted: muted == Muted::Yes,
        }),
        Action::SetHeld(call, held) => calls::set_held(state, snapshot, call, held),
        Action::SetRecorded(call, recorded) => send(Command::SetRecorded {
            call,
            recorded: recorded == Recorded::Yes,
        }),
        Action::DismissRecording => {
            state.recording = None;
            vec![]
        }
        Action::ShowFile(file) => vec![Effect::ShowFile(file)],
        Action::NoFileManager(file) => {
            state.notice = Some(text::no_file_manager(&file));
            vec![]
        }
        Action::CopyRecording(file) => recording::copy(file),
        Action::EnterRecordingsFolder => recording::enter_folder(state, snapshot),
        Action::Continue(call) => send(Command::Continue { call }),
        Action::Transfer(call) => calls::transfer(state, snapshot, call),
        Action::Connect(call, to_call) => {
            state.call.panel = None;
            send(Command::TransferToCall { call, to_call })
        }
        Action::FollowTransfer(call) => send(Command::FollowTransfer { call }),
        Action::RefuseTransfer(call) => send(Command::RefuseTransfer { call }),
        Action::TogglePanel(panel) => calls::toggle(state, panel),
        Action::HideCall => {
            state.call.hidden = true;
            vec![]
        }
        Action::ShowCall => {
            state.call.hidden = false;
            vec![]
        }
        Action::SetPresence(presence) => send(Command::SetPresence(presence)),
        Action::ResetPresence => send(Command::ResetPresence),
        Action::UserIs(user) => send(Command::UserIs(user)),
        Action::RetryNow => send(Command::RetryNow),
        Action::DismissNotice => {
            state.notice = None;
            vec![]
        }
        Action::People(action) => people::reduce(state, snapshot, action),
        Action::ClearHistory => clear_history(state),
        Action::KeepHistory => {
            state.history.clear_asked = false;
            vec![]
        }
        Action::SetAudio(audio) => send(Command::SetAudio(audio)),
        Action::PlayTestTone(tone) => send(Command::PlayTestTone(tone)),
        Action::StartEchoTest => send(Command::StartEchoTest),
        Action::StopEchoTest => send(Command::StopEchoTest),
        Action::SetRingRules(rules) => send(Command::SetRingRules(rules)),
        Action::EnterRules => settings::enter_rules(state, snapshot),
        Action::Block => settings::block(state, snapshot),
        Action::ToggleMicrophoneCheck => {
            let watch = !state.settings.microphone_check;
            settings::watch_microphone(state, watch)
        }
        Action::SetPreferences(settings) => send(Command::SetPreferences(settings)),
        Action::AddressBook(action) => address_book::reduce(state, snapshot, action),
        Action::SaveSettings(name) => profile::save(state, &name),
        Action::LoadSettings(from) => profile::look(state, from),
        Action::TakeSettings => profile::take(state),
        Action::LeaveSettings => {
            state.profile.reading = None;
            vec![]
        }
        Action::ReadSettings { from, manner, then } => {
            send(Command::ReadSettings { from, manner, then })
        }
        Action::ChangeAccount(account) => settings::change_account(*account),
        Action::KeepPin => settings::keep_pin(state),
        Action::ForgetPin => send(Command::SetPin(None)),
        Action::ShowDiagnosis => {
            state.diagnosis.open = true;
            vec![]
        }
        Action::ClearFailures => send(Command::ClearFailures),
        Action::HideDiagnosis => {
            state.diagnosis = DiagnosisPage::default();
            vec![]
        }
        Action::SaveReport(report) => settings::save_report(state, report),
        Action::SaveTrace(name) => settings::save_trace(state, &name),
        Action::SignOut => setup::sign_out(state),
        Action::StaySignedIn => {
            state.settings.sign_out_asked = false;
            vec![]
        }
        Action::StartDemo => setup::start_demo(state),
        Action::LeaveDemo => setup::leave_demo(state),
        Action::DemoStarted => setup::demo_started(state),
        Action::DemoFailed(reason) => {
            state.demo = DemoState::Failed(reason);
            vec![]
        }
        Action::DemoPlayOnPhone => vec![Effect::DemoPlayOnPhone],
        Action::DemoCall => vec![Effect::DemoCall],
        Action::Happened(event) => happened(state, snapshot, event),
        Action::DesktopPrefers(preference) => {
            state.desktop.prefer(preference);
            vec![]
        }
        Action::ToggleHelp => {
            state.help = !state.help;
            vec![]
        }
        Action::Raise => vec![Effect::Raise],
        Action::Call(to) => from_outside(calls::start(state, Command::Dial { to })),
        Action::PutOnKeypad(number) => put_on_keypad(state, snapshot, number),
        Action::HangUpCurrent => hang_up_current(snapshot),
        Action::WhenSignedIn(action) => when_signed_in(state, snapshot, action),
        Action::Tray(tray) => {
            state.desktop.tray = tray;
            vec![]
        }
        Action::SetAutostart(autostart) => vec![Effect::SetAutostart(autostart)],
        Action::AutostartIs(autostart) => settings::autostart_is(state, autostart),
        Action::Quit => {
            state.quits = true;
            vec![Effect::Quit]
        }
        Action::NoNotifications(reason) => {
            state.desktop.no_notifications = Some(reason);
            vec![]
        }
    }
}

/// As if the window looked through another account.
fn by(state: &mut State, snapshot: &Snapshot, account: &AccountId, action: Action) -> Vec<Effect> {
    if !snapshot.others.iter().any(|other| other.id == *account) {
        return reduce(state, snapshot, action);
    }
    let effects = reduce(state, &snapshot.seen_from(account), action);
    effects
        .into_iter()
        .map(|effect| effect.of(Some(account)))
        .collect()
}

fn send(command: Command) -> Vec<Effect> {
    vec![Effect::Send(Box::new(command))]
}

fn show(state: &mut State, snapshot: &Snapshot, tab: Tab) -> Vec<Effect> {
    // A press on a tab leaves the field that was typed in, which is not drawn again to notice it.
    let mut effects = match state.tab {
        Tab::Settings => {
            let mut effects = settings::enter_rules(state, snapshot);
            effects.extend(recording::enter_folder(state, snapshot));
            effects
        }
        Tab::Home | Tab::Keypad | Tab::People => vec![],
    };
    state.diagnosis = DiagnosisPage::default();
    // A question that the user walks away from is answered with no.
    state.history.clear_asked = false;
    state.people.news = None;
    state.settings.sign_out_asked = false;
    state.settings.address_book.off_asked = false;
    state.tab = tab;
    state.keypad.wants_focus = tab == Tab::Keypad;
    effects.extend(match tab {
        Tab::Settings => vec![],
        Tab::Home | Tab::Keypad | Tab::People => settings::end_tests(state, snapshot),
    });
    if tab == Tab::People {
        effects.push(Effect::Send(Box::new(Command::MarkHistorySeen)));
    }
    effects
}

fn type_digit(state: &mut State, snapshot: &Snapshot, digit: char) -> Vec<Effect> {
    state.keypad.typed.push(digit);
    if state.tab == Tab::Keypad {
        return vec![];
    }
    show(state, snapshot, Tab::Keypad)
}

/// What comes from outside the window shows in it.
fn from_outside(mut effects: Vec<Effect>) -> Vec<Effect> {
    effects.push(Effect::Raise);
    effects
}

fn put_on_keypad(state: &mut State, snapshot: &Snapshot, number: String) -> Vec<Effect> {
    state.keypad.typed = number;
    from_outside(show(state, snapshot, Tab::Keypad))
}

/// The call on the screen, or else the first one that rings.
fn hang_up_current(snapshot: &Snapshot) -> Vec<Effect> {
    match (current_call(snapshot), snapshot.calls.first()) {
        (Some(call), _) => send(Command::HangUp { call: call.id }),
        (None, Some(ringing)) => send(Command::Decline { call: ringing.id }),
        (None, None) => vec![],
    }
}

fn when_signed_in(state: &mut State, snapshot: &Snapshot, action: Box<Action>) -> Vec<Effect> {
    if snapshot.registration == RegistrationView::Registered {
        return reduce(state, snapshot, *action);
    }
    state.when_signed_in = Some(action);
    vec![Effect::Raise]
}

fn registration_changed(
    state: &mut State,
    snapshot: &Snapshot,
    view: &RegistrationView,
) -> Vec<Effect> {
    let mut effects = setup::registration_changed(state, snapshot, view);
    if *view == RegistrationView::Registered
        && let Some(action) = state.when_signed_in.take()
    {
        effects.extend(reduce(state, snapshot, *action));
    }
    effects
}

fn clear_history(state: &mut State) -> Vec<Effect> {
    if !std::mem::replace(&mut state.history.clear_asked, true) {
        return vec![];
    }
    state.history.clear_asked = false;
    send(Command::ClearHistory)
}

fn happened(state: &mut State, snapshot: &Snapshot, event: Event) -> Vec<Effect> {
    match event {
        Event::Registration(view) => registration_changed(state, snapshot, &view),
        Event::Incoming {
            call, kind, from, ..
        } => calls::rings(snapshot, call, kind, from),
        Event::Call {
            call,
            state: call_state,
            reason,
            ..
        } => calls::changed(state, snapshot, call, call_state, reason),
        Event::Error { text } => {
            state.setup.waiting = false;
            if !profile::failed(state, &text) {
                state.notice = Some(text);
            }
            vec![]
        }
        Event::Notice { text } => {
            state.notice = Some(text);
            vec![]
        }
        Event::Trace(TraceExport::File { messages, path }) => {
            state.settings.trace = Some(SavedTrace { messages, path });
            vec![]
        }
        Event::Authorities { file, content } => {
            state.setup.help.authorities = Some(LookedInto { file, content });
            vec![]
        }
        Event::ReportSaved { file } => {
            state.diagnosis.saved = Some(file);
            vec![]
        }
        Event::SettingsExported { file } => {
            state.profile.saved = Some(file);
            vec![]
        }
        Event::SettingsRead(reading) => profile::read(state, snapshot, reading),
        Event::Recording { state: how, .. } => recording::changed(state, how),
        Event::RecordingOpened { file, whole } => recording::copied(state, file, whole),
        // The user is asked, and may be looking elsewhere.
        Event::TransferRequested { .. } => vec![Effect::Raise],
        Event::ContactsImported {
            added,
            changed,
            skipped,
            file: _,
        } => people::imported(
            state,
            PeopleNews::Imported {
                added,
                changed,
                skipped,
            },
        ),
        Event::ContactsExported { file, contacts } => {
            people::imported(state, PeopleNews::Exported { file, contacts })
        }
        // The snapshot shows all of these; text is for those who asked for it.
        Event::Media { .. }
        | Event::Hold { .. }
        | Event::Transfer { .. }
        | Event::WaitsForPress { .. }
        | Event::SoundTrouble { .. }
        | Event::Quality { .. }
        | Event::History(_)
        | Event::AddressBook(_)
        | Event::Trace(TraceExport::Text { .. })
        | Event::MessageWaiting { .. }
        | Event::EchoTest { .. }
        | Event::Accounts(_)
        // The desk has taken what concerns the account that the window looks through out of it.
        | Event::Of(..)
        | Event::Status
        | Event::Diagnosis
        | Event::Stopped => vec![],
    }
}

#[cfg(test)]
mod tests;
