//! Indexed names and sums, written out: `x[i]` for every body i.

use std::collections::HashMap;

use super::allowance::{Allowance, MAX_DEPTH};
use super::error::ModelFileError;
use super::indices::Indices;

/// Writes out what indices stand for at a place.
pub(super) struct Templates<'a> {
    indices: &'a Indices,
    allowance: &'a Allowance,
}

type Binding<'a> = HashMap<String, &'a str>;

impl<'a> Templates<'a> {
    pub(super) fn new(indices: &'a Indices, allowance: &'a Allowance) -> Self {
        Self { indices, allowance }
    }

    /// The names a key such as `x[i]` stands for, each with the right-hand side written out for it.
    ///
    /// # Errors
    /// [`ModelFileError::Template`] for an unknown index or an open bracket, [`ModelFileError::TooLarge`] before more
    /// is written than the allowance pays for.
    pub(super) fn expand(
        &self,
        place: &str,
        key: &str,
        texts: &[&str],
    ) -> Result<Vec<(String, Vec<String>)>, ModelFileError> {
        let free = self.free_indices(place, key)?;
        let count = free.iter().try_fold(1_usize, |count, (members, _)| count.checked_mul(members.len()));
        self.allowance.names(place, count)?;
        let mut bindings: Vec<Binding<'a>> = vec![HashMap::new()];
        for (members, name) in free {
            bindings = bindings
                .into_iter()
                .flat_map(|binding| {
                    let name = &name;
                    members.iter().map(move |member| {
                        let mut binding = binding.clone();
                        binding.insert(name.clone(), member.as_str());
                        binding
                    })
                })
                .collect();
        }
        let write = |mut binding: Binding<'a>| {
            let binding = &mut binding;
            let texts = texts.iter().map(|text| self.write(place, text, binding, 0)).collect::<Result<_, _>>()?;
            Ok((self.write(place, key, binding, 0)?, texts))
        };
        bindings.into_iter().map(write).collect()
    }

    /// Indices in the brackets of a key, that are not members, each with its members.
    fn free_indices(&self, place: &str, key: &str) -> Result<Vec<(&'a [String], String)>, ModelFileError> {
        let Some((_, rest)) = key.split_once('[') else { return Ok(Vec::new()) };
        let inside =
            rest.split_once(']').ok_or_else(|| fault(place, format!("`{key}` has a `[` that is not closed")))?.0;
        let mut free: Vec<(&[String], String)> = Vec::new();
        for name in inside.split(',').map(str::trim) {
            if !self.indices.is_member(name) && !free.iter().any(|(_, other)| other == name) {
                free.push((self.indices.members(place, name)?, name.to_owned()));
            }
        }
        Ok(free)
    }

    /// `text` with every index replaced by what it is bound to, and sums written out; it stands inside `depth` sums.
    fn write(
        &self,
        place: &str,
        text: &str,
        binding: &mut Binding<'a>,
        depth: usize,
    ) -> Result<String, ModelFileError> {
        self.allowance.characters(place, text.len() + AROUND_A_TERM)?;
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if !(first.is_alphabetic() || first == '_') {
                // A number with an exponent, such as 1e5, holds a letter that begins no name.
                let length = if first.is_ascii_digit() { number_length(rest) } else { first.len_utf8() };
                out.push_str(&rest[..length]);
                rest = &rest[length..];
                continue;
            }
            let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let (name, after) = rest.split_at(length);
            if let Some(inside) = after.strip_prefix('[') {
                let end = inside.find(']').ok_or_else(|| fault(place, format!("`{name}[` is not closed")))?;
                out.push_str(name);
                for index in inside[..end].split(',').map(str::trim) {
                    let member = match binding.get(index) {
                        Some(member) => member,
                        None if self.indices.is_member(index) => index,
                        None => return Err(self.indices.unknown(place, index)),
                    };
                    self.allowance.characters(place, member.len())?;
                    out.push('_');
                    out.push_str(member);
                }
                rest = &inside[end + 1..];
            } else if let Some(inside) = after.strip_prefix('(').filter(|_| name == "sum") {
                let end = closing(inside).ok_or_else(|| fault(place, "`sum(` is not closed".to_owned()))?;
                out.push_str(&self.sum(place, &inside[..end], binding, depth + 1)?);
                rest = &inside[end + 1..];
            } else {
                out.push_str(name);
                rest = after;
            }
        }
        Ok(out)
    }

    /// `j, body` or `j != i, body`.
    fn sum(
        &self,
        place: &str,
        inside: &str,
        binding: &mut Binding<'a>,
        depth: usize,
    ) -> Result<String, ModelFileError> {
        if depth > MAX_DEPTH {
            return Err(fault(place, format!("there are more than {MAX_DEPTH} sums within sums")));
        }
        let expected = || fault(place, "a sum is written as `sum(j, ..)` or `sum(j != i, ..)`".to_owned());
        let (head, body) = inside.split_once(',').ok_or_else(expected)?;
        let (index, excluded) = match head.split_once("!=") {
            Some((index, other)) => (index.trim(), Some(other.trim())),
            None => (head.trim(), None),
        };
        let members = self.indices.members(place, index)?;
        let excluded = excluded.map(|other| binding.get(other).copied().unwrap_or(other));
        let outside = binding.get(index).copied();
        let mut terms = Vec::new();
        for member in members.iter().filter(|member| excluded != Some(member.as_str())) {
            binding.insert(index.to_owned(), member);
            terms.push(format!("({})", self.write(place, body.trim(), binding, depth)?));
        }
        match outside {
            Some(member) => binding.insert(index.to_owned(), member),
            None => binding.remove(index),
        };
        Ok(if terms.is_empty() { "0".to_owned() } else { format!("({})", terms.join(" + ")) })
    }
}

