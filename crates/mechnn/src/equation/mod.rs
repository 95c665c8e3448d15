//! Equations as values: candidate terms, sparse models, and what can be done with them: printed, parsed, simulated,
//! scored.
//!
//! Letters: D states, P terms, N points in time.

// In data-flow order.
pub mod syntax;

mod unit;

mod expression;

mod scratch;

mod function_term;

mod term;

mod library;

mod library_spec;

mod input_signal;

mod sparse_model;

mod model_units;

mod notation;

mod uncertain_number;

mod polynomial;

mod sum_of_terms;

mod model_text;

mod document;

mod rollout;

mod simulate;

mod simulated_system;

mod simulation_options;

mod dynamics;

mod score;

pub use document::{EquationDocument, TermDocument};
pub use dynamics::{ModelDynamics, Parameters};
pub use expression::{Expression, UnitProblem};
pub use function_term::{FunctionTerm, TermError};
pub use input_signal::{InputError, InputSignal};
pub use library::{BasisLibrary, LibraryError};
pub use library_spec::{FunctionFamily, LibrarySpec};
pub use model_text::ModelTextError;
pub use model_units::{ModelUnits, TermUnits};
pub use polynomial::parse_polynomial;
pub use rollout::{Rollout, RolloutStatus};
pub use score::{r2, valid_time};
pub use simulate::{simulate, simulate_with_inputs};
pub use simulation_options::{SimulationError, SimulationOptions};
pub use sparse_model::{Equation, FittedTerm, ModelError, SparseModel};
pub use sum_of_terms::{parse_term, parse_terms};
pub use syntax::ExpressionError;
pub use term::Term;
pub use unit::Unit;
