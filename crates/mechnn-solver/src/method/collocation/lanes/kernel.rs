//! The sweeps compiled for one shape and for the lanes of this processor.

use super::problem::LaneProblem;
use super::pull::{Pull, PullStage};
use super::solve::Solve;
use super::stage::{Stage, elements_of_stage};
use crate::lanes::{LaneKernel, Real, on_lanes_for};
use crate::method::collocation::derivative::ElementGradient;
use crate::method::collocation::evidence::Evidence;
use crate::method::collocation::inputs::Lengths;

/// Solves consecutive batch elements, from `first` on: writes `values` `[count, N, D, K]`, `checkpoints`
/// `[count, stages, D, K]` unless it is empty, and `evidence` `[count]`, nothing where the lanes are not trusted.
type SolveElements = fn(&LaneProblem<'_>, usize, &mut [f64], &mut [f64], &mut [Option<Evidence>]);

/// Writes the gradients of consecutive batch elements, from `first` on, given checkpoints `[count, stages, D, K]` and
/// seeds `[count, N, D, K]`, and which are finite `[count]`.
type PullElements = fn(&LaneProblem<'_>, usize, &[f64], &[f64], &mut ElementGradient<'_>, &mut [bool]);

/// Functions instead of a trait: what is done with them is compiled once, not for every shape and type of lanes.
#[derive(Clone, Copy)]
pub(in crate::method::collocation) struct Kernel {
    pub(super) lanes: usize,
    /// Collocation elements of a stage, of so many.
    elements_of_stage: fn(usize) -> usize,
    pub(super) solve: SolveElements,
    pub(super) pull: PullElements,
}

impl Kernel {
    /// The kernel of a shape for a batch of so many elements, if it has one.
    pub(in crate::method::collocation) fn new(lengths: Lengths, batch: usize) -> Option<Self> {
        on_lanes_for(batch, Choice(lengths))
    }

    pub(super) fn of_shape<V: Real, const D: usize, const M: usize, const K: usize, const N: usize>() -> Self {
        Self {
            lanes: V::LANES,
            elements_of_stage: elements_of_stage::<V, D, M, K>,
            solve: solve::<V, D, M, K, N>,
            pull: pull::<V, D, M, K, N>,
        }
    }

    /// Stages of so many collocation elements.
    pub(super) fn stages(&self, elements: usize) -> usize {
        elements.div_ceil((self.elements_of_stage)(elements))
    }
}

/// Chooses the kernel of a shape.
pub(super) struct Choice(pub(super) Lengths);

impl LaneKernel for Choice {
    type Output = Option<Kernel>;

    fn run<V: Real>(self) -> Option<Kernel> {
        let Lengths { dims, orders, intervals } = self.0;
        if !V::IS_FUSED && cfg!(target_arch = "x86_64") {
            // Such processors are from before 2013: they have what occurs most, and the crate compiles in two thirds
            // of the time.
            return Some(match (dims, intervals, orders) {
                (1, 2, 3) => Kernel::of_shape::<V, 1, 2, 3, 2>(),
                (2, 2, 2) => Kernel::of_shape::<V, 2, 2, 2, 4>(),
                _ => return None,
            });
        }
        Some(match (dims, intervals, orders) {
            (1, 2, 2) => Kernel::of_shape::<V, 1, 2, 2, 2>(),
            (1, 2, 3) => Kernel::of_shape::<V, 1, 2, 3, 2>(),
            (1, 2, 4) => Kernel::of_shape::<V, 1, 2, 4, 2>(),
            (1, 2, 5) => Kernel::of_shape::<V, 1, 2, 5, 2>(),
            (1, 4, 2) => Kernel::of_shape::<V, 1, 4, 2, 4>(),
            (1, 4, 3) => Kernel::of_shape::<V, 1, 4, 3, 4>(),
            (1, 4, 4) => Kernel::of_shape::<V, 1, 4, 4, 4>(),
            (1, 4, 5) => Kernel::of_shape::<V, 1, 4, 5, 4>(),
            (2, 2, 2) => Kernel::of_shape::<V, 2, 2, 2, 4>(),
            (2, 2, 3) => Kernel::of_shape::<V, 2, 2, 3, 4>(),
            (3, 2, 2) => Kernel::of_shape::<V, 3, 2, 2, 6>(),
            (3, 2, 3) => Kernel::of_shape::<V, 3, 2, 3, 6>(),
            _ => return None,
        })
    }
}

fn solve<V: Real, const D: usize, const M: usize, const K: usize, const N: usize>(
    problem: &LaneProblem<'_>,
    first: usize,
    values: &mut [f64],
    checkpoints: &mut [f64],
    evidence: &mut [Option<Evidence>],
) {
    let stage = Stage::new(M, elements_of_stage::<V, D, M, K>((problem.points - 1) / M));
    V::vectorize(Solve::<V, D, M, K, N> { problem, first, values, checkpoints, evidence, stage });
}

fn pull<V: Real, const D: usize, const M: usize, const K: usize, const N: usize>(
    problem: &LaneProblem<'_>,
    first: usize,
    checkpoints: &[f64],
    seeds: &[f64],
    gradient: &mut ElementGradient<'_>,
    are_finite: &mut [bool],
) {
    let stage = PullStage::new(M, elements_of_stage::<V, D, M, K>((problem.points - 1) / M));
    V::vectorize(Pull::<V, D, M, K, N> { problem, first, checkpoints, seeds, gradient, are_finite, stage });
}
