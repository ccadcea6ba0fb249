//! The header fields that a URI may carry for the request that it leads to (RFC 3261 §19.1.1).

use super::{Uri, escape};

impl Uri {
    /// One of the headers after `?`, with its escapes resolved.
    pub fn header(&self, name: &str) -> Option<String> {
        let fields = self.headers.as_deref()?.split('&');
        let mut pairs = fields.filter_map(|field| field.split_once('='));
        let found = pairs.find(|(own, _)| escape::decode(own).eq_ignore_ascii_case(name))?;
        Some(escape::decode(found.1))
    }

    /// Adds a header after `?`; what may not stand there is escaped.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let field = format!("{name}={}", escape::header(value));
        self.headers = Some(match self.headers {
            Some(headers) => format!("{headers}&{field}"),
            None => field,
        });
        self
    }
}
