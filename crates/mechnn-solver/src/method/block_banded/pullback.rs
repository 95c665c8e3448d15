//! The derivative of a batch of solutions, in both directions, with the factors of the solve.

use ndarray::Array4;
use rayon::prelude::*;

use super::derivative::{Augmented, ElementGradient, RightHandSides, element_gradient, element_tangent};
use super::factor::{FactoredElement, SolvedElement, heaviness};
use super::rows::{ElementView, Signs};
use crate::error::SolveError;
use crate::gradient::{Cotangent, OdeGradient};
use crate::gradient_errors::GradientErrors;
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

/// Above this estimated relative error of an adjoint its gradient has no digit that is sure.
const REFUSE_GRADIENT_ABOVE: f64 = 0.1;

/// The gradient of one element and, where it was asked for, the one after another correction of the solution and of
/// the adjoint.
pub(super) struct Pulled {
    pub(super) gradient: ElementGradient,
    /// Boxed: there is one of these for every element of the batch, and mostly none of this.
    corrected: Option<Box<ElementGradient>>,
}

impl BlockBandedPullback {
    fn pull_element(&self, batch: usize, seed: &[f64], slack: f64, with_errors: bool) -> Result<Pulled, SolveError> {
        let view = ElementView::new(&self.problem, batch);
        let (factored, solved) = &self.elements[batch];
        pull_element(&view, factored, solved, seed, slack, with_errors)
    }

    /// The gradient, and the one after another correction if `with_errors`.
    fn pull_all(
        &self,
        cotangent: &Cotangent,
        with_errors: bool,
    ) -> Result<(OdeGradient, Option<OdeGradient>), SolveError> {
        cotangent.check(&self.problem)?;
        let values = cotangent.values.as_standard_layout();
        let mut total = OdeGradient::zeros(&self.problem);
        let mut corrected_total = with_errors.then(|| OdeGradient::zeros(&self.problem));
        for start in (0..self.elements.len()).step_by(ELEMENTS_AT_ONCE) {
            let end = self.elements.len().min(start + ELEMENTS_AT_ONCE);
            let pulled = (start..end)
                .into_par_iter()
                .map(|batch| {
                    let slack = cotangent.slack.as_ref().map_or(0.0, |slack| slack[batch]);
                    self.pull_element(batch, of_element(&values, batch), slack, with_errors)
                })
                .collect::<Vec<_>>();
            for (offset, pulled) in pulled.into_iter().enumerate() {
                let Pulled { gradient, corrected } = pulled?;
                gradient.add_to(&self.problem, start + offset, &mut total);
                if let (Some(corrected), Some(total)) = (corrected, &mut corrected_total) {
                    corrected.add_to(&self.problem, start + offset, total);
                }
            }
        }
        Ok((total.expect_finite()?, corrected_total))
    }
}

/// The gradient of one element from the derivative of the loss with respect to its values `[N, D, K]` and its slack.
pub(super) fn pull_element(
    view: &ElementView<'_>,
    factored: &FactoredElement,
    solved: &SolvedElement,
    seed: &[f64],
    slack: f64,
    with_errors: bool,
) -> Result<Pulled, SolveError> {
    let solution = Augmented::of_solution(view, factored, solved);
    let sides = RightHandSides::of_adjoint(seed, slack);
    let adjoint = Augmented::solve(view, factored, &sides);
    let gradient = element_gradient(view, &solution, &adjoint);
    if !with_errors {
        return Ok(Pulled { gradient, corrected: None });
    }
    let (corrected_adjoint, estimate) = adjoint.once_more(view, factored, &sides, Signs::Adjoint);
    // An overflow is refused with the input it is in.
    if estimate > REFUSE_GRADIENT_ABOVE {
        return Err(SolveError::IllConditioned { batch: view.batch, estimate, refinements: 0 });
    }
    let (corrected_solution, _) =
        solution.once_more(view, factored, &RightHandSides::of_solution(view), Signs::Solution);
    let corrected = with_errors.then(|| Box::new(element_gradient(view, &corrected_solution, &corrected_adjoint)));
    Ok(Pulled { gradient, corrected })
}

impl Pullback for BlockBandedPullback {
    fn pull(&self, cotangent: &Cotangent) -> Result<OdeGradient, SolveError> {
        self.pull_all(cotangent, false).map(|(gradient, _)| gradient)
    }

    fn pull_with_errors(&self, cotangent: &Cotangent) -> Result<(OdeGradient, Option<GradientErrors>), SolveError> {
        let (gradient, corrected) = self.pull_all(cotangent, true)?;
        let corrected = corrected.map(OdeGradient::expect_finite).transpose()?;
        let errors = corrected.map(|corrected| {
            // One other rounding may happen to change a number less than most would: not less is said than what the
            // condition makes of a rounding, which is about 1/sqrt(pivot) for rows of one size.
            let of_element = |(batch, (_, solved)): (usize, &(FactoredElement, SolvedElement))| {
                heaviness(&ElementView::new(&self.problem, batch)) / solved.pivot_ratio.min(1.0).sqrt()
            };
            let condition = self.elements.iter().enumerate().map(of_element).fold(1.0, f64::max);
            let least = GradientErrors::relative(&gradient, f64::EPSILON * condition);
            GradientErrors::between(&gradient, &corrected).max(least)
        });
        Ok((gradient, errors))
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
