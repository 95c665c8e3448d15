//! What can be wrong with a model file.

use thiserror::Error;

use crate::equation::ExpressionError;

/// What is wrong with a model file.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ModelFileError {
    /// It is not TOML.
    #[error("line {line}: {message}")]
    Toml {
        /// Line, from 1.
        line: usize,
        /// What the reader says.
        message: String,
    },
    /// A key that has no meaning.
    #[error("unknown key `{key}` in {table}")]
    UnknownKey {
        /// The table.
        table: String,
        /// The key.
        key: String,
        /// The nearest key there is.
        hint: Option<String>,
    },
    /// Something that must be there.
    #[error("{what} is missing")]
    Missing {
        /// What.
        what: String,
        /// How to write it.
        hint: String,
    },
    /// A value of the wrong kind.
    #[error("{place}: expected {expected}, found {found}")]
    Expected {
        /// Table and key.
        place: String,
        /// What may stand there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// Indices or sums that cannot be written out.
    #[error("{place}: {message}")]
    Template {
        /// Table and key.
        place: String,
        /// What is wrong.
        message: String,
        /// One thing to try.
        hint: Option<String>,
    },
    /// An expression that cannot be read.
    #[error("{place}: {source}")]
    Expression {
        /// Table and key.
        place: String,
        /// What is wrong.
        source: ExpressionError,
    },
    /// A name with two meanings.
    #[error("the name `{name}` is used twice: as {first} and as {second}")]
    TwoMeanings {
        /// The name.
        name: String,
        /// What it is.
        first: &'static str,
        /// What it is, too.
        second: &'static str,
    },
    /// A name that is none.
    #[error(
        "{place}: `{name}` cannot be a name; names have letters, digits and underscores, and do not begin with a digit"
    )]
    Name {
        /// Table and key.
        place: String,
        /// What was written.
        name: String,
    },
    /// A key for a state that has no equation.
    #[error("{table}: there is no equation for `{name}`")]
    NoSuchState {
        /// The table.
        table: &'static str,
        /// The name.
        name: String,
        /// The nearest state.
        hint: Option<String>,
    },
    /// Bounds that hold nothing.
    #[error("{place}: the lower bound min = {min} is not below the upper bound max = {max}")]
    Bounds {
        /// Table and key.
        place: String,
        /// Lower bound.
        min: f64,
        /// Upper bound.
        max: f64,
    },
    /// A start on or outside the bounds.
    #[error("{place}: start = {start} is not inside the bounds{bounds}")]
    Start {
        /// Table and key.
        place: String,
        /// The start.
        start: f64,
        /// The bounds, with a leading blank.
        bounds: String,
    },
    /// Nothing says where to begin.
    #[error("{place}: where there is no start, both min and max are needed")]
    NoStart {
        /// Table and key.
        place: String,
    },
    /// Indices, sums or definitions that stand for more than a model may have.
    #[error("{place}: written out, the model has more than {limit} {what}")]
    TooLarge {
        /// The table and key where the limit was reached.
        place: String,
        /// How many a model may have.
        limit: usize,
        /// Of what: characters or names.
        what: &'static str,
    },
    /// A state that no observation equals and whose initial value nothing tells.
    #[error("the state `{state}` needs an initial value, because no observation measures it alone")]
    NoInitialValue {
        /// The state.
        state: String,
    },
}

impl ModelFileError {
    /// One thing to try.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { hint, .. } | Self::Template { hint, .. } | Self::NoSuchState { hint, .. } => {
                hint.clone()
            }
            Self::Missing { hint, .. } => Some(hint.clone()),
            Self::Expression { source, .. } => source.hint.clone(),
            Self::TwoMeanings { .. } => Some("give one of them another name".to_owned()),
            Self::Start { .. } => {
                Some("values come near a bound but never reach it: move the start or the bound".to_owned())
            }
            Self::TooLarge { .. } => {
                let hint = "sums, indices and definitions are written out in full: use fewer members, fewer sums \
                            within sums, or definitions that use each other less often";
                Some(hint.to_owned())
            }
            Self::NoInitialValue { state } => Some(format!(
                "add to [model.initial] a value, an expression of parameters, or {state} = {{ start = .., min = .. }}"
            )),
            _ => None,
        }
    }
}
