//! The derivative of a batch that was solved in lanes.

use std::sync::OnceLock;

use ndarray::Array4;
use rayon::prelude::*;

use super::factor::{FactoredElement, SolvedElement, factor_and_solve};
use super::lanes;
use super::pullback::{BlockBandedPullback, pull_element};
use super::rows::ElementView;
use super::solver::{SolvedInLanes, factor_all, first_error};
use crate::error::SolveError;
use crate::gradient::{Cotangent, OdeGradient};
use crate::gradient_errors::GradientErrors;
use crate::method::solver::Pullback;
use crate::problem::{OdeProblem, of_element};

/// Keeps the solution only: factoring again takes less time than writing the factors of a batch to memory and reading
/// them back. Forward mode, and gradients with their errors, go one element at a time, with factors that are found
/// when they are first asked for.
pub(super) struct LanePullback {
    problem: OdeProblem,
    values: Array4<f64>,
    /// True for the elements whose gradients the lanes find.
    in_lanes: Vec<bool>,
    others: Vec<Other>,
    /// Elements that the lanes solved, but whose gradients go one by one; factored when they are first asked for.
    weak: Vec<usize>,
    weak_factored: OnceLock<Result<Vec<Other>, SolveError>>,
    one_by_one: OnceLock<Result<BlockBandedPullback, SolveError>>,
}

/// Batch index, factors and solution of an element.
type Other = (usize, FactoredElement, SolvedElement);

impl LanePullback {
    pub(super) fn new(problem: OdeProblem, solved: SolvedInLanes<FactoredElement>) -> Self {
        let SolvedInLanes { solution, others, weak } = solved;
        let mut in_lanes = vec![true; problem.sizes.batch];
        others.iter().map(|(batch, ..)| batch).chain(&weak).for_each(|&batch| in_lanes[batch] = false);
        let (weak_factored, one_by_one) = (OnceLock::new(), OnceLock::new());
        Self { problem, values: solution.values, in_lanes, others, weak, weak_factored, one_by_one }
    }

    fn weak_factored(&self) -> Result<&[Other], SolveError> {
        let factored = self.weak_factored.get_or_init(|| {
            let factor = |&batch: &usize| {
                let (factored, solved) = factor_and_solve(&ElementView::new(&self.problem, batch))?;
                Ok((batch, factored, solved))
            };
            first_error(self.weak.par_iter().map(factor).collect())
        });
        factored.as_deref().map_err(Clone::clone)
    }

    fn one_by_one(&self) -> Result<&BlockBandedPullback, SolveError> {
        let factored = self.one_by_one.get_or_init(|| {
            let elements = factor_all(&self.problem)?;
            Ok(BlockBandedPullback { problem: self.problem.clone(), elements })
        });
        factored.as_ref().map_err(Clone::clone)
    }
}

impl Pullback for LanePullback {
    fn pull(&self, cotangent: &Cotangent) -> Result<OdeGradient, SolveError> {
        let mut total = OdeGradient::zeros(&self.problem);
        self.pull_into(cotangent, &mut total)?;
        Ok(total)
    }

    fn pull_into(&self, cotangent: &Cotangent, gradient: &mut OdeGradient) -> Result<(), SolveError> {
        cotangent.check(&self.problem)?;
        let seeds = cotangent.values.as_standard_layout();
        let total = gradient;
        match total.has_shapes_of(&self.problem) {
            true => total.clear_shared(&self.problem),
            false => *total = OdeGradient::zeros(&self.problem),
        }
        let others: Vec<&Other> = self.others.iter().chain(self.weak_factored()?).collect();
        if self.in_lanes.contains(&true) {
            lanes::pull(&self.problem, &self.values, &seeds.view(), &self.in_lanes, total);
        }
        let pulled = others
            .par_iter()
            .map(|(batch, factored, solved)| {
                let view = ElementView::new(&self.problem, *batch);
                pull_element(&view, factored, solved, of_element(&seeds, *batch), 0.0, false)
            })
            .collect::<Vec<_>>();
        for (&(batch, ..), pulled) in others.into_iter().zip(first_error(pulled)?) {
            total.clear_element(&self.problem, batch);
            pulled.gradient.add_to(&self.problem, batch, total);
        }
        total.check_finite()
    }

    fn pull_with_errors(&self, cotangent: &Cotangent) -> Result<(OdeGradient, Option<GradientErrors>), SolveError> {
        self.one_by_one()?.pull_with_errors(cotangent)
    }

    fn push(&self, direction: &OdeGradient) -> Result<Cotangent, SolveError> {
        self.one_by_one()?.push(direction)
    }
}
