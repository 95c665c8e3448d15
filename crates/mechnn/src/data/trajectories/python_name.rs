//! Names that are valid in Python expressions.

use std::collections::HashSet;

/// Python's keywords, and the functions and constants that may stand in an equation: `sin(sin)` would parse, and
/// mean something else.
const RESERVED: [&str; 58] = [
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "abs",
    "acos",
    "asin",
    "atan",
    "cos",
    "cosh",
    "exp",
    "log",
    "max",
    "min",
    "pi",
    "pow",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "math",
    "np",
    "numpy",
    "sympy",
    "__debug__",
];

/// A valid and distinct Python identifier for each name: the name itself wherever that is one, so that equations are
/// written over the column names.
///
/// Otherwise runs of other characters become `_`, a leading digit gets `_` before it, a reserved word `_` after it
/// and a second use a number.
pub(super) fn python_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<&str> = names.collect();
    // Valid names are taken first: a later `a_b` keeps its name although an earlier `a b` would like it too.
    let mut taken: HashSet<String> =
        names.iter().filter(|name| identifier(name) == **name).map(|name| (*name).to_owned()).collect();
    names
        .iter()
        .map(|&name| {
            let candidate = identifier(name);
            if candidate == name || taken.insert(candidate.clone()) {
                return candidate;
            }
            let numbered = (2..).map(|i| format!("{candidate}_{i}")).find(|numbered| taken.insert(numbered.clone()));
            numbered.unwrap_or_else(|| unreachable!("only finitely many names are taken"))
        })
        .collect()
}

fn identifier(name: &str) -> String {
    let valid = |c: char| c == '_' || c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphabetic());
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if valid(c) {
            text.push(c);
        } else if !text.ends_with('_') {
            text.push('_');
        }
    }
    // `hare (thousand)` reads better without the trace of its last bracket.
    if !name.ends_with('_') && text.len() > 1 && text.ends_with('_') {
        text.pop();
    }
    if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
        text.insert(0, '_');
    }
    if RESERVED.contains(&text.as_str()) {
        text.push('_');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::python_names;

    fn names(names: &[&str]) -> Vec<String> {
        python_names(names.iter().copied())
    }

    #[test]
    fn identifiers_are_kept() {
        let kept = ["t", "x_1", "_", "_a_", "θ", "S", "I", "R", "a__b", "x_"];
        assert_eq!(names(&kept), kept);
    }

    #[test]
    fn other_names_become_identifiers() {
        let found = names(&["hare (thousand)", "lynx-count", "2x", "lambda", "sin", "x²", "%", "a.b"]);
        assert_eq!(found, ["hare_thousand", "lynx_count", "_2x", "lambda_", "sin_", "x", "_", "a_b"]);
    }

    #[test]
    fn different_names_stay_different() {
        assert_eq!(names(&["a b", "a-b", "a_b", "a+b"]), ["a_b_2", "a_b_3", "a_b", "a_b_4"]);
        assert_eq!(names(&["sin", "sin_"]), ["sin__2", "sin_"]);
        assert_eq!(names(&["x²", "x³"]), ["x", "x_2"]);
    }
}
