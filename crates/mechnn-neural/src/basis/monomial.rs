//! Products of powers of the states.

use burn::module::Module;
use burn::tensor::Tensor;
use mechnn::equation::Term;

use super::Basis;

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
