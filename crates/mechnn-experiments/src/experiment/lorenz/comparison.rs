//! Found equations beside the true ones.

use mechnn::data::KnownSystem;
use mechnn::equation::SparseModel;

/// A found model beside the truth.
pub(super) struct Comparison {
    /// Exactly the true terms.
    pub(super) exact: bool,
    /// Terms of the found model.
    pub(super) count: usize,
    /// True terms among them.
    pub(super) found: usize,
    /// Largest relative error of a true coefficient; 1 for a missing one.
    pub(super) worst: f64,
    /// State, term, true and found coefficient.
    pub(super) terms: Vec<(usize, String, f64, f64)>,
}

impl Comparison {
    pub(super) fn new(model: &SparseModel) -> Self {
        let truth = KnownSystem::Lorenz.equations();
        let count = model.equations.iter().map(|equation| equation.terms.len()).sum();
        let mut terms = vec![];
        for (state, (truth, equation)) in truth.iter().zip(&model.equations).enumerate() {
            for term in truth {
                let fitted = equation.terms.iter().find(|fitted| fitted.term.python(&model.states) == term.expression);
                let value = fitted.map_or(0.0, |fitted| fitted.coefficient);
                terms.push((state, term.expression.clone(), term.coefficient, value));
            }
        }
        let found = terms.iter().filter(|(_, _, _, value)| *value != 0.0).count();
        let worst = terms.iter().map(|(_, _, truth, value)| ((value - truth) / truth).abs()).fold(0.0, f64::max);
        Self { exact: found == terms.len() && count == found, count, found, worst, terms }
    }
}
