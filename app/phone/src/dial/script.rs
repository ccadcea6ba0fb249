//! What follows a number in a dial string: digits for whoever answers.
//!
//! `,` waits a second, `;` waits for the user. But `;` also begins the parameters of a URI (RFC 3261
//! §19.1.1) and `,` may stand in its user part, so where the digits begin depends on what was typed:
//!
//! - a bare number or name: at the first `,` or `;`;
//! - an address (`user@host`, with or without a scheme) and a `tel:` URI: at the first `,` behind the
//!   user part; a `;` before it belongs to the URI;
//!
//! and in each case only if nothing but digits and signs of this language follows. What follows may
//! be a PIN, so it prints redacted.

use std::collections::VecDeque;
use std::time::Duration;

use crate::command::Digits;

/// What to send after the answer, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
}

/// One step of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Send(Digits),
    Pause(Duration),
    /// Go on when the user says so.
    Await,
}

impl Script {
    /// Reads what stands behind a number: digits with pauses.
    fn read(text: &str) -> Self {
        let mut script = Self::default();
        let mut digits = String::new();
        for sign in text.chars() {
            match sign {
                ',' | ';' => {
                    script.send(std::mem::take(&mut digits));
                    script.steps.push_back(match sign {
                        ',' => Step::Pause(PAUSE),
                        _ => Step::Await,
                    });
                }
                '0'..='9' | '*' | '#' => digits.push(sign),
                'a'..='d' | 'A'..='D' => digits.push(sign.to_ascii_uppercase()),
                // Separators for the eye.
                _ => {}
            }
        }
        script.send(digits);
        script
    }

    /// Adds digits after a pause, in which the other side gets ready to hear them.
    pub(crate) fn then(mut self, digits: Digits) -> Self {
        self.steps.push_back(Step::Pause(PAUSE));
        self.steps.push_back(Step::Send(digits));
        self
    }

    pub(crate) fn next(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    fn send(&mut self, digits: String) {
        if !digits.is_empty() {
            self.steps.push_back(Step::Send(digits.into()));
        }
    }
}

/// Splits a dial string into whom to call and what to send after the answer.
pub(super) fn split(text: &str) -> (&str, Script) {
    let (after, signs): (usize, &[char]) = match text.find('@') {
        Some(at) => (at, &[',']),
        None if text.contains(':') => (0, &[',']),
        None => (0, &[',', ';']),
    };
    let begin = text
        .get(after..)
        .and_then(|rest| rest.find(signs))
        .map(|begin| after + begin);
    let Some((number, tail)) = begin.and_then(|begin| text.split_at_checked(begin)) else {
        return (text, Script::default());
    };
    if tail.chars().all(is_of_the_language) {
        (number, Script::read(tail))
    } else {
        (text, Script::default())
    }
}

fn is_of_the_language(sign: char) -> bool {
    matches!(sign, '0'..='9' | '*' | '#' | 'a'..='d' | 'A'..='D' | ',' | ';' | ' ' | '-' | '.' | '(' | ')')
}

/// What a comma waits.
const PAUSE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    /// A script as text: digits, `~` for a second, `?` for the user.
    fn written(script: &mut Script) -> String {
        let mut text = String::new();
        while let Some(step) = script.next() {
            match step {
                Step::Send(digits) => text.push_str(digits.reveal()),
                Step::Pause(PAUSE) => text.push('~'),
                Step::Pause(other) => panic!("{other:?}"),
                Step::Await => text.push('?'),
            }
        }
        text
    }

    #[test]
    fn digits_begin_where_no_uri_goes_on() {
        for (typed, number, script) in [
            // Bare numbers and names.
            ("2001", "2001", ""),
            ("2001,1234", "2001", "~1234"),
            ("2001,,1234#", "2001", "~~1234#"),
            ("2001;1234", "2001", "?1234"),
            ("*98,2001#;1234#", "*98", "~2001#?1234#"),
            ("+1 555 0100,,42 - 43", "+1 555 0100", "~~4243"),
            ("vm,1a", "vm", "~1A"),
            ("2001,", "2001", "~"),
            // Not of the language: all of it is a name.
            ("2001,x", "2001,x", ""),
            ("smith;jones", "smith;jones", ""),
            ("2001;phone-context=x", "2001;phone-context=x", ""),
            // Addresses: the semicolon is the URI's.
            ("bob@pbx.test,1", "bob@pbx.test", "~1"),
            (
                "bob@pbx.test;transport=tls",
                "bob@pbx.test;transport=tls",
                "",
            ),
            ("bob@pbx.test;1234", "bob@pbx.test;1234", ""),
            ("sip:vm@pbx.test;lr,,12;34", "sip:vm@pbx.test;lr", "~~12?34"),
            ("sip:a,b@pbx.test", "sip:a,b@pbx.test", ""),
            ("sip:a,1@pbx.test,2", "sip:a,1@pbx.test", "~2"),
            ("sip:vm@pbx.test;x=1,y", "sip:vm@pbx.test;x=1,y", ""),
            ("sip:vm@[2001:db8::1],7", "sip:vm@[2001:db8::1]", "~7"),
            // Telephone URIs: the same.
            ("tel:+15550100;ext=5", "tel:+15550100;ext=5", ""),
            ("tel:+15550100,,5", "tel:+15550100", "~~5"),
            ("tel:2001;1234", "tel:2001;1234", ""),
            ("", "", ""),
            (",1", "", "~1"),
        ] {
            let (got, mut steps) = split(typed);
            assert_eq!(
                (got, written(&mut steps).as_str()),
                (number, script),
                "{typed}"
            );
        }
    }

    #[test]
    fn a_pin_comes_after_the_rest_and_does_not_print() {
        let (_, script) = split("*98,2001#");
        let script = script.then("1234#".into());
        assert!(!format!("{script:?}").contains("1234"), "{script:?}");
        assert_eq!(written(&mut script.clone()), "~2001#~1234#");
    }
}
