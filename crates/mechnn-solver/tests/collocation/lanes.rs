//! Initial value problems of the shapes that are solved in vector lanes: the other path gives the same, and nothing
//! depends on who else is in the batch.

use mechnn_solver::CollocationNodes::{self, Five, Three};
use mechnn_solver::method::{Collocation, ScalarCollocation};
use mechnn_solver::{
    Cotangent, InitialValues, LinearOde, OdeGradient, OdeProblem, OdeSolver, Solution, StepsGradient, TimeGrid,
};
use ndarray::{Array, Array2, Array3, Array4, Array5, Axis, Dimension, RemoveAxis, Slice};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::equation::scheme;

/// D, K, nodes.
const SHAPES: [(usize, usize, CollocationNodes); 12] = [
    (1, 2, Three),
    (1, 3, Three),
    (1, 4, Three),
    (1, 5, Three),
    (1, 2, Five),
    (1, 3, Five),
    (1, 4, Five),
    (1, 5, Five),
    (2, 2, Three),
    (2, 3, Three),
    (3, 2, Three),
    (3, 3, Three),
];

/// The inputs of a problem.
#[derive(Clone)]
struct Inputs {
    nodes: CollocationNodes,
    coefficients: Array5<f64>,
    forcing: Array3<f64>,
    initial: Array4<f64>,
    steps: StepsGradient,
    points: usize,
}

impl Inputs {
    /// Numbers of size 1, the highest derivatives determined in the order of the equations; broadcast axes and steps
    /// of every kind.
    fn random(
        seed: u64,
        batch: usize,
        points: usize,
        (dims, orders, nodes): (usize, usize, CollocationNodes),
    ) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut one_or = |length: usize| if rng.random_bool(0.3) { 1 } else { length };
        let mut coefficients = Array5::zeros((one_or(batch), one_or(points), dims, dims, orders));
        let mut forcing = Array3::zeros((one_or(batch), one_or(points), dims));
        let mut initial = Array4::zeros((one_or(batch), 1, dims, orders - 1));
        let steps = (one_or(batch), one_or(points - 1));
        coefficients.map_inplace(|c| *c = rng.random_range(-1.0..1.0));
        for ((_, _, e, d, k), c) in coefficients.indexed_iter_mut() {
            if k == orders - 1 && e == d {
                *c += 2.0 * dims as f64;
            }
        }
        forcing.map_inplace(|b| *b = rng.random_range(-1.0..1.0));
        initial.map_inplace(|u| *u = rng.random_range(-1.0..1.0));
        let steps = match rng.random_bool(0.5) {
            true => StepsGradient::Shared(Array2::from_shape_simple_fn(steps, || rng.random_range(0.05..0.2))),
            false => StepsGradient::PerDimension(Array3::from_shape_simple_fn((steps.0, steps.1, dims), || {
                rng.random_range(0.05..0.2)
            })),
        };
        Self { nodes, coefficients, forcing, initial, steps, points }
    }

    fn problem(&self) -> OdeProblem {
        let grid = match &self.steps {
            StepsGradient::Shared(steps) => TimeGrid::shared(self.points, steps.clone()),
            StepsGradient::PerDimension(steps) => TimeGrid::per_dimension(self.points, steps.clone()),
        };
        let ode = LinearOde::new(self.coefficients.clone(), self.forcing.clone());
        let problem = OdeProblem::new(&ode, &grid, &InitialValues::new(self.initial.clone())).unwrap();
        problem.with_scheme(scheme(self.nodes)).unwrap()
    }

    /// The batch elements `first..end` alone.
    fn only(&self, first: usize, end: usize) -> Self {
        let steps = match &self.steps {
            StepsGradient::Shared(steps) => StepsGradient::Shared(part(steps, first, end)),
            StepsGradient::PerDimension(steps) => StepsGradient::PerDimension(part(steps, first, end)),
        };
        Self {
            coefficients: part(&self.coefficients, first, end),
            forcing: part(&self.forcing, first, end),
            initial: part(&self.initial, first, end),
            steps,
            ..self.clone()
        }
    }

    /// Every input given for each of so many batch elements.
    fn unshared(mut self, batch: usize) -> Self {
        fn repeated<D: Dimension + RemoveAxis>(array: &Array<f64, D>, batch: usize) -> Array<f64, D> {
            let elements: Vec<usize> = (0..batch).map(|element| element % array.shape()[0]).collect();
            array.select(Axis(0), &elements)
        }
        self.coefficients = repeated(&self.coefficients, batch);
        self.forcing = repeated(&self.forcing, batch);
        self.initial = repeated(&self.initial, batch);
        self.steps = match &self.steps {
            StepsGradient::Shared(steps) => StepsGradient::Shared(repeated(steps, batch)),
            StepsGradient::PerDimension(steps) => StepsGradient::PerDimension(repeated(steps, batch)),
        };
        self
    }
}

