//! The derivative of a batch of solutions, in both directions, with the factors of the solve.

use ndarray::Array4;
use rayon::prelude::*;

use super::derivative::{Augmented, RightHandSides, element_gradient, element_tangent};
use super::factor::{FactoredElement, SolvedElement};
use super::rows::ElementView;
use crate::error::SolveError;
use crate::gradient::{Cotangent, OdeGradient};
use crate::method::solver::Pullback;
use crate::problem::{OdeProblem, of_element};

/// Owns the factorisation and the solution of every batch element.
pub(super) struct BlockBandedPullback {
    pub(super) problem: OdeProblem,
    pub(super) elements: Vec<(FactoredElement, SolvedElement)>,
}

/// Elements whose gradients exist at the same time before they are summed in order: bounds memory, and the result does
/// not depend on the number of threads.
const ELEMENTS_AT_ONCE: usize = 1024;

impl Pullback for BlockBandedPullback {
    fn pull(&self, cotangent: &Cotangent) -> Result<OdeGradient, SolveError> {
        cotangent.check(&self.problem)?;
        let values = cotangent.values.as_standard_layout();
        let mut total = OdeGradient::zeros(&self.problem);
        for start in (0..self.elements.len()).step_by(ELEMENTS_AT_ONCE) {
            let end = self.elements.len().min(start + ELEMENTS_AT_ONCE);
            let gradients = (start..end)
                .into_par_iter()
                .map(|batch| {
                    let view = ElementView::new(&self.problem, batch);
                    let (factored, solved) = &self.elements[batch];
                    let slack = cotangent.slack.as_ref().map_or(0.0, |slack| slack[batch]);
                    let seed = of_element(&values, batch);
                    let solution = Augmented::of_solution(&view, factored, solved);
                    let adjoint = Augmented::solve(&view, factored, &RightHandSides::of_adjoint(seed, slack));
                    element_gradient(&view, &solution, &adjoint)
                })
                .collect::<Vec<_>>();
            for (offset, gradient) in gradients.into_iter().enumerate() {
                gradient.add_to(&self.problem, start + offset, &mut total);
            }
        }
        total.expect_finite()
    }

    fn push(&self, direction: &OdeGradient) -> Result<Cotangent, SolveError> {
        direction.check(&self.problem)?;
        let sizes = self.problem.sizes;
        let tangents = (0..sizes.batch)
            .into_par_iter()
            .map(|batch| {
                let view = ElementView::new(&self.problem, batch);
                let (factored, solved) = &self.elements[batch];
                element_tangent(&view, factored, solved, direction)
            })
            .collect::<Vec<_>>();
        let mut values = Array4::zeros((sizes.batch, sizes.points, sizes.dims, sizes.orders));
        for (mut target, tangent) in values.outer_iter_mut().zip(&tangents) {
            target.iter_mut().zip(&tangent.values).for_each(|(target, value)| *target = *value);
        }
        let slack = self.problem.scheme.gamma_alpha().map(|_| tangents.iter().map(|tangent| tangent.slack).collect());
        Cotangent { values, slack }.expect_finite()
    }
}
