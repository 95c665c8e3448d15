//! Right-hand sides proposed by regression, equation by equation.

mod integral;

mod proposal;

mod inner_constants;

mod choices;

pub(crate) use choices::proposals;
pub(crate) use integral::IntegralRegression;
pub(crate) use proposal::Proposal;
