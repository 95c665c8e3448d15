//! The derivative of the solution, in both directions, with the factors of the solve.

use ndarray::Array4;
use rayon::prelude::*;

use super::batch::{Batch, FactorMemory, chunks, unknowns, zeros};
use super::derivative::{ElementGradient, StepAxes, Targets, tangent_rows};
use super::evidence::singular;
use super::inputs::Lengths;
use super::lanes::{self, Kernel};
use super::rules::Rules;
use super::sweep::Storage;
use super::system::{Factors, System, Workspace};
use crate::error::SolveError;
use crate::gradient::{Cotangent, OdeGradient};
use crate::gradient_errors::GradientErrors;
use crate::linear_algebra::TwoPoint;
use crate::method::solver::Pullback;
use crate::problem::{Condition, OdeProblem, numbers};

/// Owns what the derivatives of the solution are computed with.
pub(super) struct CollocationPullback {
    pub(super) problem: OdeProblem,
    pub(super) lengths: Lengths,
    pub(super) conditions: Vec<Condition>,
    pub(super) shared_rules: Option<Rules>,
    pub(super) kept: Kept,
    /// Relative, of the multipliers that the factors give.
    pub(super) error_estimate: f64,
}

/// What is kept of a solve.
pub(super) enum Kept {
    /// Solution and factors of every batch element.
    Factors {
        values: Array4<f64>,
        storage: Storage,
        factors: Vec<f64>,
        exchanged: Vec<u32>,
        two_points: Vec<Option<TwoPoint>>,
    },
    /// A few states of every batch element, and which were solved in lanes: to solve and to factor again is cheaper
    /// than to read solution and factors from memory.
    Lanes { kernel: Kernel, are_in_lanes: Vec<bool>, checkpoints: Vec<f64> },
}

/// Batch elements whose gradients exist at the same time before they are summed in order: bounds memory, and the
/// result does not depend on the number of threads.
const ELEMENTS_AT_ONCE: usize = 1024;

impl Pullback for CollocationPullback {
    fn pull(&self, cotangent: &Cotangent) -> Result<OdeGradient, SolveError> {
        cotangent.check(&self.problem)?;
        let seeds = cotangent.values.as_standard_layout();
        let seeds = numbers(&seeds);
        let length = unknowns(&self.problem);
        let mut total = OdeGradient::zeros(&self.problem);
        let batches = self.problem.sizes.batch;
        for start in (0..batches).step_by(ELEMENTS_AT_ONCE) {
            let range = start..batches.min(start + ELEMENTS_AT_ONCE);
            let mut targets = Targets::new(&mut total, batches, range.clone());
            let seed = |batch: usize| &seeds[batch * length..][..length];
            let are_finite: Vec<bool> = match &self.kept {
                Kept::Lanes { kernel, are_in_lanes, checkpoints } => {
                    let alone = || {
                        let (mut memory, mut multipliers) = (self.memory(), Vec::new());
                        move |batch: usize, mut gradient: ElementGradient<'_>| {
                            self.pull_alone(batch, seed(batch), &mut memory, &mut multipliers, &mut gradient)
                        }
                    };
                    let arrays = (&**checkpoints, seeds);
                    lanes::pull(*kernel, self.batch(), range, arrays, are_in_lanes, &mut targets, alone)?
                }
                Kept::Factors { .. } => {
                    let pull = |memory: &mut (Memory, Vec<f64>),
                                (mut gradient, batch): (ElementGradient<'_>, usize)| {
                        let (memory, multipliers) = memory;
                        self.pull_alone(batch, seed(batch), memory, multipliers, &mut gradient)
                    };
                    let elements = targets.elements().into_par_iter().zip(range);
                    elements.map_init(|| (self.memory(), Vec::new()), pull).collect::<Result<_, _>>()?
                }
            };
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
        let axes = StepAxes::new(&self.problem);
        let mut tangent = zeros(&self.problem);
        chunks(&mut tangent, length).into_par_iter().enumerate().try_for_each_init(
            || self.memory(),
            |memory, (batch, tangent)| {
                self.with_system(batch, memory, |system, factors, values, work| {
                    let rows = tangent_rows(&system, axes, batch, values, direction);
                    system.solve_rows(factors, work, &rows, tangent);
                })
            },
        )?;
        match tangent.indexed_iter().find(|(_, value)| !value.is_finite()) {
            Some(((batch, point, ..), _)) => Err(SolveError::NotFinite { batch, point }),
            None => Ok(Cotangent { values: tangent, slack: None }),
        }
    }
}

/// Memory for the work on one element, reused.
struct Memory {
    work: Workspace,
    factors: FactorMemory,
    /// Empty where the values are kept.
    values: Vec<f64>,
}

impl CollocationPullback {
    fn memory(&self) -> Memory {
        Memory {
            work: Workspace::new(self.lengths),
            factors: FactorMemory::new(&self.problem, self.lengths),
            values: Vec::new(),
        }
    }

    fn batch(&self) -> Batch<'_> {
        let (conditions, shared_rules) = (&self.conditions, self.shared_rules.as_ref());
        Batch { problem: &self.problem, lengths: self.lengths, conditions, shared_rules }
    }

    /// Adds the gradient of one batch element; says whether it is finite.
    fn pull_alone(
        &self,
        batch: usize,
        seed: &[f64],
        memory: &mut Memory,
        multipliers: &mut Vec<f64>,
        gradient: &mut ElementGradient<'_>,
    ) -> Result<bool, SolveError> {
        multipliers.clear();
        multipliers.extend_from_slice(seed);
        self.with_system(batch, memory, |system, factors, values, work| {
            system.solve_transposed(factors, work, multipliers);
            gradient.add_element(&system, StepAxes::new(&self.problem), values, multipliers);
            gradient.is_finite()
        })
    }

    /// Runs with the system of a batch element, its factors and its solution.
    fn with_system<T>(
        &self,
        batch: usize,
        memory: &mut Memory,
        run: impl FnOnce(System<'_>, Factors<'_>, &[f64], &mut Workspace) -> T,
    ) -> Result<T, SolveError> {
        let Memory { work, factors: of_element, values: solution } = memory;
        let length = unknowns(&self.problem);
        self.batch().with_system(batch, |system| match &self.kept {
            Kept::Factors { values, storage, factors, exchanged, two_points } => {
                let (count, rows) = storage.lengths();
                let elements = (&factors[batch * count..][..count], &exchanged[batch * rows..][..rows]);
                let values = &numbers(values)[batch * length..][..length];
                Ok(run(system, Factors { elements, two_point: two_points[batch].as_ref() }, values, work))
            }
            Kept::Lanes { .. } => {
                let (factors, exchanged) = of_element.numbers();
                system.factor_elements(factors, exchanged).map_err(|at| singular(batch, at))?;
                let factors = Factors { elements: (factors, exchanged), two_point: None };
                solution.resize(length, 0.0);
                system.solve_data(factors, work, solution);
                Ok(run(system, factors, solution, work))
            }
        })
    }
}
