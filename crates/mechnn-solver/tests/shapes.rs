//! Arrays of any shapes are a problem exactly if every axis fits, and the error names one that does not.
#![allow(clippy::unwrap_used)]

use mechnn_solver::{InitialValues, LinearOde, OdeProblem, ProblemError, TimeGrid};
use ndarray::{Array2, Array3, Array4, Array5};
use proptest::prelude::*;

/// Any shapes, more often than not those of a problem.
#[derive(Debug, Clone)]
struct Shapes {
    points: usize,
    coefficients: [usize; 5],
    forcing: [usize; 3],
    initial: [usize; 4],
    steps: [usize; 3],
    has_shared_steps: bool,
}

impl Shapes {
    fn problem(&self) -> Result<OdeProblem, ProblemError> {
        let [b, n, e, d, k] = self.coefficients;
        let ode = LinearOde::new(Array5::ones((b, n, e, d, k)), Array3::ones(self.forcing));
        let grid = match self.has_shared_steps {
            true => TimeGrid::shared(self.points, Array2::ones((self.steps[0], self.steps[1]))),
            false => TimeGrid::per_dimension(self.points, Array3::ones(self.steps)),
        };
        OdeProblem::new(&ode, &grid, &InitialValues::new(Array4::ones(self.initial)))
    }

    /// (input, axis, length) of everything that does not fit, by the documentation of the inputs.
    fn wrong_axes(&self) -> Vec<(&'static str, usize, usize)> {
        let [_, _, equations, dims, orders] = self.coefficients;
        let pins = !self.initial[1..].contains(&0);
        let mut batches = vec![self.coefficients[0], self.forcing[0], self.steps[0]];
        if pins {
            batches.push(self.initial[0]);
        }
        let batch = if batches.contains(&0) { 0 } else { *batches.iter().max().unwrap() };
        let one_or = |full: usize| move |length: usize| length == 1 || length == full;
        let mut wrong = Vec::new();
        let mut check = |input, axis, length: usize, fits: bool| {
            if !fits {
                wrong.push((input, axis, length));
            }
        };
        let fits_batch = one_or(batch);
        let fits_points = one_or(self.points);
        check("coefficients", 0, self.coefficients[0], fits_batch(self.coefficients[0]));
        check("coefficients", 1, self.coefficients[1], fits_points(self.coefficients[1]));
        check("coefficients", 2, equations, equations > 0);
        check("coefficients", 3, dims, dims > 0);
        check("forcing", 0, self.forcing[0], fits_batch(self.forcing[0]));
        check("forcing", 1, self.forcing[1], fits_points(self.forcing[1]));
        check("forcing", 2, self.forcing[2], self.forcing[2] == equations);
        check("steps", 0, self.steps[0], fits_batch(self.steps[0]));
        check("steps", 1, self.steps[1], one_or(self.points.saturating_sub(1))(self.steps[1]));
        check("steps", 2, self.steps[2], self.has_shared_steps || self.steps[2] == dims);
        if pins {
            check("initial values", 0, self.initial[0], fits_batch(self.initial[0]));
            check("initial values", 1, self.initial[1], self.initial[1] <= self.points);
            check("initial values", 2, self.initial[2], self.initial[2] == dims);
            check("initial values", 3, self.initial[3], self.initial[3] <= orders);
        }
        wrong
    }
}

/// Lengths as they belong together, each changed with a probability of about one in ten.
fn shapes() -> impl Strategy<Value = Shapes> {
    let sizes = (0..4usize, 0..6usize, 0..4usize, 0..4usize, 0..9usize, 0..4usize, 0..4usize);
    let changes = prop::collection::vec(prop::option::weighted(0.1, 0..6usize), 15);
    (sizes, changes, prop::collection::vec(any::<bool>(), 7)).prop_map(|(sizes, changes, flags)| {
        let (b, n, e, d, k, s, q) = sizes;
        let or_one = |flag: usize, length: usize| if flags[flag] { 1 } else { length };
        let coefficients = [or_one(0, b), or_one(1, n), e, d, k];
        let forcing = [or_one(2, b), or_one(3, n), e];
        let initial = [or_one(4, b), s, d, q];
        let steps = [or_one(5, b), or_one(6, n.saturating_sub(1)), d];
        let lengths = coefficients.into_iter().chain(forcing).chain(initial).chain(steps);
        let flat: Vec<usize> = lengths.zip(&changes).map(|(length, change)| change.unwrap_or(length)).collect();
        Shapes {
            points: n,
            coefficients: flat[..5].try_into().unwrap(),
            forcing: flat[5..8].try_into().unwrap(),
            initial: flat[8..12].try_into().unwrap(),
            steps: flat[12..15].try_into().unwrap(),
            has_shared_steps: flags[0] ^ flags[3],
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_error_names_an_axis_that_does_not_fit(shapes in shapes()) {
        let wrong = shapes.wrong_axes();
        let orders = shapes.coefficients[4];
        match shapes.problem() {
            Ok(problem) => {
                prop_assert!(wrong.is_empty(), "accepted in spite of {:?}", wrong);
                prop_assert!(shapes.points >= 2 && (2..=7).contains(&orders));
                prop_assert_eq!(problem.sizes().points, shapes.points);
            }
            Err(ProblemError::TooFewPoints { points }) => prop_assert!(points < 2 && points == shapes.points),
            Err(ProblemError::Orders { orders: named }) => {
                prop_assert!(named == orders && !(2..=7).contains(&orders));
            }
            Err(ProblemError::Shape { input, axis, found, .. }) => {
                let is_wrong = wrong.contains(&(input, axis, found));
                prop_assert!(is_wrong, "{} axis {}: {}, wrong are {:?}", input, axis, found, wrong);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
