//! An element that the lanes leave, among others.

use ndarray::{Axis, s};

use super::gradient_parts::gradient_parts;
use super::random_problem::{Axes, RandomProblem, random_seeds};
use crate::error::SolveError;
use crate::gradient::{Cotangent, OdeGradient};
use crate::method::block_banded::BlockBanded;
use crate::method::block_banded::factor::factor_and_solve;
use crate::method::block_banded::rows::ElementView;
use crate::method::solver::OdeSolver;
use crate::problem::{OdeProblem, Scheme};
use crate::solution::Solution;

/// The second group of eight lanes has two elements, of four lanes the third has.
const BATCH: usize = 10;

const POINTS: usize = 12;

/// A batch with one value pinned at the start, in which the equations of `bad` say next to nothing of a slope:
/// `open u' + u'' = f`.
fn inputs(bad: Option<usize>, open: f64) -> RandomProblem {
    let mut inputs = RandomProblem::new(3, [BATCH, POINTS, 1, 3], Scheme::Taylor, Axes::Full);
    inputs.initial = inputs.initial.slice_move(s![.., ..1, .., ..1]);
    // The others have u and u' in their equations.
    inputs.coefficients.slice_mut(s![.., .., .., .., 0]).fill(1.0);
    if let Some(bad) = bad {
        let mut own = inputs.coefficients.index_axis_mut(Axis(0), bad);
        own.slice_mut(s![.., .., .., 0]).fill(0.0);
        own.slice_mut(s![.., .., .., 1]).fill(open);
        own.slice_mut(s![.., .., .., 2]).fill(1.0);
    }
    inputs
}

fn solved(problem: &OdeProblem) -> (Solution, OdeGradient) {
    let sizes = problem.sizes;
    // An element alone has the cotangent of the first.
    let seeds = random_seeds(1, [BATCH, POINTS, 1, 3]).slice_move(s![..sizes.batch, .., .., ..]);
    let (solution, pullback) = BlockBanded.solve_with_pullback(problem).expect("well posed");
    let gradient = pullback.pull(&Cotangent { values: seeds, slack: None }).expect("finite");
    (solution, gradient)
}

/// The gradients of the inputs that an element has of its own, bit by bit.
fn own_bits(gradient: &OdeGradient, element: usize) -> Vec<u64> {
    let batch = gradient.coefficients.dim().0;
    let parts = gradient_parts(gradient);
    let own = parts[..4].iter().flat_map(|(_, numbers)| {
        let length = numbers.len() / batch;
        numbers[element * length..][..length].iter().map(|number| number.to_bits())
    });
    own.collect()
}

fn value_bits(solution: &Solution, element: usize) -> Vec<u64> {
    solution.values.index_axis(Axis(0), element).iter().map(|value| value.to_bits()).collect()
}

#[test]
fn an_element_left_by_the_lanes_is_solved_as_if_alone_and_its_neighbours_keep_their_bits() {
    let usual = solved(&inputs(None, 0.0).problem());
    for bad in [0, 3, 8, 9] {
        let inputs = inputs(Some(bad), 1e-6);
        let problem = inputs.problem();
        let evidence = super::lane_run::evidence(&problem);
        for (element, evidence) in evidence.iter().enumerate() {
            assert_eq!(evidence.is_none(), element == bad, "element {element}, nearly singular: {bad}");
        }
        let (solution, gradient) = solved(&problem);
        let (_, expected) = factor_and_solve(&ElementView::new(&problem, bad)).expect("not singular");
        let expected: Vec<_> = expected.values.iter().map(|value| value.to_bits()).collect();
        assert_eq!(value_bits(&solution, bad), expected, "element {bad}");
        for element in (0..BATCH).filter(|&element| element != bad) {
            let name = format!("element {element} beside {bad}");
            assert_eq!(value_bits(&solution, element), value_bits(&usual.0, element), "{name}");
            assert_eq!(own_bits(&gradient, element), own_bits(&usual.1, element), "{name}");
        }
        if bad == 0 {
            // The cotangents of an element alone are those of the first.
            let (solution, own) = solved(&inputs.element(bad).problem());
            assert_eq!(value_bits(&solution, 0), expected);
            assert_eq!(own_bits(&gradient, bad), own_bits(&own, 0));
        }
    }
}

#[test]
fn a_singular_element_has_its_typed_error_whatever_its_lane() {
    for bad in [0, 3, 8, 9] {
        let problem = inputs(Some(bad), 0.0).problem();
        let error = BlockBanded.solve(&problem).expect_err("a line through the origin is open");
        let (SolveError::NotPositiveDefinite { batch, .. } | SolveError::IllConditioned { batch, .. }) = error else {
            panic!("element {bad}: {error}")
        };
        assert_eq!(batch, bad);
        assert_eq!(Some(error), factor_and_solve(&ElementView::new(&problem, bad)).err(), "element {bad}");
    }
}
