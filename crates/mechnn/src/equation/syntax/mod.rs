//! Text as trees: the one parser of the project.
//!
//! What names mean is the caller's: a [`Vocabulary`] says it. `^` and `**` are powers and bind tighter than a sign and
//! to the right, as on paper and in Python; the language is documented in `docs/src/reference/expressions.md`.

// In data-flow order.
mod error;

mod word;

mod function;

mod tree;

mod parser;

pub use error::ExpressionError;
pub use function::Function;
pub use parser::Vocabulary;
pub use tree::{Factor, Kind, Summand, Tree};
pub use word::{Placed, Word, words};
