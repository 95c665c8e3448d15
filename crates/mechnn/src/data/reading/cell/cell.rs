//! One cell: a number, a mark for a missing one, or neither.

use super::super::options::DecimalMark;
use super::instant::is_date;
use super::number::number;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) enum Cell {
    Number(f64),
    Missing(Gap),
    /// `inf`, or beyond the range of f64: reading it as infinity would be a silent error.
    Infinite,
    Text,
}

/// Why there is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Gap {
    /// A usual mark: nothing was measured, and there is no more to say.
    Usual,
    /// A mark that may have been meant otherwise, such as `-` or `#DIV/0!`.
    Unusual,
    /// Outside of what the instrument can measure, as in `<0.05`: something was measured, but no number.
    BeyondLimit,
}

const USUAL: [&str; 8] = ["?", "na", "n/a", "#n/a", "n.a.", "nan", "null", "none"];

const UNUSUAL: [&str; 17] = [
    "-", "--", "---", "–", "—", ".", "n.d.", "n.d", "nd", "missing", "#div/0!", "#value!", "#ref!", "#num!", "#name?",
    "#null!", "#na",
];

const BEYOND_LIMIT: [&str; 9] = ["<lod", "<loq", "<dl", "<lld", "bdl", "b.d.l.", "bld", "below detection", "overflow"];

impl Cell {
    pub(in super::super) fn read(text: &str, mark: DecimalMark) -> Self {
        if let Some(gap) = gap(text) {
            return Self::Missing(gap);
        }
        match number(text, mark) {
            Some(number) if number.is_finite() => Self::Number(number),
            Some(_) => Self::Infinite,
            None if is_infinite(text) => Self::Infinite,
            None => Self::Text,
        }
    }
}

fn is_infinite(text: &str) -> bool {
    text.parse().is_ok_and(f64::is_infinite)
}

/// Whether the cell stands for a value that is missing, and how.
pub(in super::super) fn gap(text: &str) -> Option<Gap> {
    // Most cells are numbers.
    if let [b'0'..=b'9', ..] | [b'+' | b'-', b'0'..=b'9', ..] = text.as_bytes() {
        return None;
    }
    let is = |marks: &[&str]| marks.iter().any(|mark| text.eq_ignore_ascii_case(mark));
    let beyond = |text: &str| {
        let limit = text.strip_prefix(['<', '>', '≤', '≥']).map(str::trim);
        limit.is_some_and(|limit| is_number(limit) && !is_infinite(limit))
    };
    if text.is_empty() || is(&USUAL) {
        Some(Gap::Usual)
    } else if is(&UNUSUAL) {
        Some(Gap::Unusual)
    } else if is(&BEYOND_LIMIT) || beyond(text) {
        Some(Gap::BeyondLimit)
    } else {
        None
    }
}

/// Whether the cell is a number under any of the decimal marks.
pub(in super::super) fn is_number(text: &str) -> bool {
    DecimalMark::BOTH.iter().any(|&mark| number(text, mark).is_some()) || is_infinite(text)
}

/// Whether the cell is data and no name: a number, a date or a gap.
pub(in super::super) fn is_datum(text: &str) -> bool {
    is_number(text) || gap(text).is_some() || is_date(text)
}

#[cfg(test)]
mod tests {
    use super::{Cell, DecimalMark, Gap};

    fn read(text: &str) -> Cell {
        Cell::read(text, DecimalMark::Point)
    }

    #[test]
    fn cells_are_numbers_gaps_or_text() {
        for (text, number) in [("1", 1.0), ("-1.5e-3", -1.5e-3), ("+2", 2.0), (".5", 0.5), ("3.", 3.0), ("1E5", 1e5)] {
            assert_eq!(read(text), Cell::Number(number));
        }
        for text in ["", "?", "NA", "na", "NaN", "nan", "NULL", "#N/A", "n.a."] {
            assert_eq!(read(text), Cell::Missing(Gap::Usual), "{text}");
        }
        for text in ["n.d.", "-", "#DIV/0!"] {
            assert_eq!(read(text), Cell::Missing(Gap::Unusual), "{text}");
        }
        for text in ["<0.05", "< 1,5", ">100", "<LOD"] {
            assert_eq!(read(text), Cell::Missing(Gap::BeyondLimit), "{text}");
        }
        for text in ["inf", "-Infinity", "1e999", "-1e999"] {
            assert_eq!(read(text), Cell::Infinite, "{text}");
        }
        for text in ["1,5", "1_000", "0x10", "1 2", "+nan", "ten", "1e", "٣", "<", "<x", "<inf"] {
            assert_eq!(read(text), Cell::Text, "{text}");
        }
    }
}
