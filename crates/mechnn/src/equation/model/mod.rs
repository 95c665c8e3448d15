//! A system of ordinary differential equations as a value: read from text, written, with units, as dynamics.

// In data-flow order.
mod error;

mod equation;

mod sparse_model;

mod text;

mod dynamics;

mod units;

mod notation;

mod document;

pub use document::{EquationDocument, TermDocument};
pub use dynamics::{ModelDynamics, Parameters};
pub use equation::{Equation, FittedTerm};
pub use error::ModelError;
pub use sparse_model::SparseModel;
pub use text::ModelTextError;
pub use units::{ModelUnits, TermUnits};
