//! A known equation with unknown parameters.

use burn::module::{Module, Param};
use burn::tensor::{Tensor, activation};
use mechnn::equation::{ExpressionError, Term, parse_polynomial};
use thiserror::Error;

use super::{RightHandSide, Source};
use crate::array::from_slice;
use crate::basis::{Basis, Monomials};
use crate::error::{RefusedInput, expect_axis};
use crate::network::InitialWeights;

/// An unknown number of an equation, between two bounds: `low + (high - low) σ(z)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Name in the equation.
    pub name: String,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// Value at z = 0 plus an offset: where it starts.
    pub start: f64,
}

/// Why text is no parametric equation.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ParametricError {
    /// The right-hand side of a state cannot be read.
    #[error("equation of {state}: {source}")]
    Expression {
        /// The state.
        state: String,
        /// What is wrong.
        source: ExpressionError,
    },
    /// Another number of equations than states.
    #[error("{found} equations for {expected} states")]
    Equations {
        /// D.
        expected: usize,
        /// Equations given.
        found: usize,
    },
    /// The bounds of a parameter do not enclose its start.
    #[error("parameter {name}: expected low < start < high, found {low}, {start}, {high}")]
    Bounds {
        /// The parameter.
        name: String,
        /// Lower bound.
        low: f64,
        /// Start.
        start: f64,
        /// Upper bound.
        high: f64,
    },
}

/// Right-hand sides as text: polynomials in states and parameters, such as `r*x - k*x**2`.
#[derive(Module, Debug)]
pub struct ParametricRightHandSide {
    /// z of shared parameters, `[1, P]`.
    shared: Option<Param<Tensor<2>>>,
    dims: usize,
    #[module(skip)]
    equations: Vec<(Monomials, Vec<f64>)>,
    #[module(skip)]
    parameters: Vec<Parameter>,
}

impl ParametricRightHandSide {
    /// One right-hand side for each state.
    ///
    /// # Errors
    /// [`ParametricError`].
    pub fn new(
        equations: &[&str],
        states: &[&str],
        parameters: Vec<Parameter>,
        source: Source,
        weights: &InitialWeights,
    ) -> Result<Self, ParametricError> {
        if equations.len() != states.len() {
            return Err(ParametricError::Equations { expected: states.len(), found: equations.len() });
        }
        if let Some(bad) = parameters.iter().find(|p| !(p.low < p.start && p.start < p.high)) {
            let Parameter { name, low, high, start } = bad.clone();
            return Err(ParametricError::Bounds { name, low, start, high });
        }
        let names: Vec<String> =
            states.iter().map(|s| (*s).to_owned()).chain(parameters.iter().map(|p| p.name.clone())).collect();
        let parsed = equations.iter().zip(states).map(|(text, state)| {
            let terms = parse_polynomial(text, &names)
                .map_err(|source| ParametricError::Expression { state: (*state).to_owned(), source })?;
            let (terms, coefficients): (Vec<Term>, Vec<f64>) = terms.into_iter().unzip();
            Ok((Monomials::new(&terms), coefficients))
        });
        let equations = parsed.collect::<Result<_, ParametricError>>()?;
        let count = parameters.len();
        let shared = match source {
            Source::Shared => Some(weights.given(&vec![0.0; count], [1, count])),
            Source::Features => None,
        };
        Ok(Self { shared, dims: states.len(), equations, parameters })
    }

    /// The parameters, `[B | 1, P]`, of features `[B | 1, P]`.
    pub fn parameters(&self, features: Tensor<2>) -> Tensor<2> {
        let raw = match &self.shared {
            Some(shared) => shared.val(),
            None => features,
        };
        let row = |f: &dyn Fn(&Parameter) -> f64| {
            let values: Vec<f64> = self.parameters.iter().map(f).collect();
            from_slice(&values, [1, values.len()], &raw.device())
        };
        let offset = row(&|p| {
            let share = (p.start - p.low) / (p.high - p.low);
            (share / (1.0 - share)).ln()
        });
        activation::sigmoid(raw.clone() + offset) * row(&|p| p.high - p.low) + row(&|p| p.low)
    }
}

impl RightHandSide for ParametricRightHandSide {
    fn features(&self) -> usize {
        if self.shared.is_some() { 0 } else { self.parameters.len() }
    }

    fn evaluate(&self, features: Tensor<2>, states: Tensor<3>, times: Tensor<3>) -> Result<Tensor<3>, RefusedInput> {
        let [batch, points, dims] = states.dims();
        expect_axis("states", 2, "states of the equation", self.dims, dims)?;
        let count = self.parameters.len();
        let parameters = self.parameters(features).unsqueeze_dim::<3>(1).expand([batch, points, count]);
        let arguments = Tensor::cat(vec![states, parameters], 2);
        let rates = self.equations.iter().map(|(monomials, coefficients)| {
            let factors = from_slice(coefficients, [1, 1, coefficients.len()], &arguments.device());
            (monomials.evaluate(arguments.clone(), times.clone()) * factors).sum_dim(2)
        });
        Ok(Tensor::cat(rates.collect(), 2))
    }
}
