//! Messages of the trace for the eyes of strangers: in place of people, numbers, machines and
//! identifiers stand-ins, the same value by the same one, so that a call can still be followed.
//!
//! What is known to be technical stays, addresses get stand-ins piece by piece, and whatever is not
//! known is left out: a header that nobody has thought of tells nobody's name.

use hark_sip::message::StatusCode;

mod known;
mod product;
mod sdp;
mod stand_ins;
mod value;

pub(super) use stand_ins::StandIns;

use stand_ins::Kind;

/// What stands in place of something that is not shown.
const LEFT_OUT: &str = "(left out)";

/// A message without anything that tells of whom it is.
pub(super) fn message(message: &str, stand_ins: &mut StandIns) -> String {
    let (head, body) = message.split_once("\r\n\r\n").unwrap_or((message, ""));
    let mut lines = head.lines();
    let start = lines.next().unwrap_or_default();
    let mut text = start_line(start, stand_ins);
    let mut content_type = "";
    for line in lines {
        text.push('\n');
        let (name, value) = line.split_once(':').unwrap_or_default();
        let (name, value) = (name.trim_end(), value.trim());
        // A name that nobody has standardized may be somebody's.
        let Some(known) = known::header(name) else {
            text.push_str(LEFT_OUT);
            continue;
        };
        if known == Header::ContentType {
            content_type = value;
        }
        text.push_str(&format!("{name}: {}", header(known, value, stand_ins)));
    }
    text.push('\n');
    text.push_str(&shown_body(content_type, body, stand_ins));
    text
}

/// How the value of a header is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    /// Numbers and words of the standards, with parameters.
    Plain,
    ContentType,
    /// Names, addresses and parameters; what is neither is a name.
    Addresses,
    /// The same; what is neither is a machine.
    Machines,
    /// A Call-ID, or several.
    CallId,
    /// A Call-ID with parameters.
    Dialog,
    /// Any value that means something to a server alone.
    Id,
    /// A number, and words for people.
    Number,
    /// Makers and versions.
    Product,
    /// Credentials, and whatever people wrote.
    Hidden,
}

fn start_line(line: &str, stand_ins: &mut StandIns) -> String {
    if line == super::UNREADABLE {
        return line.to_owned();
    }
    let Some(status) = line.strip_prefix("SIP/2.0 ") else {
        return value::addresses(line, Kind::Name, stand_ins);
    };
    // The words behind the number are the server's own.
    let code = status.split(' ').next().and_then(|code| code.parse().ok());
    match code.and_then(StatusCode::new) {
        Some(status) => format!("SIP/2.0 {status} {}", status.default_reason()),
        None => LEFT_OUT.to_owned(),
    }
}

fn header(header: Header, text: &str, stand_ins: &mut StandIns) -> String {
    match header {
        Header::Plain | Header::ContentType => value::words(text, stand_ins),
        Header::Addresses => value::addresses(text, Kind::Name, stand_ins),
        Header::Machines => value::addresses(text, Kind::Host, stand_ins),
        Header::CallId => {
            let ids = text
                .split(',')
                .map(|id| stand_ins.of(Kind::Call, id.trim()));
            ids.collect::<Vec<_>>().join(", ")
        }
        Header::Dialog => value::dialog(text, stand_ins),
        Header::Id => stand_ins.of(Kind::Id, text),
        Header::Number => value::number(text),
        Header::Product => product::shown(text),
        Header::Hidden => LEFT_OUT.to_owned(),
    }
}

fn shown_body(content_type: &str, body: &str, stand_ins: &mut StandIns) -> String {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    match kind.to_ascii_lowercase().as_str() {
        _ if body.is_empty() => String::new(),
        "application/sdp" => format!("\n{}", sdp::description(body, stand_ins)),
        // How a transfer stands (RFC 3515).
        "message/sipfrag" => {
            let line = body.lines().next().unwrap_or_default();
            format!("\n{}\n", start_line(line, stand_ins))
        }
        _ => format!("\n({} octets left out)\n", body.len()),
    }
}

#[cfg(test)]
mod tests;
