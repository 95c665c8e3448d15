//! Names in a message.

/// "`a`, `b` and others" of a header that may have thousands of columns.
pub(in crate::data) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let others = names.len().saturating_sub(SHOWN);
    if others > 0 { format!("{} and {others} others", shown.join(", ")) } else { shown.join(", ") }
}

/// The ending of a word of which there are so many.
pub(super) fn plural_s(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn long_headers_are_cut() {
        let names: Vec<String> = (0..25).map(|i| i.to_string()).collect();
        assert_eq!(listed(&names[..2]), "`0`, `1`");
        assert!(listed(&names).ends_with("`19` and 5 others"));
    }
}
