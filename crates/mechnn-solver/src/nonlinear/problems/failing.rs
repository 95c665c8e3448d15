//! Problems without an answer: what a solver must not pretend to have solved.

use super::dual::Real;
use super::equations::{Equations, equations};
use super::standard_problem::{Reference, StandardProblem, problem, uniform};

equations!(Pole, 1, 1, |_t, x, p| [p[0] * x[0] * x[0]]);
equations!(RootOfTime, 1, 1, |t, _x, p| [-p[0] * S::from((1.0 - t).sqrt())]);
equations!(RootOfState, 1, 1, |_t, x, p| [-p[0] - x[0].powf(0.5)]);
equations!(Growth, 1, 1, |_t, x, p| [p[0] * x[0]]);

/// `x' = x^2` from 1 to beyond its pole at t = 1.
pub fn pole() -> StandardProblem {
    problem::<Pole>("x' = x^2", &[1.0], &[1.0], uniform(2.0, 4), Reference::Exact(|t| vec![1.0 / (1.0 - t)]))
}

/// `x' = -sqrt(1 - t)`: not a number after t = 1.
pub fn root_of_time() -> StandardProblem {
    let exact = |t: f64| vec![2.0 / 3.0 * ((1.0 - t).powf(1.5) - 1.0)];
    problem::<RootOfTime>("x' = -sqrt(1 - t)", &[1.0], &[0.0], uniform(2.0, 8), Reference::Exact(exact))
}

/// `x' = -1 - sqrt(x)` from 1: reaches zero with slope -1 at t = 2 - 2 ln 2 and is not a number beyond.
pub fn root_of_state() -> StandardProblem {
    problem::<RootOfState>("x' = -1 - sqrt(x)", &[1.0], &[1.0], uniform(1.0, 4), Reference::Integrate)
}

/// `x' = x` until it overflows, at t = 709.78.
pub fn overflow() -> StandardProblem {
    problem::<Growth>("x' = x to overflow", &[1.0], &[1.0], uniform(800.0, 8), Reference::Exact(|t| vec![t.exp()]))
}