/// What stands around a term of a sum: brackets and ` + `.
const AROUND_A_TERM: usize = 5;

/// `text` with every name that is defined replaced by its definition in brackets.
///
/// # Errors
/// [`ModelFileError::TooLarge`] before more is written than the allowance pays for.
pub(super) fn substitute(
    place: &str,
    text: &str,
    definitions: &HashMap<String, String>,
    allowance: &Allowance,
) -> Result<String, ModelFileError> {
    allowance.characters(place, text.len())?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_name = first.is_alphabetic() || first == '_';
        let length = match () {
            () if is_name => rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len()),
            () if first.is_ascii_digit() => number_length(rest),
            () => first.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        match definitions.get(word).filter(|_| is_name) {
            Some(definition) => {
                allowance.characters(place, definition.len())?;
                out.push_str(&format!("({definition})"));
            }
            None => out.push_str(word),
        }
        rest = after;
    }
    Ok(out)
}

/// Bytes of the number that begins `text`: digits, a point, an exponent.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let mut length = digits(0);
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        if bytes.get(length + 1 + sign).is_some_and(u8::is_ascii_digit) {
            length += 1 + sign + digits(length + 1 + sign);
        }
    }
    length
}

/// Where the bracket closes that was opened before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn fault(place: &str, message: String) -> ModelFileError {
    ModelFileError::Template { place: place.to_owned(), message, hint: None }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn indices() -> Indices {
        let members = toml::Value::from(vec!["sun", "earth", "moon"]);
        Indices::read(&[(&"i, j".to_owned(), &members)], &Allowance::new()).unwrap()
    }

    #[test]
    fn names_and_sums_are_written_out() {
        let indices = indices();
        let allowance = Allowance::new();
        let templates = Templates::new(&indices, &allowance);
        let rows = templates.expand("e", "v[i]", &["sum(j != i, m[j]*(x[j] - x[i])/d[i, j]^3) + 1e5*x[sun]"]).unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1].0, "v_earth");
        assert_eq!(
            rows[1].1[0],
            "((m_sun*(x_sun - x_earth)/d_earth_sun^3) + (m_moon*(x_moon - x_earth)/d_earth_moon^3)) + 1e5*x_sun"
        );
        assert_eq!(
            templates.expand("e", "a", &["b + sum(i, x[i])"]).unwrap()[0].1[0],
            "b + ((x_sun) + (x_earth) + (x_moon))"
        );
        assert_eq!(templates.expand("e", "v[moon]", &["2"]).unwrap()[0].0, "v_moon");
    }

    #[test]
    fn mistakes_name_the_place() {
        let indices = indices();
        let allowance = Allowance::new();
        let templates = Templates::new(&indices, &allowance);
        for (key, text, message) in [
            ("v[k]", "1", "there is no index `k`"),
            ("v[i]", "x[erth]", "there is no index `erth`"),
            ("v[i]", "x[i", "`x[` is not closed"),
            ("v[i", "1", "`v[i` has a `[` that is not closed"),
            ("v", "sum(j x[j])", "a sum is written as `sum(j, ..)`"),
            ("v", "sum(j, x[j]", "`sum(` is not closed"),
        ] {
            let error = templates.expand("equation", key, &[text]).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn definitions_are_put_in_brackets_and_only_whole_names() {
        let definitions = HashMap::from([("r".to_owned(), "a + b".to_owned())]);
        let written = substitute("e", "r*rr + 2e3*r^2", &definitions, &Allowance::new());
        assert_eq!(written.unwrap(), "(a + b)*rr + 2e3*(a + b)^2");
    }
}
