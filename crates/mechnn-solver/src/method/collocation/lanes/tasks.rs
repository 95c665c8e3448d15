//! A batch divided into tasks for threads: whole groups of lanes, so many that a task is worth the division.

use std::ops::Range;

use rayon::prelude::*;

use super::kernel::Kernel;
use super::problem::LaneProblem;
use super::pull::of_group;
use crate::error::SolveError;
use crate::method::collocation::batch::{Batch, FactorMemory, elements, unknowns};
use crate::method::collocation::derivative::{ElementGradient, Targets};
use crate::method::collocation::evidence::Evidence;
use crate::method::collocation::system::Workspace;

/// Values of a task: some 20 microseconds of work, several times what handing it to a thread costs.
const VALUES_PER_TASK: usize = 1 << 14;

/// Batch elements of a task; depends on the problem's shape and the lanes alone.
fn elements_per_task(kernel: Kernel, length: usize) -> usize {
    VALUES_PER_TASK.div_ceil(kernel.lanes * length) * kernel.lanes
}

/// Runs all tasks, those of a single one without asking other threads.
fn run_all<T: Send, R: Send>(tasks: Vec<T>, run: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    if tasks.len() <= 1 { tasks.into_iter().map(run).collect() } else { tasks.into_par_iter().map(run).collect() }
}

/// Solves one batch element on the other path.
type SolveAlone<'a> =
    dyn Fn(usize, &mut FactorMemory, &mut Workspace, &mut [f64]) -> Result<Evidence, SolveError> + Sync + 'a;

/// What a solve in lanes gives beside the values.
pub(in crate::method::collocation) struct Solved {
    /// `[B]`
    pub(in crate::method::collocation) evidence: Vec<Evidence>,
    /// `[B]`: those that are not were solved alone.
    pub(in crate::method::collocation) are_in_lanes: Vec<bool>,
    /// `[B, stages, D, K]`, or empty: states from which the lanes can compute the solution again.
    pub(in crate::method::collocation) checkpoints: Vec<f64>,
}

/// Whether the solution will be computed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::method::collocation) enum Checkpoints {
    Kept,
    Unwanted,
}

/// Solves the batch in lanes: writes `values` `[B, N, D, K]`. Batch elements whose lanes are not trusted are solved
/// `alone`.
///
/// # Errors
/// The first in the order of the batch.
pub(in crate::method::collocation) fn solve(
    kernel: Kernel,
    batch: Batch<'_>,
    wanted: Checkpoints,
    values: &mut [f64],
    alone: &SolveAlone<'_>,
) -> Result<Solved, SolveError> {
    let problem = LaneProblem::new(batch.problem, batch.lengths, batch.shared_rules);
    let length = unknowns(batch.problem);
    let batches = batch.problem.sizes.batch;
    let kept = match wanted {
        Checkpoints::Kept => checkpoint_length(kernel, batch),
        Checkpoints::Unwanted => 0,
    };
    let mut checkpoints = vec![0.0; batches * kept];
    let count = elements_per_task(kernel, length);
    let mut rest = checkpoints.as_mut_slice();
    let mut tasks = Vec::with_capacity(batches.div_ceil(count));
    for (task, values) in values.chunks_mut(count * length).enumerate() {
        let (own, later) = rest.split_at_mut(values.len() / length * kept);
        rest = later;
        tasks.push((task * count, values, own));
    }
    let results = run_all(tasks, |(first, values, checkpoints)| {
        let mut of_lanes = vec![None; values.len() / length];
        (kernel.solve)(&problem, first, values, checkpoints, &mut of_lanes);
        let (mut memory, mut work) = (FactorMemory::new(batch.problem, batch.lengths), Workspace::new(batch.lengths));
        let solved = of_lanes.into_iter().zip(values.chunks_exact_mut(length)).enumerate();
        solved
            .map(|(index, (of_lanes, values))| match of_lanes {
                Some(evidence) => Ok((evidence, true)),
                None => {
                    values.fill(0.0);
                    alone(first + index, &mut memory, &mut work, values).map(|evidence| (evidence, false))
                }
            })
            .collect::<Result<Vec<_>, _>>()
    });
    let mut all = (Vec::with_capacity(batches), Vec::with_capacity(batches));
    for result in results {
        all.extend(result?);
    }
    let (evidence, are_in_lanes) = all;
    Ok(Solved { evidence, are_in_lanes, checkpoints })
}

/// Numbers of the checkpoints of a batch element.
fn checkpoint_length(kernel: Kernel, batch: Batch<'_>) -> usize {
    kernel.stages(elements(batch.problem, batch.lengths)) * batch.lengths.state()
}

/// The gradients of the batch elements in a range, given `checkpoints` and `seeds` `[B, N, D, K]`. Those not in lanes,
/// or not finite in lanes, are added to zeros `alone`, by a function that each task makes for itself and that says
/// whether the gradient is finite. Returns which are.
///
/// # Errors
/// The first in the order of the batch.
pub(in crate::method::collocation) fn pull<Alone>(
    kernel: Kernel,
    batch: Batch<'_>,
    range: Range<usize>,
    (checkpoints, seeds): (&[f64], &[f64]),
    are_in_lanes: &[bool],
    targets: &mut Targets<'_>,
    alone: impl Fn() -> Alone + Sync + Send,
) -> Result<Vec<bool>, SolveError>
where
    Alone: FnMut(usize, ElementGradient<'_>) -> Result<bool, SolveError>,
{
    let problem = LaneProblem::new(batch.problem, batch.lengths, batch.shared_rules);
    let length = unknowns(batch.problem);
    let count = elements_per_task(kernel, length);
    let tasks: Vec<_> = targets.runs(count).into_iter().enumerate().collect();
    let results = run_all(tasks, |(task, mut gradient)| {
        let first = range.start + task * count;
        let own = first..range.end.min(first + count);
        let kept = checkpoint_length(kernel, batch);
        let checkpoints = &checkpoints[own.start * kept..own.end * kept];
        let seeds = &seeds[own.start * length..own.end * length];
        let mut are_finite = vec![false; own.len()];
        let mut alone = alone();
        if are_in_lanes[own.clone()].contains(&true) {
            (kernel.pull)(&problem, first, checkpoints, seeds, &mut gradient, &mut are_finite);
        }
        for (index, is_finite) in are_finite.iter_mut().enumerate() {
            if !(*is_finite && are_in_lanes[first + index]) {
                let mut gradient = of_group(&mut gradient, index, 1, own.len());
                gradient.clear();
                *is_finite = alone(first + index, gradient)?;
            }
        }
        Ok::<_, SolveError>(are_finite)
    });
    let mut all = Vec::with_capacity(range.len());
    for result in results {
        all.append(&mut result?);
    }
    Ok(all)
}