fn part<D: Dimension>(array: &Array<f64, D>, first: usize, end: usize) -> Array<f64, D> {
    if array.shape()[0] == 1 { array.clone() } else { array.slice_axis(Axis(0), Slice::from(first..end)).to_owned() }
}

fn seed(solution: &Solution) -> Cotangent {
    // Different for every point and derivative, the same for every batch element.
    let values = Array4::from_shape_fn(solution.values.dim(), |(_, t, d, k)| ((1 + t + 3 * d + 5 * k) as f64).sin());
    Cotangent { values, slack: None }
}

fn solve(method: &dyn OdeSolver, problem: &OdeProblem) -> (Solution, OdeGradient) {
    let (solution, pullback) = method.solve_with_pullback(problem).unwrap();
    let gradient = pullback.pull(&seed(&solution)).unwrap();
    (solution, gradient)
}

/// The gradients by name.
fn parts(gradient: &OdeGradient) -> [(&'static str, Vec<f64>); 4] {
    let steps = match &gradient.steps {
        StepsGradient::Shared(steps) => steps.iter().copied().collect(),
        StepsGradient::PerDimension(steps) => steps.iter().copied().collect(),
    };
    [
        ("coefficients", gradient.coefficients.iter().copied().collect()),
        ("forcing", gradient.forcing.iter().copied().collect()),
        ("initial values", gradient.initial.iter().copied().collect()),
        ("steps", steps),
    ]
}

fn assert_close(found: &[f64], expected: &[f64], what: &str) {
    let largest = expected.iter().fold(0.0, |most: f64, number| most.max(number.abs()));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        // Two ways to round sums of some hundred terms of well conditioned problems.
        assert!((found - expected).abs() <= 1e-11 * largest, "{what} {index}: {found:e}, other path {expected:e}");
    }
}

#[test]
fn every_shape_and_tail_agrees_with_the_other_path() {
    for (index, shape) in SHAPES.into_iter().enumerate() {
        for batch in 1..=17 {
            for (kind, elements) in [1, 5, 30].into_iter().enumerate() {
                let points = 1 + elements * shape.2.intervals();
                let inputs = Inputs::random((100 * index + 3 * batch + kind) as u64, batch, points, shape);
                let problem = inputs.problem();
                let (solution, gradient) = solve(&Collocation, &problem);
                let (expected, expected_gradient) = solve(&ScalarCollocation, &problem);
                let name = format!("D, K, nodes = {shape:?}, B = {batch}, N = {points}");
                let numbers = |solution: &Solution| solution.values.iter().copied().collect::<Vec<_>>();
                assert_close(&numbers(&solution), &numbers(&expected), &format!("{name}, values"));
                for ((input, found), (_, expected)) in parts(&gradient).into_iter().zip(parts(&expected_gradient)) {
                    assert_close(&found, &expected, &format!("{name}, gradient of {input}"));
                }
                assert!(solution.info.error_estimate <= 1e-11, "{name}: {:?}", solution.info);
                assert_eq!(solution.values, Collocation.solve(&problem).unwrap().values, "{name}: without a pullback");
            }
        }
    }
}

