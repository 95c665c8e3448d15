//! The words of an equation: numbers, names with primes, operators; each knows its place.

use super::ExpressionError;

/// One word.
#[derive(Debug, Clone, PartialEq)]
pub enum Word {
    /// `2`, `0.5`, `1e-3`
    Number {
        /// Finite, not negative.
        value: f64,
        /// Digits only: `2`, not `2.0`.
        whole: bool,
    },
    /// `u''` is the name u with two primes.
    Name {
        /// Letters, digits and underscores, no digit first.
        name: String,
        /// Number of primes.
        primes: usize,
    },
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
    /// `^` or `**`
    Power,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `=`
    Equals,
    /// The end of the text.
    End,
}

impl Word {
    /// How it is called in a message.
    pub fn describe(&self) -> String {
        match self {
            Word::Number { value, .. } => format!("the number {value}"),
            Word::Name { name, primes } => format!("`{name}{}`", "'".repeat(*primes)),
            Word::Plus => "`+`".to_owned(),
            Word::Minus => "`-`".to_owned(),
            Word::Times => "`*`".to_owned(),
            Word::Over => "`/`".to_owned(),
            Word::Power => "`^`".to_owned(),
            Word::Open => "`(`".to_owned(),
            Word::Close => "`)`".to_owned(),
            Word::Comma => "`,`".to_owned(),
            Word::Equals => "`=`".to_owned(),
            Word::End => "the end".to_owned(),
        }
    }
}

/// A word and the number of characters before it.
pub type Placed = (Word, usize);

/// Splits a text into words; the last one is [`Word::End`].
///
/// # Errors
/// [`ExpressionError`] at a character or a number that means nothing.
pub fn words(text: &str) -> Result<Vec<Placed>, ExpressionError> {
    let characters: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let start = at;
        let first = characters[at];
        at += 1;
        let word = match first {
            c if c.is_whitespace() => continue,
            '+' => Word::Plus,
            '-' | '\u{2212}' => Word::Minus,
            '*' if characters.get(at) == Some(&'*') => {
                at += 1;
                Word::Power
            }
            '*' => Word::Times,
            '/' => Word::Over,
            '^' => Word::Power,
            '(' => Word::Open,
            ')' => Word::Close,
            ',' => Word::Comma,
            '=' => Word::Equals,
            '.' | '0'..='9' => {
                at = end_of_number(&characters, start);
                let digits: String = characters[start..at].iter().collect();
                match digits.parse::<f64>() {
                    Ok(value) if value.is_finite() => {
                        Word::Number { value, whole: digits.bytes().all(|digit| digit.is_ascii_digit()) }
                    }
                    Ok(_) => return Err(ExpressionError::new(start, format!("{digits} is too large for a number"))),
                    Err(_) => return Err(ExpressionError::new(start, format!("`{digits}` is not a number"))),
                }
            }
            c if c.is_alphabetic() || c == '_' => {
                let count =
                    |from: usize, keep: fn(&char) -> bool| characters[from..].iter().take_while(|c| keep(c)).count();
                at += count(at, |c| c.is_alphanumeric() || *c == '_');
                let name = characters[start..at].iter().collect();
                let primes = count(at, |c| matches!(c, '\'' | '\u{2032}' | '\u{2019}'));
                at += primes;
                Word::Name { name, primes }
            }
            c => return Err(ExpressionError::new(start, format!("unexpected `{c}`"))),
        };
        words.push((word, start));
    }
    words.push((Word::End, characters.len()));
    Ok(words)
}

/// Digits, a point, digits, and an exponent only if digits follow: in `2*exp(t)` or `3e` no exponent is begun.
fn end_of_number(characters: &[char], start: usize) -> usize {
    let digits = |from: usize| from + characters[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut end = digits(start);
    if characters.get(end) == Some(&'.') {
        end = digits(end + 1);
    }
    if matches!(characters.get(end), Some('e' | 'E')) {
        let sign = usize::from(matches!(characters.get(end + 1), Some('+' | '-')));
        let first = end + 1 + sign;
        if characters.get(first).is_some_and(char::is_ascii_digit) {
            end = digits(first);
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_and_exponents_are_words() {
        let found: Vec<Word> = words("2.5e-3*u''**2").expect("valid").into_iter().map(|(word, _)| word).collect();
        let u = Word::Name { name: "u".to_owned(), primes: 2 };
        let expected = [
            Word::Number { value: 2.5e-3, whole: false },
            Word::Times,
            u,
            Word::Power,
            Word::Number { value: 2.0, whole: true },
            Word::End,
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn places_count_characters_not_bytes() {
        assert_eq!(words("ω + $").expect_err("dollar").at, 4);
        assert!(words("1..2").is_err() || words("1..2").is_ok_and(|w| w.len() == 3));
        assert!(words("1e999").expect_err("infinite").to_string().contains("too large"));
    }
}
