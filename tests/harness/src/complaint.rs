//! What is wrong with something that came out, compared with the line that expects it.

use hark_sip::message::{Message, Method};

use crate::glob;
use crate::script::{self, Line};

/// Expected words must occur in this order; what is between them does not matter.
pub(crate) fn of_words(line: &Line, happened: &str) -> Option<String> {
    let mut actual = happened.split_whitespace();
    let missing = line
        .words
        .iter()
        .filter(|word| !word.starts_with("flow="))
        .find(|expected| !actual.any(|word| glob::fits(expected, word)));
    missing.map(|word| format!("{word} is missing"))
}

/// What is wrong with a message that the user agent sent.
pub(crate) fn of_message(line: &Line, message: &Message) -> Option<String> {
    start_complaint(line, message)
        .or_else(|| headers_complaint(line, message))
        .or_else(|| body_complaint(line, message))
}

fn start_complaint(line: &Line, message: &Message) -> Option<String> {
    let first = line.words.first().map(String::as_str).unwrap_or_default();
    match message {
        Message::Request(request) if request.method.as_str() != first => {
            Some(format!("it is no {first}"))
        }
        Message::Request(request) => {
            let uri = line.words.get(1).filter(|word| !is_condition(word));
            let wrong = uri.is_some_and(|uri| !glob::fits(uri, &request.uri.to_string()));
            wrong.then(|| "it goes elsewhere".to_owned())
        }
        Message::Response(response) if response.status.to_string() != first => {
            Some(format!("it is no {first}"))
        }
        Message::Response(response) => {
            let method = line
                .words
                .iter()
                .find_map(|word| Method::parse(word.strip_prefix('(')?.strip_suffix(')')?))?;
            let answers = response
                .headers
                .cseq()
                .is_ok_and(|cseq| cseq.method == method);
            (!answers).then(|| format!("it does not answer {method}"))
        }
    }
}

fn is_condition(word: &str) -> bool {
    let key = word.split('=').next().unwrap_or_default();
    word.starts_with(['+', '-', '('])
        || ["sdp", "body", "sipfrag", "cseq", "only", "flow", "tag"].contains(&key)
}

fn headers_complaint(line: &Line, message: &Message) -> Option<String> {
    let headers = message.headers();
    let is_sdp = |name: &&str| *name == "sdp";
    let missing = line.signed('+').find(|name| headers.get(name).is_none());
    let present = line
        .signed('-')
        .filter(|name| !is_sdp(name))
        .find(|it| headers.get(it).is_some());
    let differs = line
        .headers
        .iter()
        .find(|(name, pattern)| !headers.all(name).any(|value| glob::fits(pattern, value)));
    let cseq = line.value("cseq").filter(|number| {
        headers
            .cseq()
            .is_ok_and(|cseq| cseq.number.to_string() != **number)
    });
    let others = line.value("only").and_then(|names| {
        let names: Vec<&str> = names.split(',').collect();
        headers
            .iter()
            .find(|(name, _)| !names.contains(name))
            .map(|(name, _)| name)
    });
    missing
        .map(|name| format!("{name} is missing"))
        .or(present.map(|name| format!("{name} is there")))
        .or(differs.map(|(name, pattern)| format!("{name} is not {pattern}")))
        .or(cseq.map(|number| format!("CSeq is not {number}")))
        .or(others.map(|name| format!("{name} is there, too")))
}

fn body_complaint(line: &Line, message: &Message) -> Option<String> {
    let body = String::from_utf8_lossy(message.body());
    if line.has("-sdp") && !body.is_empty() {
        return Some("it has a body".to_owned());
    }
    if let Some(status) = line.value("sipfrag") {
        return (body != script::sipfrag(status)).then(|| format!("its body is not {status}"));
    }
    if let Some(expected) = line.value("body") {
        let words = body.split_whitespace().collect::<Vec<_>>().join("~");
        return (words != expected).then(|| format!("its body is not {expected}"));
    }
    let expected = line.value("sdp")?;
    (body != expected).then(|| format!("its body is not {expected}"))
}
