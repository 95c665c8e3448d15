//! What is known of the equations, in terms of the data and of the candidates.

mod parsed;

mod rules;

pub(crate) use parsed::ParsedConstraints;
pub(crate) use rules::Rules;
