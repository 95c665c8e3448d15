//! Every type of lanes against the other path, and what a point costs.

use ndarray::{Array2, Array3, Array4, Array5};

use super::kernel::{Choice, Kernel};
use super::problem::LaneProblem;
use super::tasks::{Checkpoints, pull, solve};
use crate::lanes::{Counting, LaneKernel, Real, flops, on_every_lanes};
use crate::method::collocation::ScalarCollocation;
use crate::method::collocation::batch::Batch;
use crate::method::collocation::derivative::{ElementGradient, Targets};
use crate::method::collocation::inputs::Lengths;
use crate::method::collocation::rules::shared_rules;
use crate::method::solver::OdeSolver;
use crate::problem::{CollocationNodes, InitialValues, LinearOde, OdeProblem, Scheme, TimeGrid, conditions, numbers};
use crate::{Cotangent, OdeGradient};

/// Coefficients that vary in time and over the batch.
fn problem(batch: usize, points: usize, dims: usize, orders: usize, steps: usize) -> OdeProblem {
    let coefficients = Array5::from_shape_fn((batch, points, dims, dims, orders), |(b, t, e, d, k)| {
        let own = if e == d && k == orders - 1 { 2.0 } else { 0.0 };
        own + 0.5 * ((3 * b + 5 * t + 7 * e + 11 * d + 13 * k) as f64).sin()
    });
    let forcing = Array3::from_shape_fn((batch, points, dims), |(b, t, e)| ((b + 2 * t + e) as f64).cos());
    let initial = Array4::from_shape_fn((batch, 1, dims, orders - 1), |(b, _, d, q)| ((b + d + q) as f64).cos());
    let steps = Array2::from_shape_fn((steps, points - 1), |(b, t)| 0.1 + 0.03 * ((b + t) as f64).sin());
    let problem = OdeProblem::new(
        &LinearOde::new(coefficients, forcing),
        &TimeGrid::shared(points, steps),
        &InitialValues::new(initial),
    );
    let scheme = Scheme::Collocation { nodes: CollocationNodes::Three };
    problem.and_then(|problem| problem.with_scheme(scheme)).expect("well formed")
}

fn lengths(problem: &OdeProblem) -> Lengths {
    Lengths { dims: problem.sizes.dims, orders: problem.sizes.orders, intervals: 2 }
}

/// Cotangents of ones, with the kernel alone.
fn with_kernel(kernel: Kernel, problem: &OdeProblem) -> (Array4<f64>, OdeGradient) {
    let (lengths, conditions) = (lengths(problem), conditions(problem).expect("initial values"));
    let rules = shared_rules(problem, lengths);
    let batch = Batch { problem, lengths, conditions: &conditions, shared_rules: rules.as_ref() };
    let sizes = problem.sizes;
    let mut values = Array4::zeros((sizes.batch, sizes.points, sizes.dims, sizes.orders));
    let numbers_of_values = values.as_slice_mut().expect("standard layout");
    let solved = solve(kernel, batch, Checkpoints::Kept, numbers_of_values, &|batch, _, _, _| {
        unreachable!("the lane of element {batch} is to be trusted")
    });
    let solved = solved.expect("well posed");
    let mut gradient = OdeGradient::zeros(problem);
    let range = 0..sizes.batch;
    let mut targets = Targets::new(&mut gradient, sizes.batch, range.clone());
    let seeds = Array4::ones(values.raw_dim());
    let arrays = (&*solved.checkpoints, numbers(&seeds));
    let are_finite = pull(kernel, batch, range, arrays, &solved.are_in_lanes, &mut targets, || {
        |batch: usize, _: ElementGradient<'_>| unreachable!("the gradient of element {batch} is finite")
    });
    assert!(are_finite.expect("finite").into_iter().all(|is_finite| is_finite));
    targets.sum_broadcast();
    (values, gradient)
}

struct Agrees<'a>(&'a OdeProblem);

impl LaneKernel for Agrees<'_> {
    type Output = ();

    fn run<V: Real>(self) {
        let problem = self.0;
        let kernel = Choice(lengths(problem)).run::<V>().expect("a shape that all lanes have");
        let (values, gradient) = with_kernel(kernel, problem);
        let (expected, pullback) = ScalarCollocation.solve_with_pullback(problem).expect("well posed");
        let seeds = Cotangent { values: Array4::ones(values.raw_dim()), slack: None };
        let expected_gradient = pullback.pull(&seeds).expect("finite");
        // Well conditioned, with numbers of size 1: what rounding two ways makes of sums of some hundred terms.
        let is_close = |a: &f64, b: &f64| (a - b).abs() <= 1e-11 * (1.0 + b.abs());
        assert!(values.iter().zip(&expected.values).all(|(a, b)| is_close(a, b)), "{} lanes", V::LANES);
        let (found, expected) = (&gradient.coefficients, &expected_gradient.coefficients);
        assert!(found.iter().zip(expected).all(|(a, b)| is_close(a, b)), "{} lanes", V::LANES);
        let (found, expected) = (&gradient.initial, &expected_gradient.initial);
        assert!(found.iter().zip(expected).all(|(a, b)| is_close(a, b)), "{} lanes", V::LANES);
    }
}

#[test]
fn every_type_of_lanes_agrees_with_the_other_path() {
    for (dims, orders) in [(1, 3), (2, 2)] {
        for batch in 1..=9 {
            for steps in [1, batch] {
                // More points than a stage has.
                let problem = problem(batch, 201, dims, orders, steps);
                on_every_lanes(|| Agrees(&problem));
            }
        }
    }
}

/// Operations of a solve and of a pull for each further point, counted.
fn flops_of_point<const D: usize, const K: usize, const N: usize>() -> [f64; 2] {
    let kernel = Kernel::of_shape::<Counting, D, 2, K, N>();
    let count = |points: usize| {
        let mut problem = problem(1, points, D, K, 1);
        problem.grid = TimeGrid::uniform(points, 0.1);
        let lengths = lengths(&problem);
        let rules = shared_rules(&problem, lengths);
        let lanes = LaneProblem::new(&problem, lengths, rules.as_ref());
        let length = points * D * K;
        let mut values = vec![0.0; length];
        let mut checkpoints = vec![0.0; kernel.stages((points - 1) / 2) * D * K];
        let of_solve = flops(|| (kernel.solve)(&lanes, 0, &mut values, &mut checkpoints, &mut [None]));
        let mut gradient = OdeGradient::zeros(&problem);
        let mut targets = Targets::new(&mut gradient, 1, 0..1);
        let seeds = vec![1.0; length];
        let mut elements = targets.elements();
        let of_pull = flops(|| (kernel.pull)(&lanes, 0, &checkpoints, &seeds, &mut elements[0], &mut [false]));
        [of_solve, of_pull]
    };
    let [few, many] = [count(101), count(201)];
    [0, 1].map(|call| (many[call] - few[call]) as f64 / 100.0)
}

/// The counts that `docs/src/concepts/collocation.md` states.
#[test]
fn a_point_costs_what_is_documented() {
    let found = [flops_of_point::<1, 2, 2>(), flops_of_point::<1, 3, 2>(), flops_of_point::<3, 3, 6>()];
    assert_eq!(found, [[42.5, 64.5], [67.5, 107.0], [434.5, 575.0]]);
}
