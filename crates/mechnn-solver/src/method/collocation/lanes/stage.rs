//! Points of a group of batch elements side by side, as many as stay in the first-level cache.

use super::element::{Equations, Node};
use super::problem::{Group, LaneProblem};
use crate::lanes::{LaneOffsets, Real};

/// Consecutive points in lanes, those of whole collocation elements.
pub(super) struct Stage<V, const D: usize, const K: usize> {
    /// Of the points after the first; of one element if they do not vary in time.
    pub(super) coefficients: Vec<Equations<V, D, K>>,
    /// As the coefficients.
    pub(super) forcing: Vec<[V; D]>,
    /// Of all points, the first included.
    pub(super) nodes: Vec<Node<V, D, K>>,
    /// Collocation elements that have a place.
    pub(super) elements: usize,
}

/// Bytes of a stage with all that the transposed sweep has beside it: about a first-level cache.
const STAGE_BYTES: usize = 48 << 10;

/// Collocation elements of a stage, of `all` that there are, each of `M` intervals.
///
/// The last stage may have fewer. The states at their starts are the checkpoints from which the transposed sweep
/// computes the solution again, so this number is the same in both sweeps.
pub(super) fn elements_of_stage<V, const D: usize, const M: usize, const K: usize>(all: usize) -> usize {
    // Coefficients, forcing with its gradient and that of the steps, solution and cotangent, and the factors.
    let numbers_of_point = D * D * K + 3 * D + 2 * D * K + D * D * M;
    let most = (STAGE_BYTES / (size_of::<V>() * numbers_of_point * M)).max(1);
    let even = all.div_ceil(all.div_ceil(most));
    // Numbers are interleaved in blocks of as many as there are lanes.
    if even.next_multiple_of(4) <= most { even.next_multiple_of(4).min(all) } else { even }
}

impl<V: Real, const D: usize, const K: usize> Stage<V, D, K> {
    /// For `elements` collocation elements of `intervals` intervals.
    pub(super) fn new(intervals: usize, elements: usize) -> Self {
        let points = elements * intervals;
        let zero = V::splat(0.0);
        Self {
            coefficients: vec![[[[zero; K]; D]; D]; points],
            forcing: vec![[zero; D]; points],
            nodes: vec![[[zero; K]; D]; points + 1],
            elements,
        }
    }

    /// Reads the coefficients of `count` points from `first` on.
    #[inline(always)]
    pub(super) fn read_coefficients(&mut self, problem: &LaneProblem<'_>, group: &Group, first: usize, count: usize) {
        let input = &problem.coefficients;
        let offsets = group.of_input::<V>(input, first);
        let read = if input.varies_in_time() { count } else { 1 };
        let target = self.coefficients[..read].as_flattened_mut().as_flattened_mut().as_flattened_mut();
        V::interleave(input.numbers, &offsets, target);
        let one = self.coefficients[0];
        self.coefficients[read..count].fill(one);
    }

    /// Reads the forcing of `count` points from `first` on.
    #[inline(always)]
    pub(super) fn read_forcing(&mut self, problem: &LaneProblem<'_>, group: &Group, first: usize, count: usize) {
        let input = &problem.forcing;
        let offsets = group.of_input::<V>(input, first);
        let read = if input.varies_in_time() { count } else { 1 };
        V::interleave(input.numbers, &offsets, self.forcing[..read].as_flattened_mut());
        let one = self.forcing[0];
        self.forcing[read..count].fill(one);
    }
}

/// Reads consecutive points from an array in natural layout.
#[inline(always)]
pub(super) fn read_nodes<V: Real, const D: usize, const K: usize>(
    source: &[f64],
    offsets: &LaneOffsets,
    nodes: &mut [Node<V, D, K>],
) {
    V::interleave(source, offsets, nodes.as_flattened_mut().as_flattened_mut());
}

/// The way back.
#[inline(always)]
pub(super) fn write_nodes<V: Real, const D: usize, const K: usize>(
    nodes: &[Node<V, D, K>],
    target: &mut [f64],
    offsets: &LaneOffsets,
    lanes: usize,
) {
    V::scatter(nodes.as_flattened().as_flattened(), target, offsets, lanes);
}

/// The points of one element.
#[inline(always)]
pub(super) fn element<T, const M: usize>(points: &[T], first: usize) -> &[T; M] {
    let Some(points) = points[first..].first_chunk() else { unreachable!("a stage has whole elements") };
    points
}
