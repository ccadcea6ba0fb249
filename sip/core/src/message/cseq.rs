//! The CSeq header field (RFC 3261 §20.16).

use std::fmt;

use super::lexer;
use super::method::Method;

/// A sequence number with the method that it counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CSeq {
    /// Less than 2^31 (RFC 3261 §8.1.1.5).
    pub number: u32,
    pub method: Method,
}

impl CSeq {
    /// Reads `4711 INVITE`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, method) = lexer::trim(text).split_once([' ', '\t'])?;
        let number = lexer::number(number).filter(|number| *number < 1 << 31)?;
        Some(Self {
            number,
            method: Method::parse(lexer::trim(method))?,
        })
    }
}

impl fmt::Display for CSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_up_to_31_bits_are_read() {
        let cseq = CSeq::parse("0009 \t INVITE").expect("the CSeq is well-formed");
        assert_eq!(cseq.to_string(), "9 INVITE");
        assert!(CSeq::parse("2147483647 BYE").is_some());
        for text in [
            "2147483648 BYE",
            "36893488147419103232 REGISTER",
            "-1 BYE",
            "1",
            "BYE",
            "1 B Y",
            "",
        ] {
            assert_eq!(CSeq::parse(text), None, "{text:?}");
        }
    }
}
