//! What protects a stream: which keys or which handshake an offer and an answer come to, and under which
//! name of a transport.

use rand_chacha::ChaCha20Rng;

use super::super::agreement::{Agreement, Protection, SdesKeys};
use super::super::crypto::{CryptoLine, StreamKey};
use super::super::description::{Audio, Profile};
use super::super::dtls::DtlsAgreement;
use super::super::keys::{OwnKeys, answered};
use super::{Exchange, Listed};
use crate::config::Encryption;
use crate::rejection::Rejection;

impl Exchange {
    /// Whether both sides can do without encryption.
    pub(super) fn without_protection(&self, audio: &Audio) -> Result<(), Rejection> {
        match (self.encryption, audio.profile) {
            (Encryption::Required, _) => Err(Rejection::EncryptionRequired),
            (_, Profile::Secure | Profile::SecureByDtls) => Err(Rejection::EncryptionUnavailable),
            (Encryption::Optional | Encryption::Off, Profile::Plain) => Ok(()),
        }
    }

    /// Our key for the line that we take. A new key of the other side means a new stream, perhaps
    /// at a new place that knows no rollover counter of ours, so that ours changes with it.
    pub(super) fn answering_keys(
        &mut self,
        line: &CryptoLine,
        random: &mut ChaCha20Rng,
    ) -> SdesKeys {
        let before = self.agreement.as_ref().and_then(Agreement::sdes);
        if before.is_some_and(|p| p.theirs != line.key || p.suite != line.suite) {
            self.keys = OwnKeys::fresh(random);
        }
        SdesKeys {
            suite: line.suite,
            ours: StreamKey {
                master: self.keys.of(line.suite),
                mki: line.key.mki.clone(),
            },
            theirs: line.key.clone(),
        }
    }

    /// What an offer of a handshake comes to.
    pub(super) fn answering_dtls(&self, audio: &Audio) -> Option<DtlsAgreement> {
        let theirs = audio.dtls.as_ref().filter(|_| self.dtls.is_possible())?;
        let by_dtls = match audio.profile {
            Profile::SecureByDtls => true,
            // The form of before RFC 5764.
            Profile::Secure => audio.crypto.is_empty(),
            Profile::Plain => false,
        };
        let before = self.agreement.as_ref().and_then(Agreement::dtls);
        by_dtls.then(|| theirs.answering(before))
    }

    /// What the answer makes of the keys or the handshake that we have offered.
    pub(super) fn answered_protection(
        &self,
        listed: &Listed,
        audio: &Audio,
    ) -> Result<Option<Protection>, Rejection> {
        if let Some(setup) = listed.setup {
            let theirs = audio.dtls.as_ref().ok_or(Rejection::EncryptionRequired)?;
            return Ok(Some(Protection::Dtls(theirs.answered(setup)?)));
        }
        match answered(&listed.crypto, &audio.crypto) {
            Some(keys) => Ok(Some(Protection::Sdes(keys))),
            None => self.without_protection(audio).map(|()| None),
        }
    }

    /// A stream that is encrypted already is offered again as the other side wrote it last.
    pub(super) fn offered_transport(&self) -> &str {
        let encrypted = self
            .agreement
            .as_ref()
            .is_some_and(|a| a.protection.is_some());
        match (self.encryption, &self.peer_transport) {
            (Encryption::Optional, Some(transport)) if encrypted => transport,
            (Encryption::Required, _) => SECURE_TRANSPORT,
            (Encryption::Optional | Encryption::Off, _) => PLAIN_TRANSPORT,
        }
    }

    /// As the other side wrote it, if that goes on.
    pub(super) fn offered_dtls_transport(&self) -> &str {
        let agreed = self.agreement.as_ref().and_then(Agreement::dtls);
        match (agreed, &self.peer_transport) {
            (Some(_), Some(transport)) => transport,
            _ => DTLS_TRANSPORT,
        }
    }
}

/// The offered transport, and for an encrypted stream its secure form, whatever was offered.
pub(super) fn answering_transport(offered: &str, agreement: &Agreement) -> String {
    match (&agreement.protection, offered.strip_prefix("RTP/AVP")) {
        (Some(_), Some(feedback)) => format!("{SECURE_TRANSPORT}{feedback}"),
        _ => offered.to_owned(),
    }
}

const PLAIN_TRANSPORT: &str = "RTP/AVP";
const SECURE_TRANSPORT: &str = "RTP/SAVP";
/// RFC 5764 §8.
const DTLS_TRANSPORT: &str = "UDP/TLS/RTP/SAVP";
