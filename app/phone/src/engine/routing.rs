//! Where each command and each report goes: the closed enums of what comes in, and nothing else.

use hark_sip::CallEvent;

use super::Engine;
use crate::command::{Command, Then};
use crate::event::Event;
use crate::media::{MediaReport, Order, Pace};
use crate::snapshot::{AccountId, CallId};
use crate::store::ArchiveJob;

impl Engine {
    /// What is said of no account is said of the first one.
    pub(super) fn obey(&mut self, command: Command) {
        let first = self.lines.first().map(|line| line.id.clone());
        self.obey_for(first, command);
    }

    fn obey_for(&mut self, account: Option<AccountId>, command: Command) {
        match command {
            Command::For(account, command) => match self.lines.get(&account) {
                Some(_) => self.obey_for(Some(account), *command),
                None => self.complain(crate::words::no_such_account(&account)),
            },
            Command::CallVoicemail => self.call_voicemail(account),
            Command::Dial { to } => self.dial(account, &to),
            Command::Answer { call } => self.answer(call),
            Command::Decline { call } => self.decline(call),
            Command::HangUp { call } => self.hang_up(call),
            Command::Deflect { call, to } => self.deflect_by_hand(call, &to),
            Command::SendDigits { call, digits } => self.send_digits(call, digits),
            Command::Continue { call } => self.continue_dialling(call),
            Command::SetMuted { call, muted } => self.set_muted(call, muted),
            Command::SetHeld { call, held } => self.set_held(call, held),
            Command::SetRecorded { call, recorded } => self.set_recorded(call, recorded),
            Command::OpenRecording { file, to } => self.open_recording(file, to),
            Command::Swap => self.swap(),
            Command::Transfer { call, to } => self.transfer(call, &to),
            Command::TransferToCall { call, to_call } => self.transfer_to_call(call, to_call),
            Command::FollowTransfer { call } => self.follow_transfer(call),
            Command::RefuseTransfer { call } => self.refuse_transfer(call),
            Command::SetPresence(presence) => self.set_presence(presence),
            Command::ResetPresence => self.reset_presence(),
            Command::SetAccount {
                account: settings,
                password,
                turn_password,
            } => self.set_account(account, settings, password, turn_password),
            Command::AddAccount {
                account: settings,
                password,
                turn_password,
            } => self.set_account(None, settings, password, turn_password),
            Command::TellAccounts => {
                let accounts = self.lines.views();
                self.face.tell(Event::Accounts(accounts));
            }
            Command::UseAccount(account) => self.use_account(&account),
            Command::UserIs(user) => self.set_user_away(user),
            Command::SetPin(pin) => self.set_pin_of(account, pin),
            Command::RemoveAccount => self.remove_account(account),
            Command::RetryNow => self.retry_now(account),
            Command::SetAudio(audio) => self.set_audio(audio),
            Command::SetRingRules(rules) => self.set_ring_rules(rules),
            Command::SetPreferences(settings) => self.set_preferences(settings),
            Command::SetAddressBook { settings, password } => {
                self.set_address_book(settings, password);
            }
            Command::UpdateAddressBook => self.update_address_book(),
            Command::ExportSettings { file } => self.export_settings(file),
            Command::ReadSettings { from, manner, then } => self.read_settings(from, manner, then),
            Command::TakeSettings { document, manner } => {
                self.weigh_settings(None, *document, manner, Then::Apply);
            }
            Command::PlayTestTone(tone) => self.play_test_tone(tone),
            Command::StartEchoTest => self.start_echo_test(),
            Command::StopEchoTest => self.media.order(Order::StopEchoTest),
            Command::WatchMicrophone { watch } => self.watch_microphone(watch),
            Command::TellQuality { call } => self.tell_quality(call),
            Command::WatchMeters { watch } => self.media.order(Order::Report {
                pace: if watch { Pace::Often } else { Pace::Seldom },
            }),
            Command::ExportTrace { file, naming } => self.export_trace(file, naming),
            Command::ListHistory(question) => self.keeper.archive(ArchiveJob::List(question)),
            Command::TellHistory(question) => self.keeper.archive(ArchiveJob::LookUp(question)),
            Command::RemoveFromHistory { call } => {
                self.keeper.archive(ArchiveJob::RemoveCall(call));
            }
            Command::RestoreToHistory => self.keeper.archive(ArchiveJob::RestoreCall),
            Command::ClearHistory => self.keeper.archive(ArchiveJob::ClearCalls),
            Command::MarkHistorySeen => self.keeper.archive(ArchiveJob::MarkCallsSeen),
            Command::ReadAuthorities { file } => self.read_authorities(file),
            Command::ClearFailures => self.clear_failures(),
            Command::SayAnew => self.say_anew(),
            Command::TellStatus => self.face.tell(Event::Status),
            Command::TellDiagnosis => self.face.tell(Event::Diagnosis),
            Command::SaveReport { file, text } => {
                let trace = self.trace.clone();
                self.keeper.write_report(file, text, trace);
            }
            Command::KeepContact { id, card } => self.keep_contact(id, card),
            Command::RemoveContact { id } => self.remove_contact(id),
            Command::RestoreContact => self.keeper.archive(ArchiveJob::RestoreContact),
            Command::SetFavourite { id, favourite } => {
                self.keeper.archive(ArchiveJob::SetFavourite(id, favourite));
            }
            Command::ImportContacts { file } => {
                self.keeper.archive(ArchiveJob::ImportContacts(file));
            }
            Command::ExportContacts {
                file,
                version,
                if_taken,
            } => {
                let job = ArchiveJob::ExportContacts(file, version, if_taken);
                self.keeper.archive(job);
            }
            Command::Quit => self.quit(),
        }
    }

