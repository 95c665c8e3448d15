//! What a user knows of the equations before the search.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is known of the equations before the search: the `[model]` table of `mechnn discover --model FILE`.
///
/// Keys are states as equations name them, terms are expressions over states, inputs and time. Nothing known is the
/// default.
///
/// ```
/// use mechnn::discovery::{ModelConstraints, Sign};
///
/// let text = r#"
/// [model]
/// conserved = ["S + I + R"]
/// ties = [{ S = "-S*I", I = "S*I" }]
///
/// [model.signs.I]
/// I = "negative"
/// "#;
/// let constraints = ModelConstraints::from_toml(text)?;
/// assert_eq!(constraints.signs["I"]["I"], Sign::Negative);
/// # Ok::<(), mechnn::discovery::ConstraintError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ModelConstraints {
    /// Columns that are known inputs; [`Dataset::with_controls`](crate::data::Dataset::with_controls) sets them apart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<String>,
    /// For a state, the only terms that its equation may have. Other equations have the library.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub terms: BTreeMap<String, Vec<String>>,
    /// For a state, a part of its equation with all its numbers: `"-0.5*x"`. The search adds to it, but not terms that
    /// it has already.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub known: BTreeMap<String, String>,
    /// For a state and a term, the sign of the coefficient, should the equation have that term.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub signs: BTreeMap<String, BTreeMap<String, Sign>>,
    /// Terms of several equations with one coefficient: `{ S = "-S*I", I = "S*I" }` moves from one state to another,
    /// `{ s = "-2*x*s/(1 + s)", x = "x*s/(1 + s)" }` turns two units into one. One coefficient multiplies all; the
    /// same function has the same inner constants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ties: Vec<BTreeMap<String, String>>,
    /// Functions whose inner constants are the same in every equation, while the coefficients are free.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<String>,
    /// Sums of states that never change, `"S + I + R"`, or with weights. The last state of each that has no other
    /// entries here gets its equation from the others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conserved: Vec<String>,
}

/// Sign of a coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Above zero.
    Positive,
    /// Below zero.
    Negative,
}

/// Why constraints cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ConstraintError {
    /// The text is no TOML, or has keys or values that mean nothing here.
    #[error("line {line}: {message}")]
    Toml {
        /// Line of the problem, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// An entry that means nothing for these data.
    #[error("{place}: {problem}")]
    Entry {
        /// The table and key.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl ConstraintError {
    pub(crate) fn entry(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Entry { place: place.into(), problem: problem.into() }
    }
}

/// A file has one table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    model: ModelConstraints,
}

impl ModelConstraints {
    /// Reads the `[model]` table of a TOML file.
    ///
    /// # Errors
    /// [`ConstraintError::Toml`] with the line. What the entries mean is checked against the data by the search.
    pub fn from_toml(text: &str) -> Result<Self, ConstraintError> {
        let file: Result<File, toml::de::Error> = toml::from_str(text);
        file.map(|file| file.model).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            let message = error.message().lines().next().unwrap_or("not valid TOML").to_owned();
            ConstraintError::Toml { line, message }
        })
    }

    /// Whether nothing is known of the equations.
    pub fn is_empty(&self) -> bool {
        *self == Self { controls: self.controls.clone(), ..Self::default() }
    }
}

impl Sign {
    /// Whether a coefficient may have this value.
    pub(crate) fn allows(self, coefficient: f64) -> bool {
        match self {
            Self::Positive => coefficient >= 0.0,
            Self::Negative => coefficient <= 0.0,
        }
    }

    /// The sign of the coefficient times a factor.
    pub(crate) fn times(self, factor: f64) -> Self {
        match (self, factor < 0.0) {
            (sign, false) => sign,
            (Self::Positive, true) => Self::Negative,
            (Self::Negative, true) => Self::Positive,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{ConstraintError, ModelConstraints, Sign};

    #[test]
    fn a_file_comes_back_from_what_is_written_of_it() {
        let text = r#"
            [model]
            controls = ["u"]
            ties = [{ S = "-S*I", I = "S*I" }]
            shared = ["x*s/(1 + s)"]
            conserved = ["S + I + R"]
            terms = { I = ["S*I", "I"] }
            known = { S = "-0.5*S" }
            signs = { I = { I = "negative" } }
        "#;
        let read = ModelConstraints::from_toml(text).unwrap();
        assert!(!read.is_empty() && read.signs["I"]["I"] == Sign::Negative && read.ties[0]["S"] == "-S*I");
        let written = toml::to_string(&std::collections::BTreeMap::from([("model", &read)])).unwrap();
        assert_eq!(ModelConstraints::from_toml(&written).unwrap(), read, "{written}");
        assert!(ModelConstraints::from_toml("[model]\ncontrols = [\"u\"]").unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, line, part) in [
            ("[model]\nterm = {}", 2, "unknown field `term`"),
            ("[model]\n\nconserved = \"S + I\"", 3, "invalid type"),
            ("[model]\nsigns = { x = { x = \"down\" } }", 2, "unknown variant `down`"),
            ("[mode]", 1, "mode"),
            ("[model", 1, ""),
        ] {
            match ModelConstraints::from_toml(text) {
                Err(ConstraintError::Toml { line: found, message }) => {
                    assert!(found == line && message.contains(part), "{text}: line {found}: {message}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
