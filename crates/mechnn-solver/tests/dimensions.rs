//! One test per wrong axis: the error names the input, the axis, what it counts and both lengths.
#![allow(clippy::unwrap_used)]

use mechnn_solver::{
    Cotangent, InitialValues, LinearOde, OdeGradient, OdeProblem, ProblemError, Scheme, SolveError, StepsGradient,
    TimeGrid,
};
use ndarray::{Array1, Array2, Array3, Array4, Array5};

#[path = "support/methods.rs"]
mod methods;

use methods::methods_for;

/// B = 2, N = 5, E = 2, D = 3, K = 3, S = 1, Q = 2: no two of the lengths that meet are equal by accident.
#[derive(Clone)]
struct Shapes {
    coefficients: (usize, usize, usize, usize, usize),
    forcing: (usize, usize, usize),
    initial: (usize, usize, usize, usize),
    points: usize,
    steps: (usize, usize, usize),
    has_shared_steps: bool,
}

impl Default for Shapes {
    fn default() -> Self {
        Self {
            coefficients: (2, 5, 2, 3, 3),
            forcing: (2, 5, 2),
            initial: (2, 1, 3, 2),
            points: 5,
            steps: (2, 4, 3),
            has_shared_steps: false,
        }
    }
}

impl Shapes {
    fn problem(&self) -> Result<OdeProblem, ProblemError> {
        let grid = if self.has_shared_steps {
            TimeGrid::shared(self.points, Array2::ones((self.steps.0, self.steps.1)))
        } else {
            TimeGrid::per_dimension(self.points, Array3::ones(self.steps))
        };
        // Every equation, dimension and order varies in its own way, so that the problem is well-posed.
        let coefficients = Array5::from_shape_fn(self.coefficients, |(_, t, e, d, i)| {
            ((t + 2 * e + 3 * d + 5 * i).pow(2) as f64).sin()
        });
        let ode = LinearOde::new(coefficients, Array3::ones(self.forcing));
        OdeProblem::new(&ode, &grid, &InitialValues::new(Array4::ones(self.initial)))
    }

    fn error(&self) -> ProblemError {
        self.problem().unwrap_err()
    }
}

fn shape(input: &'static str, axis: usize, meaning: &'static str, expected: &str, found: usize) -> ProblemError {
    ProblemError::Shape { input, axis, meaning, expected: expected.to_owned(), found }
}

#[test]
fn the_shapes_of_these_tests_fit() {
    Shapes::default().problem().unwrap();
    Shapes { has_shared_steps: true, ..Shapes::default() }.problem().unwrap();
}

#[test]
fn coefficients_batch() {
    // The largest batch is taken for the batch of the problem.
    let shapes = Shapes { forcing: (3, 5, 2), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("coefficients", 0, "batch", "1 or 3", 2));
}

#[test]
fn coefficients_points() {
    let shapes = Shapes { coefficients: (2, 4, 2, 3, 3), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("coefficients", 1, "points", "1 or 5", 4));
}

#[test]
fn coefficients_equations() {
    let shapes = Shapes { coefficients: (2, 5, 0, 3, 3), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("coefficients", 2, "equations", "at least 1", 0));
}

#[test]
fn coefficients_dimensions() {
    let shapes = Shapes { coefficients: (2, 5, 2, 0, 3), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("coefficients", 3, "dimensions", "at least 1", 0));
}

#[test]
fn coefficients_orders() {
    for orders in [0, 1, 8] {
        let shapes = Shapes { coefficients: (2, 5, 2, 3, orders), ..Shapes::default() };
        assert_eq!(shapes.error(), ProblemError::Orders { orders });
    }
}

#[test]
fn forcing_batch() {
    let shapes = Shapes { coefficients: (3, 5, 2, 3, 3), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("forcing", 0, "batch", "1 or 3", 2));
}

#[test]
fn forcing_points() {
    let shapes = Shapes { forcing: (2, 6, 2), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("forcing", 1, "points", "1 or 5", 6));
}

#[test]
fn forcing_equations() {
    let shapes = Shapes { forcing: (2, 5, 1), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("forcing", 2, "equations", "2", 1));
}

#[test]
fn initial_values_batch() {
    let shapes = Shapes { coefficients: (3, 5, 2, 3, 3), forcing: (3, 5, 2), steps: (3, 4, 3), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("initial values", 0, "batch", "1 or 3", 2));
}

#[test]
fn initial_values_points() {
    let shapes = Shapes { initial: (2, 6, 3, 2), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("initial values", 1, "pinned points", "at most 5", 6));
}

#[test]
fn initial_values_dimensions() {
    let shapes = Shapes { initial: (2, 1, 1, 2), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("initial values", 2, "dimensions", "3", 1));
}

#[test]
fn initial_values_derivatives() {
    let shapes = Shapes { initial: (2, 1, 3, 4), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("initial values", 3, "pinned derivatives", "at most 3", 4));
}

#[test]
fn steps_batch() {
    for has_shared_steps in [true, false] {
        let shapes = Shapes {
            coefficients: (3, 5, 2, 3, 3),
            forcing: (3, 5, 2),
            initial: (3, 1, 3, 2),
            has_shared_steps,
            ..Shapes::default()
        };
        assert_eq!(shapes.error(), shape("steps", 0, "batch", "1 or 3", 2));
    }
}

#[test]
fn steps_intervals() {
    for has_shared_steps in [true, false] {
        let shapes = Shapes { steps: (2, 5, 3), has_shared_steps, ..Shapes::default() };
        assert_eq!(shapes.error(), shape("steps", 1, "intervals", "1 or 4", 5));
    }
}

