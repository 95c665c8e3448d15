//! A group of batch elements, one in each lane, and where their numbers lie.

use ndarray::{ArcArray, ArrayBase, Data, Dimension, Ix2};

use super::interval::IntervalTable;
use crate::lanes::{LaneOffsets, MAX_LANES, Real};
use crate::problem::{OdeProblem, Steps, numbers, of_element, pick};
use crate::rows::ReferenceStep;

/// An input of all lanes in natural layout, with broadcast axes resolved.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    numbers: &'a [f64],
    offsets: LaneOffsets,
    /// Numbers of a point.
    width: usize,
    /// The same for every point.
    is_constant: bool,
}

impl<'a> Source<'a> {
    /// Of an array `[B | 1, points | 1, ..]`; lane l is batch element `elements[l]`.
    pub(super) fn new<S, I>(array: &'a ArrayBase<S, I>, elements: &[usize]) -> Self
    where
        S: Data<Elem = f64>,
        I: Dimension,
    {
        let shape = array.shape();
        let length: usize = shape[1..].iter().product();
        let width: usize = shape[2..].iter().product();
        let mut offsets = [0; MAX_LANES];
        for (offset, &element) in offsets.iter_mut().zip(elements) {
            *offset = pick(shape[0], element) * length;
        }
        Self { numbers: numbers(array), offsets, width, is_constant: shape[1] == 1 }
    }

    /// Reads `count` points (or the one that stands for all of them), the first being `first`.
    #[inline(always)]
    pub(super) fn load<V: Real>(&self, first: usize, count: usize, out: &mut [V]) {
        let (first, count) = if self.is_constant { (0, 1) } else { (first, count) };
        let mut offsets = self.offsets;
        for offset in &mut offsets {
            *offset += first * self.width;
        }
        V::interleave(self.numbers, &offsets, &mut out[..count * self.width]);
    }

    /// Where the numbers of point t are kept.
    #[inline(always)]
    pub(super) fn index(&self, t: usize) -> usize {
        if self.is_constant { 0 } else { t }
    }

    /// How many numbers are read for so many points.
    #[inline(always)]
    pub(super) fn count(&self, points: usize) -> usize {
        if self.is_constant { self.width } else { points * self.width }
    }

    pub(super) fn is_constant(&self) -> bool {
        self.is_constant
    }
}

/// What the sweeps read: the inputs of one element in each lane.
///
/// Weights are relative to that of the smoothness rows: equations and forcing are multiplied by the equation rows'
/// when they are read, the initial rows' enters squared.
pub(super) struct Group<'a, V, const K: usize> {
    pub(super) points: usize,
    pub(super) table: &'a IntervalTable<K>,
    pub(super) coefficients: Source<'a>,
    pub(super) forcing: Source<'a>,
    pub(super) steps: Source<'a>,
    pub(super) reference: V,
    /// Initial values `[S, D, Q]`.
    pub(super) initial: Source<'a>,
    pub(super) pinned_points: usize,
    pub(super) pinned_orders: usize,
    pub(super) equation_weight: f64,
    pub(super) initial_weight_squared: f64,
}

/// What all groups of a problem share.
pub(super) struct Shared<'a, const K: usize> {
    pub(super) problem: &'a OdeProblem,
    table: IntervalTable<K>,
    /// Reference step of each element, `[B | 1]`.
    references: Vec<f64>,
}

impl<'a, const K: usize> Shared<'a, K> {
    pub(super) fn new(problem: &'a OdeProblem) -> Self {
        let steps = shared_steps(problem);
        let reference = |batch: usize| ReferenceStep::new(problem.scheme, K, of_element(steps, batch)).step();
        let references = (0..steps.dim().0).map(reference).collect();
        Self { problem, table: IntervalTable::new(problem.scheme), references }
    }

    /// The group of the elements `first..first + lanes`; the last of them fills the lanes that are left, so that
    /// every lane does what it would do in a full group.
    pub(super) fn group<V: Real>(&self, first: usize, lanes: usize) -> Group<'_, V, K> {
        let problem = self.problem;
        let elements = lane_elements::<V>(first, lanes);
        let elements = &elements[..V::LANES];
        let references: [f64; MAX_LANES] =
            std::array::from_fn(|l| self.references[pick(self.references.len(), elements[l.min(V::LANES - 1)])]);
        let (_, pinned_points, _, pinned_orders) = problem.initial.values.dim();
        let weights = problem.weights;
        Group {
            points: problem.sizes.points,
            table: &self.table,
            coefficients: Source::new(&problem.ode.coefficients, elements),
            forcing: Source::new(&problem.ode.forcing, elements),
            steps: Source::new(shared_steps(problem), elements),
            reference: V::from_lanes(&references[..V::LANES]),
            initial: Source::new(&problem.initial.values, elements),
            pinned_points: if problem.initial.is_empty() { 0 } else { pinned_points },
            pinned_orders,
            equation_weight: weights.equation / weights.smoothness,
            initial_weight_squared: (weights.initial / weights.smoothness).powi(2),
        }
    }
}

/// The batch element of each lane.
pub(super) fn lane_elements<V: Real>(first: usize, lanes: usize) -> [usize; MAX_LANES] {
    std::array::from_fn(|l| first + l.min(lanes - 1))
}

/// The steps, one clock for all dimensions.
pub(super) fn shared_steps(problem: &OdeProblem) -> &ArcArray<f64, Ix2> {
    match &problem.grid.steps {
        Steps::Shared(steps) => steps,
        Steps::PerDimension(_) => unreachable!("lanes are given problems with one clock only"),
    }
}