    pub(super) fn on_sip(&mut self, account: &AccountId, event: hark_sip::Event) {
        use hark_sip::Event as Sip;
        match event {
            Sip::Registration(state) => self.on_registration(account, state),
            Sip::IncomingCall { call, facts, offer } => {
                self.on_incoming(account, call, &facts, offer);
            }
            Sip::Call(event) => self.on_call_event(account, event),
            Sip::Notified {
                package,
                content_type,
                body,
            } => self.on_notified(account, &package, &content_type, &body),
            // The snapshot shows when.
            Sip::Pong => {}
            Sip::Dropped(reason) => tracing::debug!(?reason, "a message was of no use"),
        }
    }

    fn on_call_event(&mut self, account: &AccountId, event: CallEvent) {
        match event {
            CallEvent::Progress {
                call, status, sdp, ..
            } => self.on_call(account, call, |it, id| it.on_progress(id, status, sdp)),
            CallEvent::Answered { call, sdp } => {
                self.on_call(account, call, |it, id| it.on_answered(id, sdp));
            }
            CallEvent::Offer { call, sdp } => {
                self.on_call(account, call, |it, id| it.on_offer(id, sdp));
            }
            CallEvent::Modified { call, sdp } => {
                self.on_call(account, call, |it, id| it.on_modified(id, sdp));
            }
            CallEvent::ModifyRefused { call, status } => {
                self.on_call(account, call, |it, id| it.on_modify_refused(id, status));
            }
            CallEvent::Ended { call, reason } => {
                self.on_call(account, call, |it, id| it.on_ended(id, &reason));
            }
            // A phone shows no digits of the other side.
            CallEvent::Digit { .. } => {}
            CallEvent::TransferRequested { call, target } => {
                self.on_call(account, call, |it, id| {
                    it.on_transfer_requested(id, &target)
                });
            }
            CallEvent::TransferProgress { call, progress } => {
                self.on_call(account, call, |it, id| {
                    it.on_transfer_progress(id, progress)
                });
            }
        }
    }

    /// Does something for a call, unless it is over.
    fn on_call(
        &mut self,
        account: &AccountId,
        call: hark_sip::CallId,
        what: impl FnOnce(&mut Self, CallId),
    ) {
        if let Some(id) = self.by_sip(account, call) {
            what(self, id);
        }
    }

    pub(super) fn on_media(&mut self, report: MediaReport) {
        match report {
            MediaReport::Described { call, purpose, sdp } => self.on_described(call, purpose, sdp),
            MediaReport::Failed {
                call,
                purpose,
                error,
            } => self.on_media_failed(call, purpose, &error),
            MediaReport::Agreed {
                call,
                in_use,
                held_by_peer,
            } => self.on_agreed(call, in_use, held_by_peer),
            MediaReport::Stats { call, stats } => self.on_stats(call, &stats),
            MediaReport::Second { call, second } => self.on_second(call, second),
            MediaReport::Trouble { call, change } => self.on_trouble(call, change),
            MediaReport::EchoTest(report) => self.on_echo_test(report),
            MediaReport::DigitsSent { call } => self.on_digits_sent(call),
            MediaReport::NoPath { call } => {
                tracing::info!(call = call.0, "no network path for the sound");
                self.complain(crate::words::no_path());
            }
            MediaReport::RelayRefused { call } => self.on_relay_refused(call),
            MediaReport::DigitsRefused(error) => self.complain(crate::words::digits(error)),
        }
    }
}
