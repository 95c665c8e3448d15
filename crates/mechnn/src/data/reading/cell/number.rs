//! Numbers as tables have them: decimal point or comma, thousands in groups.

use std::borrow::Cow;

use super::super::options::DecimalMark;

impl DecimalMark {
    pub(in super::super) const BOTH: [Self; 2] = [Self::Point, Self::Comma];

    fn char(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// The number that a text is if decimals follow `mark`; infinite beyond the range of f64. `None` if it is none.
///
/// Groups of three digits may be parted by the other mark, a blank (also one without a break) or an apostrophe.
pub(in super::super) fn number(text: &str, mark: DecimalMark) -> Option<f64> {
    let is_usual = |byte: u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'e' | b'E');
    match mark {
        DecimalMark::Point if text.bytes().all(|byte| is_usual(byte) || byte == b'.') => text.parse().ok(),
        DecimalMark::Comma if text.len() <= LONGEST && text.bytes().all(|byte| is_usual(byte) || byte == b',') => {
            let mut buffer = [0; LONGEST];
            let pointed = buffer.iter_mut().zip(text.bytes());
            pointed.for_each(|(place, byte)| *place = if byte == b',' { b'.' } else { byte });
            std::str::from_utf8(&buffer[..text.len()]).ok()?.parse().ok()
        }
        _ => marked_number(text, mark),
    }
}

/// Numbers with a decimal comma up to this length are read without an allocation.
const LONGEST: usize = 32;

/// What may stand between groups of three digits.
const GROUP_MARKS: [char; 4] = [',', '.', ' ', '\''];

fn marked_number(text: &str, mark: DecimalMark) -> Option<f64> {
    let text = with_plain_signs(text);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, decimals) = mantissa.split_once(mark.char()).unwrap_or((mantissa, ""));
    let is_integer = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|text| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        !digits.is_empty() && is_integer(digits)
    });
    if !is_integer(decimals) || !exponent_fits {
        return None;
    }
    let mut digits = Cow::Borrowed(whole);
    if !is_integer(whole) {
        let group = GROUP_MARKS.into_iter().find(|&group| whole.contains(group))?;
        let mut parts = whole.split(group);
        let first = parts.next().filter(|first| (1..=3).contains(&first.len()) && !first.starts_with('0'))?;
        if exponent.is_some() || !is_integer(first) || !parts.all(|part| part.len() == 3 && is_integer(part)) {
            return None;
        }
        digits = Cow::Owned(whole.replace(group, ""));
    }
    if digits.is_empty() && decimals.is_empty() {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    format!("{sign}{digits}.{decimals}0e{}", exponent.unwrap_or("0")).parse().ok()
}

/// Blanks without a break, typographic apostrophes and minus signs as their plain forms.
fn with_plain_signs(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = |c| match c {
        '\u{A0}' | '\u{202F}' | '\u{2009}' => ' ',
        '’' => '\'',
        '\u{2212}' => '-',
        other => other,
    };
    Cow::Owned(text.chars().map(plain).collect())
}

/// What digits with a point at most say of the decimal mark, seen without the number being computed: most cells of
/// most tables are such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PlainForm {
    /// The same number with either mark.
    Same,
    /// The point is a decimal point: it parts no three digits from one to three others.
    DecimalPoint,
    /// The point is a decimal point, or parts thousands.
    PointOrGroup,
}

impl PlainForm {
    /// `None` for all others, of which nothing is said.
    fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let sign = |from: usize| from + usize::from(matches!(bytes.get(from), Some(b'+' | b'-')));
        let start = sign(0);
        let whole = digits(start);
        let has_point = bytes.get(whole) == Some(&b'.');
        let end = if has_point { digits(whole + 1) } else { whole };
        let decimals = if has_point { end - whole - 1 } else { 0 };
        if whole - start + decimals == 0 {
            return None;
        }
        let has_exponent = matches!(bytes.get(end), Some(b'e' | b'E'));
        if has_exponent {
            let exponent = sign(end + 1);
            (exponent < bytes.len() && digits(exponent) == bytes.len()).then_some(())?;
        } else if end < bytes.len() {
            return None;
        }
        let may_be_group =
            decimals == 3 && !has_exponent && (1..=3).contains(&(whole - start)) && bytes[start] != b'0';
        Some(match (has_point, may_be_group) {
            (false, _) => Self::Same,
            (true, false) => Self::DecimalPoint,
            (true, true) => Self::PointOrGroup,
        })
    }
}

/// How the numbers of a column may be read, from all of them.
#[derive(Debug, Clone)]
pub(in super::super) struct NumberStyles {
    /// Line and text of the first number for which the marks make a difference.
    pub(in super::super) undecided: Option<(usize, String)>,
    /// The first number that needs a mark, for each mark.
    needs: [Option<(usize, String)>; 2],
}

/// What a column says of the decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum MarkEvidence {
    /// One mark fits.
    Only(DecimalMark),
    /// Both fit, and all numbers are the same with either.
    Same,
    /// Both fit, and numbers differ.
    Undecided,
    /// None fits.
    Mixed,
}

impl NumberStyles {
    pub(in super::super) fn new() -> Self {
        Self { undecided: None, needs: [None, None] }
    }

