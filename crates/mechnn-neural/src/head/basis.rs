//! Functions of the states as tensors.

use burn::module::{Module, ModuleDisplay, Param};
use burn::tensor::Tensor;
use mechnn::equation::Term;

use crate::encoder::Linear;
use crate::initial_weights::InitialWeights;

/// P functions of states and time, some with trained parameters.
pub trait Basis: Module + ModuleDisplay {
    /// P for D states.
    fn terms(&self, dims: usize) -> usize;

    /// Values `[B, N, P]` at states `[B, N, D]` and times `[B | 1, N, 1]`.
    fn evaluate(&self, states: Tensor<3>, times: Tensor<3>) -> Tensor<3>;
}

/// Products of powers, the terms of [`mechnn::equation::BasisLibrary`].
#[derive(Module, Debug)]
pub struct Monomials {
    #[module(skip)]
    terms: Vec<Term>,
}

impl Monomials {
    /// Given terms.
    pub fn new(terms: &[Term]) -> Self {
        Self { terms: terms.to_vec() }
    }

    /// The terms, `[P]`.
    pub fn list(&self) -> &[Term] {
        &self.terms
    }
}

impl Basis for Monomials {
    fn terms(&self, _: usize) -> usize {
        self.terms.len()
    }

    fn evaluate(&self, states: Tensor<3>, _: Tensor<3>) -> Tensor<3> {
        let [batch, points, dims] = states.dims();
        let state = |d: usize| states.clone().slice([0..batch, 0..points, d..d + 1]);
        let columns = self.terms.iter().map(|term| match term {
            Term::Monomial(exponents) => {
                let factors = (0..dims).flat_map(|d| std::iter::repeat_n(d, usize::from(exponents[d])));
                factors.map(state).reduce(|product, factor| product * factor).unwrap_or_else(|| state(0) * 0.0 + 1.0)
            }
            // A term of a later version of the library: NaN stops the training at once.
            _ => state(0) * f64::NAN,
        });
        Tensor::cat(columns.collect(), 2)
    }
}

/// sin and cos of every state times each frequency.
#[derive(Module, Debug)]
pub struct Trigonometric {
    frequencies: Vec<f64>,
}

impl Trigonometric {
    /// Fixed frequencies, in radians per unit of the state.
    pub fn new(frequencies: &[f64]) -> Self {
        Self { frequencies: frequencies.to_vec() }
    }
}

impl Basis for Trigonometric {
    fn terms(&self, dims: usize) -> usize {
        2 * self.frequencies.len() * dims
    }

    fn evaluate(&self, states: Tensor<3>, _: Tensor<3>) -> Tensor<3> {
        let angles = self.frequencies.iter().map(|&frequency| states.clone() * frequency);
        Tensor::cat(angles.flat_map(|angle| [angle.clone().sin(), angle.cos()]).collect(), 2)
    }
}

/// tanh(W x + b) with trained W and b: a nested basis.
#[derive(Module, Debug)]
pub struct TanhUnits {
    inner: Linear,
}

impl TanhUnits {
    /// `units` functions of `dims` states.
    pub fn new(dims: usize, units: usize, weights: &mut InitialWeights) -> Self {
        Self { inner: Linear::new(dims, units, weights) }
    }

    /// W and b.
    pub fn inner(&self) -> &Linear {
        &self.inner
    }
}

impl Basis for TanhUnits {
    fn terms(&self, _: usize) -> usize {
        self.inner.outputs()
    }

    fn evaluate(&self, states: Tensor<3>, _: Tensor<3>) -> Tensor<3> {
        let [batch, points, dims] = states.dims();
        let values = self.inner.forward(states.reshape([batch * points, dims])).tanh();
        values.reshape([batch, points, self.inner.outputs()])
    }
}

/// (|x_d| + 1e-12)^p_d with a trained exponent for every state.
#[derive(Module, Debug)]
pub struct Powers {
    exponents: Param<Tensor<1>>,
}

impl Powers {
    /// Exponents to start from, `[D]`.
    pub fn new(exponents: &[f64], weights: &InitialWeights) -> Self {
        Self { exponents: weights.given(exponents, [exponents.len()]) }
    }

    /// The exponents, `[D]`.
    pub fn exponents(&self) -> Vec<f64> {
        crate::array::to_vec(self.exponents.val())
    }
}

impl Basis for Powers {
    fn terms(&self, dims: usize) -> usize {
        dims
    }

    fn evaluate(&self, states: Tensor<3>, _: Tensor<3>) -> Tensor<3> {
        // 1e-12 keeps the derivative of the logarithm finite at 0.
        ((states.abs() + 1e-12).log() * self.exponents.val().unsqueeze()).exp()
    }
}

/// The functions of two bases, one after the other.
#[derive(Module, Debug)]
pub struct Joined<A: Basis, B: Basis> {
    first: A,
    second: B,
}

impl<A: Basis, B: Basis> Joined<A, B> {
    /// First A, then B.
    pub fn new(first: A, second: B) -> Self {
        Self { first, second }
    }
}

impl<A: Basis, B: Basis> Basis for Joined<A, B> {
    fn terms(&self, dims: usize) -> usize {
        self.first.terms(dims) + self.second.terms(dims)
    }

    fn evaluate(&self, states: Tensor<3>, times: Tensor<3>) -> Tensor<3> {
        Tensor::cat(vec![self.first.evaluate(states.clone(), times.clone()), self.second.evaluate(states, times)], 2)
    }
}