#[test]
fn steps_dimensions() {
    let shapes = Shapes { steps: (2, 4, 1), ..Shapes::default() };
    assert_eq!(shapes.error(), shape("steps", 2, "dimensions", "3", 1));
}

#[test]
fn grid_points() {
    for points in [0, 1] {
        let shapes = Shapes { points, ..Shapes::default() };
        assert_eq!(shapes.error(), ProblemError::TooFewPoints { points });
    }
}

#[test]
fn periodic_jump_batch() {
    let error = Shapes::default().problem().unwrap().with_periodic_jump(Array3::zeros((3, 3, 2))).unwrap_err();
    assert_eq!(error, shape("periodic jump", 0, "batch", "1 or 2", 3));
}

#[test]
fn periodic_jump_dimensions() {
    let error = Shapes::default().problem().unwrap().with_periodic_jump(Array3::zeros((2, 1, 2))).unwrap_err();
    assert_eq!(error, shape("periodic jump", 1, "dimensions", "3", 1));
}

#[test]
fn periodic_jump_derivatives() {
    let error = Shapes::default().problem().unwrap().with_periodic_jump(Array3::zeros((2, 3, 3))).unwrap_err();
    assert_eq!(error, shape("periodic jump", 2, "derivatives", "2", 3));
}

#[test]
fn cotangent_axes() {
    let problem = Shapes::default().problem().unwrap();
    let cases = [
        ((1, 5, 3, 3), shape("cotangent", 0, "batch", "2", 1)),
        ((2, 1, 3, 3), shape("cotangent", 1, "points", "5", 1)),
        ((2, 5, 1, 3), shape("cotangent", 2, "dimensions", "3", 1)),
        ((2, 5, 3, 2), shape("cotangent", 3, "orders", "3", 2)),
    ];
    for method in methods_for(&problem) {
        let (_, pullback) = method.solve_with_pullback(&problem).unwrap();
        for (values, expected) in cases.clone() {
            let error = pullback.pull(&Cotangent { values: Array4::ones(values), slack: None }).unwrap_err();
            assert_eq!(error, SolveError::Direction(expected), "{}", method.name());
        }
    }
}

#[test]
fn cotangent_of_the_slack() {
    let relaxed = Scheme::RelaxedLp { gamma_alpha: 0.0 };
    for (scheme, length, expected) in [(Scheme::Taylor, 2, "0"), (relaxed, 1, "2"), (relaxed, 0, "2")] {
        let problem = Shapes::default().problem().unwrap().with_scheme(scheme).unwrap();
        for method in methods_for(&problem) {
            let (_, pullback) = method.solve_with_pullback(&problem).unwrap();
            let cotangent = Cotangent { values: Array4::ones((2, 5, 3, 3)), slack: Some(Array1::ones(length)) };
            let expected = shape("cotangent of the slack", 0, "batch", expected, length);
            assert_eq!(pullback.pull(&cotangent), Err(SolveError::Direction(expected)), "{}", method.name());
        }
    }
}

#[test]
fn directions() {
    let problem = Shapes::default().problem().unwrap().with_periodic_jump(Array3::zeros((2, 3, 2))).unwrap();
    let right = OdeGradient::zeros(&problem);
    let with = |change: fn(&mut OdeGradient)| {
        let mut direction = right.clone();
        change(&mut direction);
        direction
    };
    // Broadcasting is for inputs: a direction has exactly its input's shape.
    let wrong = [
        with(|d| d.coefficients = Array5::zeros((1, 5, 2, 3, 3))),
        with(|d| d.coefficients = Array5::zeros((2, 1, 2, 3, 3))),
        with(|d| d.coefficients = Array5::zeros((2, 5, 1, 3, 3))),
        with(|d| d.coefficients = Array5::zeros((2, 5, 2, 1, 3))),
        with(|d| d.coefficients = Array5::zeros((2, 5, 2, 3, 2))),
        with(|d| d.forcing = Array3::zeros((1, 5, 2))),
        with(|d| d.forcing = Array3::zeros((2, 1, 2))),
        with(|d| d.forcing = Array3::zeros((2, 5, 1))),
        with(|d| d.initial = Array4::zeros((1, 1, 3, 2))),
        with(|d| d.initial = Array4::zeros((2, 2, 3, 2))),
        with(|d| d.initial = Array4::zeros((2, 1, 1, 2))),
        with(|d| d.initial = Array4::zeros((2, 1, 3, 1))),
        with(|d| d.steps = StepsGradient::PerDimension(Array3::zeros((1, 4, 3)))),
        with(|d| d.steps = StepsGradient::PerDimension(Array3::zeros((2, 1, 3)))),
        with(|d| d.steps = StepsGradient::PerDimension(Array3::zeros((2, 4, 1)))),
        with(|d| d.steps = StepsGradient::Shared(Array2::zeros((2, 4)))),
        with(|d| d.periodic_jump = Some(Array3::zeros((1, 3, 2)))),
        with(|d| d.periodic_jump = Some(Array3::zeros((2, 1, 2)))),
        with(|d| d.periodic_jump = Some(Array3::zeros((2, 3, 1)))),
        with(|d| d.periodic_jump = None),
    ];
    for method in methods_for(&problem) {
        let (_, pullback) = method.solve_with_pullback(&problem).unwrap();
        assert!(pullback.push(&right).is_ok());
        for (case, direction) in wrong.iter().enumerate() {
            let result = pullback.push(direction);
            assert!(
                matches!(result, Err(SolveError::Direction(ProblemError::Shape { .. }))),
                "{}: case {case} gave {result:?}",
                method.name()
            );
        }
    }
}
