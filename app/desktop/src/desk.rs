//! The phone on the desktop, with a window or without one: takes what happened, keeps the window's
//! state, and carries out what follows.
//!
//! It outlives the window, so that calls ring and notify while there is none.

use std::sync::Arc;

use hark_phone::{AccountId, Command, Event, Snapshot};
use hark_words::Language;

use crate::action::{Action, Effect};
use crate::diagnosis;
use crate::engine::Engine;
use crate::host::{DemoRequest, Host, Question, Report};
use crate::reduce::reduce;
use crate::standing::Standing;
use crate::state::{DemoState, State, Tab, TrayState};
use crate::status;
use crate::told::{self, Told};
use crate::views::Moment;

/// Everything but the window.
pub struct Desk {
    engine: Box<dyn Engine>,
    host: Box<dyn Host>,
    pub state: State,
    told: Told,
    /// What the tray was told last.
    standing: Option<Standing>,
    /// The language of the words since the last snapshot.
    spoken: Option<Language>,
    wish: Wish,
    /// Whether the engine has been told that its meters are seen.
    watches_meters: bool,
}

/// What the window shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wish {
    #[default]
    Nothing,
    /// Come up, in front where the desktop allows it.
    Raise,
    /// Go, and the program with it.
    Quit,
}

/// What becomes of the program when its window has been closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterWindow {
    /// It goes on, so that calls ring.
    Stay,
    End,
}

impl Desk {
    pub fn new(engine: Box<dyn Engine>, host: Box<dyn Host>, state: State) -> Self {
        Self {
            engine,
            host,
            state,
            told: Told::default(),
            standing: None,
            spoken: None,
            wish: Wish::Nothing,
            watches_meters: false,
        }
    }

