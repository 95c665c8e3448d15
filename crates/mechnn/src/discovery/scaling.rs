//! Units in which every quantity is of order one.

use crate::equation::Term;

/// `x̃_d = x_d / state[d]`, `t̃ = (t - origin) / time`.
///
/// States are scaled but not shifted: a shift would turn a sparse polynomial into a dense one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scaling {
    /// `[D]`
    pub(super) state: Vec<f64>,
    pub(super) time: f64,
}

impl Scaling {
    /// The factor by which a coefficient of `term` in the equation of state `d` in scaled variables is multiplied to
    /// get it in the data's units: `θ = θ̃ s_d / (τ Π s_i^{n_i})`.
    pub(super) fn coefficient_factor(&self, d: usize, term: &Term) -> f64 {
        // A monomial of the scales: the term's own value there.
        self.state[d] / (self.time * term.evaluate(&self.state))
    }
}
