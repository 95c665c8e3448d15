//! Why there is no library.

use thiserror::Error;

use super::function_family::FunctionFamily;

/// Why a library cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// The text names no known library.
    #[error(
        "library \"{text}\" is not known; understood: poly:N with N from 0 to 9 (all monomials up to degree N), and \
         the functions {}, separated by commas", FunctionFamily::ALL.map(FunctionFamily::name).join(", ")
    )]
    Unknown {
        /// What was given.
        text: String,
    },
    /// A term is a function of another number of states.
    #[error("term {index} is a function of {found} states, the library has {expected}")]
    Shape {
        /// Index of the term.
        index: usize,
        /// D of the library.
        expected: usize,
        /// D of the term.
        found: usize,
    },
}