    /// Takes a further cell into account; whether it is a number at all.
    pub(in super::super) fn add(&mut self, line: usize, text: &str) -> bool {
        match PlainForm::of(text) {
            Some(PlainForm::Same) => return true,
            Some(PlainForm::DecimalPoint) => {
                self.needs[0].get_or_insert_with(|| (line, text.to_owned()));
                return true;
            }
            Some(PlainForm::PointOrGroup) => {
                self.undecided.get_or_insert_with(|| (line, text.to_owned()));
                return true;
            }
            None => {}
        }
        let readings = DecimalMark::BOTH.map(|mark| number(text, mark));
        if readings == [None, None] {
            return false;
        }
        for (i, reading) in readings.iter().enumerate() {
            if reading.is_none() && self.needs[1 - i].is_none() {
                self.needs[1 - i] = Some((line, text.to_owned()));
            }
        }
        if let [Some(point), Some(comma)] = readings
            && point != comma
            && self.undecided.is_none()
        {
            self.undecided = Some((line, text.to_owned()));
        }
        true
    }

    pub(in super::super) fn evidence(&self) -> MarkEvidence {
        match &self.needs {
            [Some(_), Some(_)] => MarkEvidence::Mixed,
            [Some(_), None] => MarkEvidence::Only(DecimalMark::Point),
            [None, Some(_)] => MarkEvidence::Only(DecimalMark::Comma),
            [None, None] if self.undecided.is_none() => MarkEvidence::Same,
            [None, None] => MarkEvidence::Undecided,
        }
    }

    /// A number that needs a point and one that needs a comma, where there are both.
    pub(in super::super) fn contradiction(&self) -> Option<[&(usize, String); 2]> {
        let [Some(point), Some(comma)] = &self.needs else { return None };
        Some([point, comma])
    }
}

#[cfg(test)]
mod tests {
    use super::{DecimalMark, MarkEvidence, NumberStyles, PlainForm, number};

    #[test]
    fn numbers_are_read_by_their_marks() {
        use DecimalMark::{Comma, Point};
        for (text, mark, value) in [
            ("1.5", Point, 1.5),
            ("-1.5e-3", Point, -1.5e-3),
            (".5", Point, 0.5),
            ("3.", Point, 3.0),
            ("+2", Comma, 2.0),
            ("1,5E5", Comma, 1.5e5),
            ("1,234.5", Point, 1234.5),
            ("1.234.567,5", Comma, 1_234_567.5),
            ("1 234,5", Comma, 1234.5),
            ("1\u{202F}234\u{A0}567", Point, 1_234_567.0),
            ("1’234.5", Point, 1234.5),
            ("\u{2212}1'234,5", Comma, -1234.5),
        ] {
            assert_eq!(number(text, mark), Some(value), "{text}");
        }
        for text in ["1,23.5", "1,2345.6", "0,123.4", "1,234e5", "1 2", "", ".", "-", "1e", "1.5.2", "1,234 567", "٣"]
        {
            assert_eq!(number(text, Point), None, "{text}");
        }
        assert_eq!(number("1e999", Point), Some(f64::INFINITY));
        assert_eq!(number("5e-324", Point), Some(5e-324));
    }

    /// What is seen without computing the number is what the two readings say.
    #[test]
    fn plain_forms_are_those_of_the_readings() {
        for sign in ["", "-", "+"] {
            for whole in ["", "0", "5", "05", "123", "1234"] {
                for rest in
                    ["", ".", ".5", ".50", ".500", ".5000", ".500e1", "e5", "e", "e+", "E-3", ".e1", " ", "5.5.5"]
                {
                    let text = format!("{sign}{whole}{rest}");
                    let [point, comma] = DecimalMark::BOTH.map(|mark| number(&text, mark));
                    let expected = match PlainForm::of(&text) {
                        None => continue,
                        Some(PlainForm::Same) => comma == point,
                        Some(PlainForm::DecimalPoint) => comma.is_none(),
                        Some(PlainForm::PointOrGroup) => comma.is_some_and(|comma| Some(comma) != point),
                    };
                    assert!(point.is_some() && expected, "{text}: {point:?} {comma:?} {:?}", PlainForm::of(&text));
                }
            }
        }
        assert_eq!(PlainForm::of("12e"), None);
    }

    #[test]
    fn a_column_decides_what_a_cell_does_not() {
        use MarkEvidence::{Mixed, Only, Same, Undecided};
        for (cells, evidence) in [
            (&["1", "25", "1 234"][..], Same),
            (&["1,234", "5,678"], Undecided),
            (&["1,234", "0,678"], Only(DecimalMark::Comma)),
            (&["1,234", "5,67"], Only(DecimalMark::Comma)),
            (&["1,234", "1,234,567"], Only(DecimalMark::Point)),
            (&["1,234", "5.5"], Only(DecimalMark::Point)),
            (&["1.234", "0.5"], Only(DecimalMark::Point)),
            // Whoever writes 12345 may still write 1,234 by hand.
            (&["1,234", "12345"], Undecided),
            (&["1.5", "2,5"], Mixed),
        ] {
            let mut styles = NumberStyles::new();
            assert!(cells.iter().enumerate().all(|(line, cell)| styles.add(line, cell)));
            assert_eq!(styles.evidence(), evidence, "{cells:?}");
            assert_eq!(styles.contradiction().is_some(), evidence == Mixed);
        }
    }
}
