//! Words about fields that are not right, and about the way to mend them.

use hark_phone::snapshot::Certificate;
use hark_words::{say, words};
use jiff::Zoned;

use super::date;
use crate::state::SetupField;

words! {
    pub choose_file;
    pub choose_ca_file;
    pub choose_ca_file_title;
    pub no_file_chooser;
    pub save_account;
    pub shown_certificate;
    pub compare_authority;
    pub compare_certificate;
}

/// The button that leads to a field.
pub fn mend(field: SetupField) -> &'static str {
    match field {
        SetupField::Address => say!(mend_address),
        SetupField::Password => say!(mend_password),
        SetupField::Username => say!(mend_username),
        SetupField::Server | SetupField::Voicemail => say!(mend_server),
        SetupField::CaFile => choose_ca_file(),
        SetupField::Region => say!(mend_region),
    }
}

/// What is in a file of authorities: the first of them, which most files have alone.
pub fn ca_file_holds(certificate: &Certificate) -> String {
    let fingerprint = certificate.fingerprint.to_string();
    say!(
        ca_file_holds,
        subject = certificate.subject.as_str(),
        fingerprint
    )
}

/// A certificate in rows of a name and a value.
pub fn certificate_rows(shown: &Certificate, now: &Zoned) -> Vec<(&'static str, String)> {
    let until = shown.not_after.map(|end| date(end, now));
    let rows = [
        (say!(shown_subject), shown.subject.clone()),
        (say!(shown_names), shown.names.join(", ")),
        (say!(shown_issuer), shown.issuer.clone()),
        (say!(shown_until), until.unwrap_or_default()),
        (say!(shown_fingerprint), shown.fingerprint.to_string()),
    ];
    rows.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}
