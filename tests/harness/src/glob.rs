//! Patterns with `*`.

/// Whether the text fits the pattern, in which `*` stands for anything.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(fits("sip:*@example.test", "sip:bob@example.test"));
        assert!(fits("<sip:a>;tag=*;epid=*", "<sip:a>;tag=1;epid=2"));
        assert!(fits("*", ""));
        assert!(!fits("a*b", "a"));
        assert!(!fits("exact", "exactly"));
        assert!(!fits("*x", "xy"));
    }
}
