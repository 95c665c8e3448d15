//! Equations as values: candidate terms, sparse models, and what can be done with them: printed, parsed, simulated,
//! scored.
//!
//! Letters: D states, P terms, N points in time.

// In data-flow order; each room imports from those above it only.
pub mod syntax;

mod unit;

mod notation;

mod expression;

mod terms;

mod library;

mod model;

mod simulation;

pub use crate::data::{InputError, InputSignal};
pub(crate) use expression::Names;
pub use expression::{Expression, UnitProblem};
pub use library::{BasisLibrary, FunctionFamily, LibraryError, LibrarySpec};
pub use model::{
    Equation, EquationDocument, FittedTerm, ModelDynamics, ModelError, ModelTextError, ModelUnits, Parameters,
    SparseModel, TermDocument, TermUnits,
};
pub use simulation::{
    Rollout, RolloutStatus, SimulationError, SimulationOptions, r2, simulate, simulate_with_inputs, valid_time,
};
pub use syntax::ExpressionError;
pub use terms::{FunctionTerm, Term, TermError, parse_polynomial, parse_term, parse_terms};
pub use unit::Unit;
