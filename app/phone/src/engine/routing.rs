//! Where each command and each report goes: the closed enums of what comes in, and nothing else.

use super::Engine;
use crate::command::{Command, Then};
use crate::media::{MediaReport, Order, Pace};
use crate::store::ArchiveJob;

impl Engine {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::CallVoicemail => self.call_voicemail(),
            Command::Dial { to } => self.dial(&to),
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
                account,
                password,
                turn_password,
            } => self.set_account(account, password, turn_password),
            Command::UserIs(user) => self.set_user_away(user),
            Command::SetPin(pin) => self.set_pin(pin),
            Command::RemoveAccount => self.remove_account(),
            Command::RetryNow => self.retry_now(),
            Command::SetAudio(audio) => self.set_audio(audio),
            Command::SetRingRules(rules) => self.set_ring_rules(rules),
            Command::SetPreferences(settings) => self.set_preferences(settings),
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
            Command::ExportTrace { file } => self.export_trace(file),
            Command::ListHistory(question) => self.keeper.archive(ArchiveJob::List(question)),
            Command::TellHistory(question) => self.keeper.archive(ArchiveJob::LookUp(question)),
            Command::RemoveFromHistory { call } => {
                self.keeper.archive(ArchiveJob::RemoveCall(call));
            }
            Command::RestoreToHistory => self.keeper.archive(ArchiveJob::RestoreCall),
            Command::ClearHistory => self.keeper.archive(ArchiveJob::ClearCalls),
            Command::MarkHistorySeen => self.keeper.archive(ArchiveJob::MarkCallsSeen),
            Command::ReadAuthorities { file } => self.read_authorities(file),
            Command::TellDiagnosis => self.tell_diagnosis(),
            Command::SaveReport { file, text } => self.keeper.write_report(file, text),
            Command::KeepContact { id, card } => {
                self.keeper.archive(ArchiveJob::KeepContact(id, card));
            }
            Command::RemoveContact { id } => self.keeper.archive(ArchiveJob::RemoveContact(id)),
            Command::RestoreContact => self.keeper.archive(ArchiveJob::RestoreContact),
            Command::SetFavourite { id, favourite } => {
                self.keeper.archive(ArchiveJob::SetFavourite(id, favourite));
            }
            Command::ImportContacts { file } => {
                self.keeper.archive(ArchiveJob::ImportContacts(file));
            }
            Command::ExportContacts { file, version } => {
                self.keeper
                    .archive(ArchiveJob::ExportContacts(file, version));
            }
            Command::Quit => self.quit(),
        }
    }

    pub(super) fn on_sip(&mut self, event: hark_sip::Event) {
        use hark_sip::Event as Sip;
        match event {
            Sip::Registration(state) => self.on_registration(state),
            Sip::IncomingCall { call, facts, offer } => self.on_incoming(call, &facts, offer),
            Sip::CallProgress {
                call, status, sdp, ..
            } => self.on_progress(call, status, sdp),
            Sip::CallAnswered { call, sdp } => self.on_answered(call, sdp),
            Sip::CallOffer { call, sdp } => self.on_offer(call, sdp),
            Sip::CallModified { call, sdp } => self.on_modified(call, sdp),
            Sip::ModifyRefused { call, status } => self.on_modify_refused(call, status),
            Sip::CallEnded { call, reason } => self.on_ended(call, &reason),
            Sip::Notified {
                package,
                content_type,
                body,
            } => self.on_notified(&package, &content_type, &body),
            // A phone shows no digits of the other side.
            Sip::CallDigit { .. } => {}
            Sip::TransferRequested { call, target } => self.on_transfer_requested(call, &target),
            Sip::TransferProgress { call, progress } => self.on_transfer_progress(call, progress),
            // The snapshot shows when.
            Sip::Pong => {}
            Sip::Dropped(reason) => tracing::debug!(?reason, "a message was of no use"),
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
