//! A batch solved and pulled back with a given type of lanes, by the code that production runs.

use ndarray::Array4;

use crate::gradient::OdeGradient;
use crate::lanes::Real;
use crate::method::block_banded::lanes::batch::SolveBatch;
use crate::method::block_banded::lanes::gradient::{PullBatch, add_weights};
use crate::method::block_banded::lanes::judgement::Evidence;
use crate::method::block_banded::lanes::shape::ShapeKernel;
use crate::problem::{OdeProblem, numbers_mut};

/// What the lanes make of a batch, every element included.
pub(super) struct LaneRun {
    pub(super) values: Array4<f64>,
    pub(super) evidence: Vec<Option<Evidence>>,
    pub(super) gradient: OdeGradient,
}

impl LaneRun {
    pub(super) fn new<V: Real, const D: usize, const K: usize>(problem: &OdeProblem, seeds: &Array4<f64>) -> Self {
        let (values, evidence) = solve::<V, D, K>(problem);
        let gradient = pull::<V, D, K>(problem, &values, seeds);
        Self { values, evidence, gradient }
    }
}

pub(super) fn solve<V: Real, const D: usize, const K: usize>(
    problem: &OdeProblem,
) -> (Array4<f64>, Vec<Option<Evidence>>) {
    let sizes = problem.sizes;
    let mut values = Array4::zeros((sizes.batch, sizes.points, sizes.dims, sizes.orders));
    let kernel = SolveBatch { problem, values: numbers_mut(&mut values) };
    let evidence = ShapeKernel::run::<V, D, K>(kernel);
    (values, evidence)
}

pub(super) fn pull<V: Real, const D: usize, const K: usize>(
    problem: &OdeProblem,
    values: &Array4<f64>,
    seeds: &Array4<f64>,
) -> OdeGradient {
    let included = vec![true; problem.sizes.batch];
    let mut total = OdeGradient::zeros(problem);
    let kernel = PullBatch { problem, values, cotangent: &seeds.view(), included: &included, total: &mut total };
    let products = ShapeKernel::run::<V, D, K>(kernel);
    add_weights(problem, &products, &included, &mut total);
    total
}

/// What the lanes say of each element.
pub(super) fn evidence(problem: &OdeProblem) -> Vec<Option<Evidence>> {
    let sizes = problem.sizes;
    let mut values = Array4::zeros((sizes.batch, sizes.points, sizes.dims, sizes.orders));
    crate::method::block_banded::lanes::solve(problem, &mut values)
}