#[test]
fn an_element_is_the_same_alone_and_at_every_position() {
    for (index, shape) in SHAPES.into_iter().enumerate() {
        for points in [1 + 3 * shape.2.intervals(), 1 + 40 * shape.2.intervals()] {
            let inputs = Inputs::random(7000 + index as u64, 17, points, shape).unshared(17);
            let (together, gradient) = solve(&Collocation, &inputs.problem());
            let (together, gradient) = (together.values, by_element(&gradient));
            for element in 0..17_usize {
                // Alone, and in a batch in which it has another lane.
                for first in [element, element.saturating_sub(1), element.saturating_sub(6)] {
                    let (some, some_gradient) = solve(&Collocation, &inputs.only(first, element + 1).problem());
                    let last = element - first;
                    let name = format!("D, K, nodes = {shape:?}, N = {points}, element {element} from {first}");
                    assert_eq!(together.index_axis(Axis(0), element), some.values.index_axis(Axis(0), last), "{name}");
                    let some_gradient = by_element(&some_gradient);
                    for input in 0..gradient.len() {
                        assert_eq!(gradient[input][element], some_gradient[input][last], "{name}, input {input}");
                    }
                }
            }
        }
    }
}

/// `[inputs][B]`: the gradients of inputs that every batch element has to itself.
fn by_element(gradient: &OdeGradient) -> Vec<Vec<Vec<u64>>> {
    let batch = gradient.coefficients.dim().0;
    let bits = |numbers: Vec<f64>| -> Vec<Vec<u64>> {
        let length = numbers.len() / batch;
        numbers.chunks_exact(length).map(|own| own.iter().map(|number| number.to_bits()).collect()).collect()
    };
    parts(gradient).into_iter().map(|(_, numbers)| bits(numbers)).collect()
}

/// u' + z u = 0 with steps of .1, where z makes a pivot of the condensed matrix vanish.
#[test]
fn an_element_that_needs_pivoting_is_solved_alone_and_its_neighbours_are_not() {
    const PECULIAR: usize = 5;
    let shape = (1, 2, Three);
    let inputs = Inputs::random(1, 16, 9, shape).unshared(16);
    let steps = StepsGradient::Shared(Array2::from_elem((1, 1), 0.1));
    let coefficients = Array5::from_shape_fn((16, 9, 1, 1, 2), |(b, t, .., k)| match k {
        1 => 2.0,
        _ => ((b + 3 * t) as f64).sin(),
    });
    let regular = Inputs { steps, coefficients, ..inputs };
    let mut inputs = regular.clone();
    // Row 1 of the matrix is u_1' + z (A_11 u_1' + A_12 u_2') with A_11 = 8 / 12 h.
    for t in 1..9 {
        inputs.coefficients[[PECULIAR, t, 0, 0, 0]] = -12.0 / 8.0 / 0.1;
        inputs.coefficients[[PECULIAR, t, 0, 0, 1]] = 1.0;
    }
    let (solution, gradient) = solve(&Collocation, &inputs.problem());
    let (without, without_gradient) = solve(&Collocation, &regular.problem());
    let (alone, alone_gradient) = solve(&ScalarCollocation, &inputs.problem());
    for element in 0..16 {
        let (expected, expected_gradient) = match element {
            PECULIAR => (&alone, &alone_gradient),
            _ => (&without, &without_gradient),
        };
        let of = |solution: &Solution| solution.values.index_axis(Axis(0), element).to_owned();
        assert_eq!(of(&solution), of(expected), "element {element}");
        let (found, expected) = (&gradient.coefficients, &expected_gradient.coefficients);
        assert_eq!(found.index_axis(Axis(0), element), expected.index_axis(Axis(0), element), "element {element}");
    }
    assert_ne!(
        Collocation.solve(&regular.problem()).unwrap().values,
        ScalarCollocation.solve(&regular.problem()).unwrap().values,
        "the lanes round differently, or the other path was taken by all"
    );
}
