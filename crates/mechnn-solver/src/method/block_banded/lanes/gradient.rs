//! The gradient of a batch, in lane groups, in parallel.

use ndarray::{Array4, ArrayView4};
use rayon::prelude::*;

use super::batch::{groups_together, workspace};
use super::eliminate::{Eliminate, RightHandSide, Substitute};
use super::group::{Shared, Source, lane_elements};
use super::pull_back::{PullBack, Target};
use super::shape::{ShapeKernel, for_shape};
use super::solve_back::SolveBack;
use super::workspace::Workspace;
use crate::gradient::{OdeGradient, StepsGradient};
use crate::lanes::{LaneKernel, MAX_LANES, Real, on_vector_lanes};
use crate::method::block_banded::rows::ElementView;
use crate::problem::{OdeProblem, Scheme, numbers_mut};

/// Lane groups whose gradients of shared inputs exist at the same time before they are summed in order: bounds memory,
/// and the result depends neither on the number of threads nor on that of lanes.
const ELEMENTS_AT_ONCE: usize = 1024;

/// The gradient of every element that is `included`: written over `total` for inputs that elements have of their own
/// (those of the others get meaningless numbers), added to it for inputs that they share.
///
/// `values` is the solution and `cotangent` the derivative of the loss with respect to it, both `[B, N, D, K]`.
pub(in crate::method::block_banded) fn pull(
    problem: &OdeProblem,
    values: &Array4<f64>,
    cotangent: &ArrayView4<'_, f64>,
    included: &[bool],
    total: &mut OdeGradient,
) {
    let row_products =
        on_vector_lanes(problem.sizes.batch, PullBatch { problem, values, cotangent, included, total: &mut *total });
    add_weights(problem, &row_products, included, total);
}

/// Gradients of the weights, `dL/dw = 2/w sum μ ρ`, and of the steps through what they do to all intervals.
pub(super) fn add_weights(problem: &OdeProblem, products: &[[f64; 3]], included: &[bool], total: &mut OdeGradient) {
    let weights = [problem.weights.equation, problem.weights.initial, problem.weights.smoothness];
    for (batch, products) in products.iter().enumerate().filter(|(batch, _)| included[*batch]) {
        for i in 0..3 {
            total.weights[i] += 2.0 * products[i] / weights[i];
        }
        if matches!(problem.scheme, Scheme::IntegratedWiener) {
            let view = ElementView::new(problem, batch);
            let StepsGradient::Shared(steps) = &mut total.steps else {
                unreachable!("lanes are given problems with one clock only")
            };
            let slot = batch.min(steps.dim().0 - 1);
            let slopes = steps.row_mut(slot);
            for (slope, shared) in slopes.into_iter().zip(view.shared_slopes()) {
                *slope += 2.0 * products[2] * shared;
            }
        }
    }
}

/// Returns for each element the sums of `μ ρ`, weighted, over its equation, initial and smoothness rows.
pub(super) struct PullBatch<'a> {
    pub(super) problem: &'a OdeProblem,
    pub(super) values: &'a Array4<f64>,
    pub(super) cotangent: &'a ArrayView4<'a, f64>,
    pub(super) included: &'a [bool],
    pub(super) total: &'a mut OdeGradient,
}

impl LaneKernel for PullBatch<'_> {
    type Output = Vec<[f64; 3]>;

    fn run<V: Real>(self) -> Self::Output {
        for_shape::<V, _>(self.problem, self)
    }
}

/// The inputs: coefficients, forcing, steps, initial values.
const INPUTS: usize = 4;

/// How the gradient of an input lies in memory.
#[derive(Clone, Copy)]
struct Layout {
    /// Numbers of an element.
    length: usize,
    /// Numbers of a point.
    width: usize,
    /// The same numbers for every point.
    is_constant: bool,
    /// The same numbers for every element.
    is_shared: bool,
}

impl Layout {
    fn new(shape: &[usize], batch: usize) -> Self {
        Self {
            length: shape[1..].iter().product(),
            width: shape[2..].iter().product(),
            is_constant: shape[1] == 1,
            is_shared: shape[0] == 1 && batch > 1,
        }
    }
}

/// Where a group writes the gradient of an input.
enum Part<'a> {
    /// The elements' own numbers in the gradient of the batch.
    Own(&'a mut [f64]),
    /// To be summed over elements: `[lane, ..]`.
    Summand(Vec<f64>),
}

/// One group's part of every input.
struct GroupParts<'a> {
    group: usize,
    parts: [Part<'a>; INPUTS],
}

/// What a group leaves to be summed.
struct Summands {
    group: usize,
    of_inputs: [Option<Vec<f64>>; INPUTS],
    products: [[f64; 3]; MAX_LANES],
}