    /// The newest snapshot of the engine, as the account shows it that the window looks through.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let snapshot = self.engine.snapshot();
        match self.chosen(&snapshot) {
            Some(chosen) => Arc::new(snapshot.seen_from(&chosen)),
            None => snapshot,
        }
    }

    /// The account that the window looks through, where that is not the first one.
    fn chosen(&self, snapshot: &Snapshot) -> Option<AccountId> {
        let chosen = self.state.chosen.as_ref()?;
        let mut others = snapshot.others.iter();
        others
            .any(|other| other.id == *chosen)
            .then(|| chosen.clone())
    }

    /// Does what a user, the engine or the desktop asked for.
    pub fn act(&mut self, action: Action) {
        let chosen = self.chosen(&self.engine.snapshot());
        let snapshot = self.snapshot();
        for effect in reduce(&mut self.state, &snapshot, action) {
            self.carry_out(effect.of(chosen.as_ref()));
        }
    }

    /// Takes everything that has happened since the last time.
    pub fn drain(&mut self) {
        while let Some(report) = self.host.poll() {
            match report {
                Report::Act(action) => self.act(action),
                Report::Engine(engine, then) => {
                    // The engine before this one hangs up and signs out by itself.
                    self.engine = engine;
                    self.watches_meters = false;
                    self.told = Told::default();
                    then.into_iter().for_each(|action| self.act(action));
                }
                Report::Ask(question, answer) => answer.give(self.told(question)),
            }
        }
        while let Some(event) = self.engine.poll_event() {
            if let Some(event) = self.of_interest(event) {
                self.act(Action::Happened(event));
            }
        }
        self.tell_news();
        self.answer_changes();
    }

    /// Says in the settings what has become of a change of them.
    fn answer_changes(&mut self) {
        let snapshot = self.snapshot();
        match self.state.tab {
            Tab::Settings => self.state.answers.follow(&snapshot),
            Tab::Home | Tab::Keypad | Tab::People => self.state.answers.forget(),
        }
    }

    /// What happens to the account that the window looks through is told as if there were no other.
    fn of_interest(&self, event: Event) -> Option<Event> {
        let chosen = self.chosen(&self.engine.snapshot());
        match (event, chosen) {
            (Event::Of(account, event), Some(chosen)) if account == chosen => Some(*event),
            (Event::Of(..), _)
            | (Event::Registration(_) | Event::MessageWaiting { .. }, Some(_)) => None,
            (event, _) => Some(event),
        }
    }

    fn told(&self, question: Question) -> String {
        let snapshot = self.engine.snapshot();
        match question {
            Question::Status => status::json(&snapshot),
            Question::Diagnosis => diagnosis::json(&snapshot, &Moment::now()),
        }
    }

    /// Whether the meters move where somebody can see them.
    pub fn watch_meters(&mut self, watch: bool) {
        // An engine that is busy is told in the next frame.
        if watch != self.watches_meters && self.engine.send(Command::WatchMeters { watch }).is_ok()
        {
            self.watches_meters = watch;
        }
    }

    /// What the window shall do, once.
    pub fn take_wish(&mut self) -> Wish {
        std::mem::take(&mut self.wish)
    }

    /// The window has been closed.
    pub fn window_closed(&mut self) -> AfterWindow {
        self.watch_meters(false);
        let snapshot = self.engine.snapshot();
        let after = after_window(&self.state, &snapshot);
        if after == AfterWindow::Stay && self.state.desktop.tray != TrayState::Shown {
            self.host.notify(told::background(&snapshot));
        }
        after
    }

    /// Hangs up, signs out, and waits for that.
    pub fn stop(&self) {
        self.engine.stop();
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send(command) => {
                if let Err(busy) = self.engine.send(*command) {
                    self.state.notice = Some(busy.to_string());
                }
            }
            Effect::Raise => self.wish = self.wish.max_with(Wish::Raise),
            Effect::Quit => self.wish = Wish::Quit,
            Effect::Notify(notification) => self.host.notify(notification),
            Effect::Withdraw(about) => self.host.withdraw(about),
            Effect::ShowFile(file) => self.host.show_file(file),
            Effect::ChooseFile(title) => self.host.choose_file(title),
            Effect::SetAutostart(autostart) => self.host.set_autostart(autostart),
            Effect::StartDemo => self.host.demo(DemoRequest::Start),
            Effect::LeaveDemo => self.host.demo(DemoRequest::Leave),
            Effect::DemoPlayOnPhone => self.host.demo(DemoRequest::PlayOnPhone),
            Effect::DemoCall => self.host.demo(DemoRequest::Call),
        }
    }

    fn speak(&mut self, language: Language) {
        if self.spoken == Some(language) {
            return;
        }
        // At first, what was recalled of earlier runs was said in the language of the computer.
        let before = self.spoken.replace(language);
        let before = before.unwrap_or_else(hark_words::language);
        hark_words::set_language(language);
        if before != language {
            self.state.say_anew();
            // An engine that is busy says it anew with whatever happens next.
            let _ = self.engine.send(Command::SayAnew);
        }
    }

    /// What is new for the notifications and the tray.
    fn tell_news(&mut self) {
        let snapshot = self.engine.snapshot();
        self.speak(snapshot.settings.language.on(self.state.desktop.language));
        for effect in self.told.news(&snapshot) {
            self.carry_out(effect);
        }
        let standing = Standing::of(&snapshot);
        if self.standing.as_ref() != Some(&standing) {
            self.host.stand(standing.clone());
            self.standing = Some(standing);
        }
    }
}

impl Wish {
    /// Who wants to quit does not want to see the window.
    fn max_with(self, other: Self) -> Self {
        match self {
            Self::Quit => Self::Quit,
            Self::Nothing | Self::Raise => other,
        }
    }
}

/// A phone that can be reached stays when its window is closed; a demo and a phone without an account
/// have nothing to wait for.
fn after_window(state: &State, snapshot: &Snapshot) -> AfterWindow {
    let demo = matches!(state.demo, DemoState::Starting | DemoState::Running);
    match state.quits || demo || snapshot.account.is_none() {
        true => AfterWindow::End,
        false => AfterWindow::Stay,
    }
}

#[cfg(test)]
mod tests {
    use hark_phone::AccountSettings;

    use super::*;

    #[test]
    fn a_phone_that_can_be_reached_stays_when_its_window_goes() {
        let with = |demo, quits| State {
            demo,
            quits,
            ..State::default()
        };
        let account = Snapshot {
            account: Some(AccountSettings::default()),
            ..Snapshot::default()
        };
        for (state, snapshot, expected) in [
            (with(DemoState::Off, false), &account, AfterWindow::Stay),
            (with(DemoState::Off, true), &account, AfterWindow::End),
            (with(DemoState::Running, false), &account, AfterWindow::End),
            (
                with(DemoState::Off, false),
                &Snapshot::default(),
                AfterWindow::End,
            ),
        ] {
            assert_eq!(after_window(&state, snapshot), expected, "{:?}", state.demo);
        }
    }
}
