//! Best subsets of the unknowns of a quadratic: least squares with as few columns as the data ask for.

mod quadratic;

mod partial;

mod beam;

mod moves;

pub(crate) use quadratic::{Quadratic, Subset};

#[cfg(test)]
mod tests;
