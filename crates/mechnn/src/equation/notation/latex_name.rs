//! Names in LaTeX mathematics.

/// A name in LaTeX mathematics: `x`, `x_{0}` for `x0` and `x_0`, `\mathrm{hare\_count}` for words.
pub(in crate::equation) fn latex_name(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().filter(|first| first.is_alphabetic());
    let rest = chars.as_str();
    let index = rest.strip_prefix('_').unwrap_or(rest);
    if let Some(first) = first {
        if rest.is_empty() {
            return first.to_string();
        }
        if !index.is_empty() && index.chars().all(|digit| digit.is_ascii_digit()) {
            return format!("{first}_{{{index}}}");
        }
    }
    let mut escaped = String::new();
    for symbol in name.chars() {
        if symbol == '_' {
            escaped.push('\\');
        }
        escaped.push(symbol);
    }
    format!("\\mathrm{{{escaped}}}")
}

#[cfg(test)]
mod tests {
    use super::latex_name;

    #[test]
    fn names_in_latex() {
        for (name, latex) in [
            ("x", "x"),
            ("x0", "x_{0}"),
            ("x_12", "x_{12}"),
            ("hare", "\\mathrm{hare}"),
            ("hare_count", "\\mathrm{hare\\_count}"),
            ("x_", "\\mathrm{x\\_}"),
            ("_1", "\\mathrm{\\_1}"),
        ] {
            assert_eq!(latex_name(name), latex);
        }
    }
}
