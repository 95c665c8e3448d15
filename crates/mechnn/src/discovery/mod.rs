//! Equation discovery by the direct method: states and coefficients estimated together, terms pruned by evidence.
//!
//! 1. Every state is smoothed on its own (noise level, first states, first derivatives).
//! 2. Coefficients of the whole library start from a regression of those derivatives.
//! 3. Gauss-Newton over all states and coefficients, with the model error annealed from loose to tight
//!    ([`mechnn_solver::smoother`]).
//! 4. Terms whose removal lowers an information criterion leave, weakest first, with a new fit after every few.
//! 5. The result is simulated from its estimated start over the span of the data.
//!
//! See `docs/src/concepts/discovery.md`. All estimation is in scaled variables; results are in the data's units.

mod account;

mod candidates;

mod constraint;

mod dictionary;

mod direct;

mod direction;

mod evidence;

mod extra_term;

mod family;

mod fit;

mod held_out;

mod noise_choice;

mod observer;

mod options;

mod polish;

mod price;

mod proposal;

mod quadratic;

mod regression;

mod residuals;

mod result;

mod scaling;

mod search;

mod simplify;

mod start;

mod symmetric_eigen;

mod verdict;

mod document;

pub use direct::{DiscoveryError, discover, fit_structure};
pub use direction::{Direction, Part};
pub use document::{DiscoveryDocument, SCHEMA};
pub use evidence::Evidence;
pub use held_out::HeldOut;
pub use observer::{Observer, Progress, Silent, Stage};
pub use options::{DiscoveryOptions, NoiseModel};
pub use residuals::Residuals;
pub use result::{Alternative, DiscoveryResult, FittedTrajectory};
pub use verdict::Verdict;
