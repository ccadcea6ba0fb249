//! What things are called in JSON.

use hark_phone::{
    CallKind, CallState, EchoTestStage, RegistrationView, SoundTrouble, TransferState,
};

pub(crate) fn registration(view: &RegistrationView) -> &'static str {
    match view {
        RegistrationView::SignedOut => "signed_out",
        RegistrationView::Connecting(_) => "connecting",
        RegistrationView::Registered => "registered",
        RegistrationView::Failed(_) => "failed",
        RegistrationView::Lost { .. } => "lost",
    }
}

pub(crate) fn echo_test(stage: Option<EchoTestStage>) -> &'static str {
    match stage {
        Some(EchoTestStage::Recording) => "recording",
        Some(EchoTestStage::Playing) => "playing",
        None => "over",
    }
}

pub(crate) fn transfer(state: TransferState) -> &'static str {
    match state {
        TransferState::Trying => "trying",
        TransferState::Succeeded => "succeeded",
        TransferState::Failed => "failed",
    }
}

pub(crate) fn trouble(trouble: SoundTrouble) -> &'static str {
    match trouble {
        SoundTrouble::StreamStopped => "stream_stopped",
        SoundTrouble::OneWay => "one_way",
        SoundTrouble::SilentMicrophone => "silent_microphone",
        SoundTrouble::Clipping => "clipping",
        SoundTrouble::NoKeys => "no_keys",
        SoundTrouble::WrongCertificate => "wrong_certificate",
    }
}

pub(crate) fn kind(kind: CallKind) -> &'static str {
    match kind {
        CallKind::PlayOnPhone => "play_on_phone",
        // One's own mailbox does not call; if it did, it would be a machine.
        CallKind::Automatic | CallKind::Voicemail => "automatic",
        CallKind::Person => "person",
    }
}

pub(crate) fn state(state: CallState) -> &'static str {
    match state {
        CallState::Calling => "calling",
        CallState::Ringing => "ringing",
        CallState::Early => "early",
        CallState::Connected => "connected",
        CallState::Ended => "ended",
    }
}
