//! One cell: a number, a mark for a missing one, or neither.

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    Number(f64),
    Missing,
    /// `inf`, or beyond the range of f64: reading it as infinity would be a silent error.
    Infinite,
    Text,
}

impl Cell {
    pub(super) fn read(text: &str) -> Self {
        if is_missing(text) {
            return Self::Missing;
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Number(number),
            Ok(number) if number.is_infinite() => Self::Infinite,
            // `+nan` and the like, which Rust reads and nobody writes.
            _ => Self::Text,
        }
    }
}

/// Empty, `?`, `NA`, `NaN` or `null`, in any case.
pub(super) fn is_missing(text: &str) -> bool {
    text.is_empty() || text == "?" || ["na", "nan", "null"].iter().any(|mark| text.eq_ignore_ascii_case(mark))
}

#[cfg(test)]
mod tests {
    use super::Cell;

    #[test]
    fn cells_are_numbers_gaps_or_text() {
        for (text, number) in [("1", 1.0), ("-1.5e-3", -1.5e-3), ("+2", 2.0), (".5", 0.5), ("3.", 3.0), ("1E5", 1e5)] {
            assert_eq!(Cell::read(text), Cell::Number(number));
        }
        for text in ["", "?", "NA", "na", "NaN", "nan", "NULL"] {
            assert_eq!(Cell::read(text), Cell::Missing, "{text}");
        }
        for text in ["inf", "-Infinity", "1e999", "-1e999"] {
            assert_eq!(Cell::read(text), Cell::Infinite, "{text}");
        }
        for text in ["n/a", "1,5", "1_000", "0x10", "1 2", "-", "+nan", "ten", "1e", "٣"] {
            assert_eq!(Cell::read(text), Cell::Text, "{text}");
        }
    }
}
