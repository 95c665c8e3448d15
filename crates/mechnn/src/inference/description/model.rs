//! A model whose equations are given: what is known, what is estimated, what is observed.

use super::bounds::Bounds;
use crate::data::Between;
use crate::equation::Expression;

/// Equations with parameters, and how the columns of a table depend on their states.
///
/// Made by [`Model::from_toml`]. Letters: D states, C inputs, M parameters (estimated and given). Expressions of the
/// state have the variables `[states.., inputs.., time]` and the M parameters as constants; those of parameters alone
/// have no variables.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Model {
    /// Name of the time in expressions.
    pub time: String,
    /// Names of the states, `[D]`.
    pub states: Vec<String>,
    /// Right-hand sides, `[D]`.
    pub equations: Vec<Expression>,
    /// For the velocity of an equation of second order the number of the state it belongs to, `[D]`.
    pub velocity_of: Vec<Option<usize>>,
    /// The equations as written, index and definitions written out, `[D]`.
    pub texts: Vec<String>,
    /// Known inputs, `[C]`.
    pub inputs: Vec<Input>,
    /// `[M]`; initial values that are estimated by themselves are the last ones.
    pub parameters: Vec<Parameter>,
    /// What the columns measure.
    pub observations: Vec<Observation>,
    /// The states at the first time as expressions of the parameters, `[D]`.
    pub initial: Vec<InitialValue>,
    /// Standard deviation of the random part of each equation, per root of a unit of time, `[D]`.
    pub process_noise: Vec<Option<ProcessNoise>>,
    /// Quantities computed from the parameters.
    pub derived: Vec<Derived>,
    /// Steps between two rows; chosen by the accuracy if not given.
    pub substeps: Option<usize>,
    /// Every how manieth row is used.
    pub every: usize,
}

/// A known input: a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name in the equations.
    pub name: String,
    /// The column.
    pub column: String,
    /// How it goes on between its rows.
    pub between: Between,
}

/// A number of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name; `x(0)` for the initial value of a state.
    pub name: String,
    /// Given or estimated.
    pub role: Role,
}

/// Whether a number is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Role {
    /// Given.
    Fixed(f64),
    /// Estimated.
    Estimated {
        /// Where to begin; several starts between the bounds if not given.
        start: Option<f64>,
        /// The values it may take.
        bounds: Bounds,
        /// Whether every trajectory has one of its own.
        per_trajectory: bool,
    },
}

/// The state at the first time.
#[derive(Debug, Clone, PartialEq)]
pub enum InitialValue {
    /// An expression of the parameters.
    Expression(Expression),
    /// The parameter of this number; it begins where the first observation of the state is, if it has no start.
    Parameter(usize),
}

/// What a column measures.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The column.
    pub column: String,
    /// What it measures.
    pub expression: Expression,
    /// Number of the state, if it measures just that.
    pub state: Option<usize>,
    /// Its error.
    pub noise: Noise,
}

/// The error of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Noise {
    /// One standard deviation, estimated.
    Additive,
    /// A standard deviation in proportion to the value predicted, estimated.
    Proportional,
    /// This standard deviation.
    Known(f64),
    /// The standard deviations in this column.
    Column(String),
}

impl Noise {
    /// Whether its level is estimated.
    pub fn is_estimated(&self) -> bool {
        matches!(self, Self::Additive | Self::Proportional)
    }
}

/// How far the state wanders from the equations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ProcessNoise {
    /// This much.
    Known(f64),
    /// By the marginal likelihood.
    Estimated,
}

/// A quantity computed from the parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    /// Its name.
    pub name: String,
    /// The expression.
    pub expression: Expression,
}

impl Model {
    /// D
    pub fn dims(&self) -> usize {
        self.states.len()
    }

    /// The columns that are read: observations, their errors, inputs; each once.
    pub fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        let errors = self.observations.iter().filter_map(|observation| match &observation.noise {
            Noise::Column(column) => Some(column),
            _ => None,
        });
        let observed = self.observations.iter().map(|observation| &observation.column);
        for column in observed.chain(errors).chain(self.inputs.iter().map(|input| &input.column)) {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        columns
    }

    /// Whether the states wander from the equations.
    pub fn is_stochastic(&self) -> bool {
        self.process_noise.iter().any(Option::is_some)
    }
}
