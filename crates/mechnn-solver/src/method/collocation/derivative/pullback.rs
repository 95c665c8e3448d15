//! The derivative of the solution, in both directions, with the factors of the solve.

use ndarray::Array4;
use rayon::prelude::*;

use super::gradient::StepAxes;
use super::tangent::tangent_rows;
use super::targets::Targets;
use crate::error::SolveError;
use crate::gradient::{Cotangent, OdeGradient};
use crate::gradient_errors::GradientErrors;
use crate::linear_algebra::TwoPoint;
use crate::method::collocation::batch::{chunks, unknowns, with_system, zeros};
use crate::method::collocation::inputs::Lengths;
use crate::method::collocation::rules::Rules;
use crate::method::collocation::sweep::Storage;
use crate::method::collocation::system::{Factors, System, Workspace};
use crate::method::solver::Pullback;
use crate::problem::{Condition, OdeProblem, numbers};

/// Owns the solution and the factors of every batch element.
pub(crate) struct CollocationPullback {
    pub(crate) problem: OdeProblem,
    pub(crate) lengths: Lengths,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) shared_rules: Option<Rules>,
    pub(crate) values: Array4<f64>,
    pub(crate) storage: Storage,
    pub(crate) factors: Vec<f64>,
    pub(crate) exchanged: Vec<u32>,
    pub(crate) two_points: Vec<Option<TwoPoint>>,
    /// Relative, of the multipliers that the factors give.
    pub(crate) error_estimate: f64,
}

/// Batch elements whose gradients exist at the same time before they are summed in order: bounds memory, and the
/// result does not depend on the number of threads.
const ELEMENTS_AT_ONCE: usize = 1024;

impl Pullback for CollocationPullback {
    fn pull(&self, cotangent: &Cotangent) -> Result<OdeGradient, SolveError> {
        cotangent.check(&self.problem)?;
        let seeds = cotangent.values.as_standard_layout();
        let (seeds, values) = (numbers(&seeds), numbers(&self.values));
        let length = unknowns(&self.problem);
        let lengths = self.lengths;
        let axes = StepAxes::new(&self.problem);
        let mut total = OdeGradient::zeros(&self.problem);
        let batches = self.problem.sizes.batch;
        for start in (0..batches).step_by(ELEMENTS_AT_ONCE) {
            let range = start..batches.min(start + ELEMENTS_AT_ONCE);
            let mut targets = Targets::new(&mut total, batches, range.clone());
            let are_finite: Vec<bool> = targets
                .elements()
                .into_par_iter()
                .zip(range)
                .map_init(
                    || (Workspace::new(lengths), vec![0.0; length]),
                    |(work, multipliers), (mut gradient, batch)| {
                        self.with_system(batch, |system, factors| {
                            multipliers.copy_from_slice(&seeds[batch * length..][..length]);
                            system.solve_transposed(factors, work, multipliers);
                            gradient.add_element(&system, axes, &values[batch * length..][..length], multipliers);
                            gradient.is_finite()
                        })
                    },
                )
                .collect();
            if let Some(index) = are_finite.iter().position(|is_finite| !is_finite) {
                return Err(SolveError::NotFinite { batch: start + index, point: 0 });
            }
            targets.sum_broadcast();
        }
        Ok(total)
    }

    fn pull_with_errors(&self, cotangent: &Cotangent) -> Result<(OdeGradient, Option<GradientErrors>), SolveError> {
        let gradient = self.pull(cotangent)?;
        let errors = GradientErrors::relative(&gradient, self.error_estimate);
        Ok((gradient, Some(errors)))
    }

    fn push(&self, direction: &OdeGradient) -> Result<Cotangent, SolveError> {
        direction.check(&self.problem)?;
        let length = unknowns(&self.problem);
        let lengths = self.lengths;
        let axes = StepAxes::new(&self.problem);
        let values = numbers(&self.values);
        let mut tangent = zeros(&self.problem);
        chunks(&mut tangent, length).into_par_iter().enumerate().for_each_init(
            || Workspace::new(lengths),
            |work, (batch, tangent)| {
                self.with_system(batch, |system, factors| {
                    let values = &values[batch * length..][..length];
                    let rows = tangent_rows(&system, axes, batch, values, direction);
                    system.solve_rows(factors, work, &rows, tangent);
                });
            },
        );
        match tangent.indexed_iter().find(|(_, value)| !value.is_finite()) {
            Some(((batch, point, ..), _)) => Err(SolveError::NotFinite { batch, point }),
            None => Ok(Cotangent { values: tangent, slack: None }),
        }
    }
}

impl CollocationPullback {
    fn with_system<T>(&self, batch: usize, run: impl FnOnce(System<'_>, Factors<'_>) -> T) -> T {
        let (factors, exchanged) = self.storage.lengths();
        let elements =
            (&self.factors[batch * factors..][..factors], &self.exchanged[batch * exchanged..][..exchanged]);
        let factors = Factors { elements, two_point: self.two_points[batch].as_ref() };
        let rules = self.shared_rules.as_ref();
        with_system(&self.problem, self.lengths, &self.conditions, rules, batch, |system| run(system, factors))
    }
}
