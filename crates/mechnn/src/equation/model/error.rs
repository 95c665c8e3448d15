//! What can be wrong with the parts of a model.

use thiserror::Error;

use crate::equation::syntax::ExpressionError;

/// Why a model cannot be made from its parts.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// Another number of equations than states.
    #[error("{found} equations for {expected} states")]
    Equations {
        /// D, the number of states.
        expected: usize,
        /// The number of equations.
        found: usize,
    },
    /// A name cannot stand in an expression.
    #[error("\"{name}\" cannot be a name in an equation: expected letters, digits and underscores, no digit first")]
    Name {
        /// The name.
        name: String,
    },
    /// Two variables, or the time and a state, have the same name.
    #[error("the name \"{name}\" is used twice")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A term is a function of more variables than there are.
    #[error("equation of {state}: term {index} is a function of {found} variables, the model has {expected}")]
    Shape {
        /// State whose equation it is.
        state: String,
        /// Index of the term.
        index: usize,
        /// V of the model.
        expected: usize,
        /// V of the term.
        found: usize,
    },
    /// An inner constant is NaN or infinite.
    #[error("equation of {state}: the inner constant {constant} of term {index} is {value}")]
    Constant {
        /// State whose equation it is.
        state: String,
        /// Index of the term.
        index: usize,
        /// Name of the constant.
        constant: String,
        /// Its value.
        value: f64,
    },
    /// Another number of parameters than the model has.
    #[error("the model has {expected} parameters, found {found}")]
    Parameters {
        /// P of the model.
        expected: usize,
        /// Number found.
        found: usize,
    },
    /// Another number of inputs than controls.
    #[error("the model has {expected} controls, found {found} inputs")]
    Inputs {
        /// Number of controls.
        expected: usize,
        /// Number of inputs.
        found: usize,
    },
    /// A coefficient is NaN or infinite.
    #[error("equation of {state}: the coefficient of term {index} is {value}")]
    NotFinite {
        /// State whose equation it is.
        state: String,
        /// Index of the term.
        index: usize,
        /// The coefficient.
        value: f64,
    },
    /// Text that is not one term.
    #[error("equation of {state}: {source}")]
    Expression {
        /// State whose equation it is.
        state: String,
        /// What is wrong with it.
        source: ExpressionError,
    },
}
