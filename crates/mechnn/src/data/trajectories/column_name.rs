//! Name and unit in the header of a column.

/// A header such as `OD600 [a.u.]`, `T (°C)` or `Mass / kg`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::data) struct ColumnName {
    /// The header without its unit.
    pub(in crate::data) name: String,
    pub(in crate::data) unit: Option<String>,
}

impl ColumnName {
    /// What stands in square brackets at the end is a unit; in round ones, or after a stroke with blanks around it, if
    /// it is made of the usual symbols. `x []` is a column x without a unit.
    pub(in crate::data) fn of_header(header: &str) -> Self {
        let whole = || Self { name: header.to_owned(), unit: None };
        let with_unit = |name: &str, unit: &str| {
            let unit = Some(unit.trim().to_owned()).filter(|unit| !unit.is_empty());
            // As in `v / (m s-1)`.
            let name = name.trim_end();
            Self { name: name.strip_suffix(" /").unwrap_or(name).trim_end().to_owned(), unit }
        };
        if let Some((name, unit)) = header.strip_suffix(']').and_then(|rest| rest.rsplit_once('['))
            && !name.trim().is_empty()
        {
            return with_unit(name, unit);
        }
        if let Some((name, unit)) = in_last_parentheses(header)
            && !name.trim().is_empty()
            && is_unit(unit)
        {
            return with_unit(name, unit);
        }
        if let Some((name, unit)) = header.split_once(" / ")
            && !name.trim().is_empty()
            && is_unit(unit)
        {
            return with_unit(name, unit);
        }
        whole()
    }

    /// A header from which name and unit are read back.
    pub(in crate::data) fn header(name: &str, unit: Option<&str>) -> String {
        match unit {
            Some(unit) => format!("{name} [{unit}]"),
            None if Self::of_header(name).name == name => name.to_owned(),
            None => format!("{name} []"),
        }
    }
}

/// The text before the last group in parentheses, which may hold others, and the text in it.
fn in_last_parentheses(header: &str) -> Option<(&str, &str)> {
    let inner = header.strip_suffix(')')?;
    let mut depth = 1;
    for (at, c) in inner.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&inner[..at], &inner[at + 1..]));
        }
    }
    None
}

/// Symbols that take a prefix of the SI.
const SYMBOLS: [&str; 34] = [
    "m", "g", "s", "A", "K", "mol", "cd", "Hz", "N", "Pa", "J", "W", "C", "V", "F", "Ω", "ohm", "S", "T", "H", "lm",
    "lx", "Bq", "Gy", "Sv", "kat", "L", "l", "bar", "eV", "cal", "M", "Da", "t",
];

const PREFIXES: [&str; 16] = ["", "f", "p", "n", "u", "µ", "μ", "m", "c", "d", "h", "k", "M", "G", "T", "da"];

/// Symbols and words that stand by themselves.
const WORDS: [&str; 73] = [
    "1",
    "-",
    "%",
    "‰",
    "ppm",
    "ppmv",
    "ppb",
    "°",
    "°C",
    "°F",
    "degC",
    "deg",
    "rad",
    "sr",
    "min",
    "mins",
    "minute",
    "minutes",
    "h",
    "hr",
    "hrs",
    "hour",
    "hours",
    "sec",
    "secs",
    "second",
    "seconds",
    "d",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "yr",
    "yrs",
    "year",
    "years",
    "a",
    "ha",
    "atm",
    "psi",
    "Torr",
    "mmHg",
    "inch",
    "in",
    "ft",
    "mi",
    "lb",
    "AU",
    "a.u.",
    "au",
    "arb. units",
    "arb.u.",
    "u",
    "U",
    "IU",
    "OD",
    "cells",
    "cell",
    "CFU",
    "cfu",
    "counts",
    "count",
    "rpm",
    "thousand",
    "thousands",
    "million",
    "millions",
    "individuals",
    "people",
    "dimensionless",
    "units",
];

/// Whether the text is made of the usual symbols of units, with powers, products and quotients of them.
pub(in crate::data) fn is_unit(text: &str) -> bool {
    let text = text.trim();
    let is_word = |word: &str| WORDS.contains(&word);
    let is_prefixed = |word: &str| {
        PREFIXES.iter().any(|prefix| word.strip_prefix(prefix).is_some_and(|symbol| SYMBOLS.contains(&symbol)))
    };
    let is_symbol = |word: &str| is_word(word) || is_prefixed(word);
    let without_power = |word: &str| {
        let power = |c: char| c.is_ascii_digit() || "^-+−⁻¹²³⁴".contains(c);
        word.trim_end_matches(power).to_owned()
    };
    let is_factor = |word: &str| is_symbol(word) || is_symbol(&without_power(word)) || is_power_of_ten(word);
    if is_word(text) {
        return true;
    }
    let factors: Vec<&str> = text.split([' ', '*', '/', '·', '⋅', '(', ')']).filter(|word| !word.is_empty()).collect();
    !factors.is_empty() && factors.into_iter().all(is_factor)
}

/// As in `10^6 cells`.
fn is_power_of_ten(word: &str) -> bool {
    word.strip_prefix("10^")
        .is_some_and(|power| power.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::ColumnName;

    #[test]
    fn units_are_parted_from_names() {
        for (header, name, unit) in [
            ("OD600 [a.u.]", "OD600", "a.u."),
            ("OD600[weird thing]", "OD600", "weird thing"),
            ("T (°C)", "T", "°C"),
            ("T(°C)", "T", "°C"),
            ("Mass / kg", "Mass", "kg"),
            ("v (m/s)", "v", "m/s"),
            ("v / (m s-1)", "v", "m s-1"),
            ("a (m s^-2)", "a", "m s^-2"),
            ("c (µmol/L)", "c", "µmol/L"),
            ("c (mol·L⁻¹)", "c", "mol·L⁻¹"),
            ("hare (thousand)", "hare", "thousand"),
            ("N (10^6 cells)", "N", "10^6 cells"),
            ("signal (raw) (mV)", "signal (raw)", "mV"),
        ] {
            let found = ColumnName::of_header(header);
            assert_eq!((found.name.as_str(), found.unit.as_deref()), (name, Some(unit)), "{header}");
        }
    }

    #[test]
    fn other_brackets_belong_to_the_name() {
        for header in
            ["x", "CO2 (Mauna Loa)", "x (mean)", "[x]", "(kg)", "", "a / b / c", "x(", "f(x)", "a/b", ")", "x)("]
        {
            let whole = ColumnName { name: header.to_owned(), unit: None };
            assert_eq!(ColumnName::of_header(header), whole);
        }
        assert_eq!(ColumnName::of_header("x []"), ColumnName { name: "x".to_owned(), unit: None });
    }

    #[test]
    fn headers_are_read_back() {
        for (name, unit) in [("x", None), ("x (m)", None), ("x [2]", None), ("x", Some("m/s")), ("x (m)", Some("kg"))]
        {
            let read = ColumnName::of_header(&ColumnName::header(name, unit));
            assert_eq!((read.name.as_str(), read.unit.as_deref()), (name, unit));
        }
    }
}