impl ShapeKernel for PullBatch<'_> {
    type Output = Vec<[f64; 3]>;

    fn run<V: Real, const D: usize, const K: usize>(self) -> Self::Output {
        let Self { problem, values, cotangent, included, total } = self;
        let batch = problem.sizes.batch;
        let shared = Shared::<K>::new(problem);
        let StepsGradient::Shared(steps) = &mut total.steps else {
            unreachable!("lanes are given problems with one clock only")
        };
        let layouts = [
            Layout::new(total.coefficients.shape(), batch),
            Layout::new(total.forcing.shape(), batch),
            Layout::new(steps.shape(), batch),
            Layout::new(total.initial.shape(), batch),
        ];
        let mut all = [
            numbers_mut(&mut total.coefficients),
            numbers_mut(&mut total.forcing),
            numbers_mut(steps),
            numbers_mut(&mut total.initial),
        ];
        let inputs = Inputs { shared, values, cotangent, layouts };
        let mut products = Vec::with_capacity(batch);
        let groups = batch.div_ceil(V::LANES);
        let at_once = ELEMENTS_AT_ONCE / V::LANES;
        for start in (0..groups).step_by(at_once) {
            let count = at_once.min(groups - start);
            let parts =
                split_parts(&mut all, &layouts, start * V::LANES..batch.min((start + count) * V::LANES), V::LANES);
            let done: Vec<_> = parts
                .into_par_iter()
                .with_min_len(groups_together::<V>(problem, count))
                .map_init(
                    || workspace::<V, D, K>(problem),
                    |work, parts| {
                        let first = (start + parts.group) * V::LANES;
                        let lanes = V::LANES.min(batch - first);
                        pull_group(&inputs, first, lanes, work, parts)
                    },
                )
                .collect();
            for summands in done {
                let first = (start + summands.group) * V::LANES;
                let lanes = V::LANES.min(batch - first);
                products.extend_from_slice(&summands.products[..lanes]);
                for (input, summand) in summands.of_inputs.iter().enumerate() {
                    let Some(summand) = summand.as_ref().filter(|summand| !summand.is_empty()) else { continue };
                    let own = summand.chunks_exact(layouts[input].length).take(lanes).enumerate();
                    for (_, own) in own.filter(|(l, _)| included[first + l]) {
                        all[input].iter_mut().zip(own).for_each(|(total, own)| *total += own);
                    }
                }
            }
        }
        products
    }
}

/// The parts of the elements `elements`, in groups of `lanes`.
fn split_parts<'a>(
    all: &'a mut [&mut [f64]; INPUTS],
    layouts: &[Layout; INPUTS],
    elements: std::ops::Range<usize>,
    lanes: usize,
) -> Vec<GroupParts<'a>> {
    let groups = elements.len().div_ceil(lanes);
    let mut of_inputs = all.iter_mut().zip(layouts).map(|(numbers, layout)| {
        let length = layout.length;
        let own =
            if layout.is_shared { &mut [] } else { &mut numbers[elements.start * length..elements.end * length] };
        let mut rest: &'a mut [f64] = own;
        let summands = layout.is_shared || length == 0;
        std::iter::from_fn(move || {
            if summands {
                return Some(Part::Summand(Vec::new()));
            }
            let size = (lanes * length).min(rest.len());
            let (part, after) = std::mem::take(&mut rest).split_at_mut(size);
            rest = after;
            Some(Part::Own(part))
        })
    });
    let mut iterators: [_; INPUTS] = std::array::from_fn(|_| of_inputs.next());
    (0..groups)
        .map(|group| {
            let parts = std::array::from_fn(|input| match iterators[input].as_mut().and_then(Iterator::next) {
                Some(part) => part,
                None => unreachable!("every input has a part for every group"),
            });
            GroupParts { group, parts }
        })
        .collect()
}

/// What all groups read.
struct Inputs<'a, const K: usize> {
    shared: Shared<'a, K>,
    values: &'a Array4<f64>,
    cotangent: &'a ArrayView4<'a, f64>,
    layouts: [Layout; INPUTS],
}

/// The gradients of the elements `first..first + lanes`.
fn pull_group<V: Real, const D: usize, const K: usize>(
    of: &Inputs<'_, K>,
    first: usize,
    lanes: usize,
    work: &mut Workspace<V, D, K>,
    parts: GroupParts<'_>,
) -> Summands {
    let Inputs { shared, values, cotangent, layouts } = of;
    let group = &shared.group::<V>(first, lanes);
    let elements = lane_elements::<V>(first, lanes);
    let elements = &elements[..V::LANES];
    let right = RightHandSide::Cotangent(Source::new(cotangent, elements));
    V::vectorize(Eliminate { group, right, work });
    V::vectorize(SolveBack { group, right, work });
    V::vectorize(Substitute { group, work });
    let GroupParts { group: index, mut parts } = parts;
    for (part, layout) in parts.iter_mut().zip(layouts) {
        if let Part::Summand(numbers) = part {
            numbers.resize(lanes * layout.length, 0.0);
        }
    }
    let [coefficients, forcing, steps, initial] = &mut parts;
    let target = |part| target(part, lanes);
    let sums = V::vectorize(PullBack {
        group,
        work,
        solution: Source::new(values, elements),
        coefficients: target((coefficients, layouts[0])),
        forcing: target((forcing, layouts[1])),
        steps: target((steps, layouts[2])),
        initial: target((initial, layouts[3])),
        lanes,
    });
    let products = std::array::from_fn(|l| match l < lanes {
        // An adjoint that is not finite leaves no gradient that is.
        true => [sums.equation, sums.initial, sums.smoothness].map(|sum| sum.lane(l) + sums.first.lane(l)),
        false => [0.0; 3],
    });
    let of_inputs = parts.map(|part| match part {
        Part::Own(_) => None,
        Part::Summand(numbers) => Some(numbers),
    });
    Summands { group: index, of_inputs, products }
}

fn target<'a>((part, layout): (&'a mut Part<'_>, Layout), lanes: usize) -> Target<'a> {
    let numbers: &mut [f64] = match part {
        Part::Own(numbers) => numbers,
        Part::Summand(numbers) => numbers,
    };
    let offsets = std::array::from_fn(|l| if l < lanes { l * layout.length } else { 0 });
    Target { numbers, offsets, width: layout.width, is_constant: layout.is_constant }
}
