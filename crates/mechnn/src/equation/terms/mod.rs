//! Candidate functions of the variables: values, derivatives, units, text.

// In data-flow order.
mod scratch;

mod function_term;

mod term;

mod units;

mod notation;

mod polynomial;

mod inner_constants;

mod sum_of_terms;

pub use function_term::{FunctionTerm, TermError};
pub(in crate::equation) use notation::{product_sign, with_unit};
pub use polynomial::parse_polynomial;
pub(in crate::equation) use scratch::with_scratch;
pub use sum_of_terms::{parse_term, parse_terms};
pub use term::Term;
