//! Loss terms that keep their names until they are weighed.

use std::collections::BTreeMap;

use burn::tensor::Tensor;

/// Mean of the squared differences, over all numbers.
pub fn mean_square<const RANK: usize>(a: Tensor<RANK>, b: Tensor<RANK>) -> Tensor<1> {
    let difference = a - b;
    (difference.clone() * difference).mean()
}

/// The mean square of differences in units of `scale`, `[D]`, one for each dimension of `[B, N, D]`.
pub fn scaled_mean_square(a: Tensor<3>, b: Tensor<3>, scale: &[f64]) -> Tensor<1> {
    let scale = crate::array::from_slice(scale, [1, 1, scale.len()], &a.device());
    mean_square(a / scale.clone(), b / scale)
}

/// The terms of a loss.
///
/// | name | in the paper |
/// |---|---|
/// | `fit` | solution against data |
/// | `consistency` | latent states against the solution or the data |
/// | `sparsity` | size of the coefficients |
#[derive(Debug, Clone, Default)]
pub struct LossTerms(Vec<(&'static str, Tensor<1>)>);

impl LossTerms {
    /// No terms.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a term.
    pub fn with(mut self, name: &'static str, value: Tensor<1>) -> Self {
        self.0.push((name, value));
        self
    }

    /// Names and values in the order they were added.
    pub fn terms(&self) -> &[(&'static str, Tensor<1>)] {
        &self.0
    }

    /// The weighed sum; absent without terms. A weight that is not given is 1; a weight of 0 leaves the term out.
    pub fn total(&self, weights: &BTreeMap<String, f64>) -> Option<Tensor<1>> {
        let weight = |name: &str| weights.get(name).copied().unwrap_or(1.0);
        let terms = self.0.iter().filter(|(name, _)| weight(name) != 0.0);
        terms.map(|(name, value)| value.clone() * weight(name)).reduce(|sum, term| sum + term)
    }
}
