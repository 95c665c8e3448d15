//! A batch in lane groups, in parallel.

use ndarray::Array4;
use rayon::prelude::*;

use super::eliminate::{Eliminate, RightHandSide, Substitute};
use super::group::Shared;
use super::judgement::{Evidence, Verdict, judge, judge_measured};
use super::measure::{MeasureDown, MeasureUp};
use super::shape::{ShapeKernel, for_shape};
use super::solve_back::{Correct, SolveBack};
use super::workspace::Workspace;
use crate::lanes::{LaneKernel, MAX_LANES, Real, on_vector_lanes};
use crate::problem::{OdeProblem, numbers_mut};

/// Unknowns below which work is not split among threads: some 20 microseconds.
const SMALLEST_PIECE: usize = 1 << 12;

/// Solves all elements into `values` `[B, N, D, K]`. Returns for each the evidence, or nothing if another method must
/// solve it; its values are then meaningless.
pub(in crate::method::block_banded) fn solve(problem: &OdeProblem, values: &mut Array4<f64>) -> Vec<Option<Evidence>> {
    on_vector_lanes(problem.sizes.batch, SolveBatch { problem, values: numbers_mut(values) })
}

/// Pieces of work for each thread, so that none waits long for the last.
const PIECES: usize = 4;

/// Lane groups that one thread solves in a row, with one workspace: more than are worth a thread of their own, and few
/// enough to occupy all threads.
pub(super) fn groups_together<V: Real>(problem: &OdeProblem, groups: usize) -> usize {
    let unknowns = V::LANES * problem.sizes.points * problem.sizes.block();
    let pieces = PIECES * rayon::current_num_threads();
    (SMALLEST_PIECE / unknowns).max(groups / pieces).max(1)
}

/// A workspace for the groups of a problem.
pub(super) fn workspace<V: Real, const D: usize, const K: usize>(problem: &OdeProblem) -> Workspace<V, D, K> {
    let (_, pinned_points, _, pinned_orders) = problem.initial.values.dim();
    let initial = if problem.initial.is_empty() { 0 } else { pinned_points * D * pinned_orders };
    Workspace::new(problem.sizes.points, initial)
}

pub(super) struct SolveBatch<'a> {
    pub(super) problem: &'a OdeProblem,
    pub(super) values: &'a mut [f64],
}

impl LaneKernel for SolveBatch<'_> {
    type Output = Vec<Option<Evidence>>;

    fn run<V: Real>(self) -> Self::Output {
        for_shape::<V, _>(self.problem, self)
    }
}

impl ShapeKernel for SolveBatch<'_> {
    type Output = Vec<Option<Evidence>>;

    fn run<V: Real, const D: usize, const K: usize>(self) -> Self::Output {
        let Self { problem, values } = self;
        let shared = Shared::<K>::new(problem);
        let element = problem.sizes.points * D * K;
        let of_groups: Vec<_> = values
            .par_chunks_mut(V::LANES * element)
            .enumerate()
            .with_min_len(groups_together::<V>(problem, problem.sizes.batch.div_ceil(V::LANES)))
            .map_init(
                || workspace::<V, D, K>(problem),
                |work, (group, out)| solve_group(&shared, group * V::LANES, out.len() / element, work, out),
            )
            .collect();
        let lanes = of_groups.iter().flat_map(|group| &group[..V::LANES]).copied();
        lanes.take(problem.sizes.batch).collect()
    }
}

/// Solves the elements `first..first + lanes` into `out` `[lane, N, D, K]`.
fn solve_group<V: Real, const D: usize, const K: usize>(
    shared: &Shared<'_, K>,
    first: usize,
    lanes: usize,
    work: &mut Workspace<V, D, K>,
    out: &mut [f64],
) -> [Option<Evidence>; MAX_LANES] {
    let group = &shared.group::<V>(first, lanes);
    let right = RightHandSide::Data;
    let monitor = V::vectorize(Eliminate { group, right, work }).by_lane();
    let residuals = V::vectorize(SolveBack { group, right, work }).by_lane();
    V::vectorize(Substitute { group, work });
    let element = group.points * D * K;
    let offsets = std::array::from_fn(|l| l * element);
    let change = V::vectorize(Correct { group, work, out, offsets, lanes }).by_lane();
    let mut verdicts: [_; MAX_LANES] = std::array::from_fn(|l| match l < lanes {
        true => judge(shared.problem, l, &monitor, &residuals, &change),
        false => Verdict::Refused,
    });
    if verdicts.iter().any(|verdict| matches!(verdict, Verdict::Unsure(_))) {
        let product = V::vectorize(MeasureUp { group, work }).lanes();
        let measured = V::vectorize(MeasureDown { group, work }).by_lane();
        for (l, verdict) in verdicts.iter_mut().enumerate().take(lanes) {
            if let Verdict::Unsure(evidence) = *verdict {
                *verdict = judge_measured(l, evidence, &monitor, &change, &measured, product);
            }
        }
    }
    verdicts.map(|verdict| match verdict {
        Verdict::Trusted(evidence) => Some(evidence),
        Verdict::Unsure(_) | Verdict::Refused => None,
    })
}
