//! Linear equations posed for collocation, and the errors of their solutions.

use mechnn_solver::{
    BoundaryCondition, BoundaryValues, CollocationNodes, End, InitialValues, LinearOde, OdeProblem, Scheme, Solution,
    TimeGrid,
};
use ndarray::{Array2, Array3, Array4, Array5};

pub(crate) fn scheme(nodes: CollocationNodes) -> Scheme {
    Scheme::Collocation { nodes }
}

/// Times of a shared grid without batch.
pub(crate) fn times(problem: &OdeProblem) -> Vec<f64> {
    let mechnn_solver::Steps::Shared(steps) = problem.grid().steps() else { panic!("one clock") };
    let step = |i: usize| steps[[0, if steps.dim().1 == 1 { 0 } else { i }]];
    let mut times = vec![0.0];
    (0..problem.sizes().points - 1).for_each(|i| times.push(times[i] + step(i)));
    times
}

/// One equation with coefficients and forcing of time, on a grid.
pub(crate) fn scalar(
    grid: &TimeGrid,
    orders: usize,
    coefficient: impl Fn(f64, usize) -> f64,
    forcing: impl Fn(f64) -> f64,
    initial: &[f64],
) -> OdeProblem {
    let blank = LinearOde::new(Array5::zeros((1, 1, 1, 1, orders)), Array3::zeros((1, 1, 1)));
    let t = times(&OdeProblem::new(&blank, grid, &InitialValues::none()).unwrap());
    let n = t.len();
    let coefficients = Array5::from_shape_fn((1, n, 1, 1, orders), |(_, i, _, _, k)| coefficient(t[i], k));
    let ode = LinearOde::new(coefficients, Array3::from_shape_fn((1, n, 1), |(_, i, _)| forcing(t[i])));
    let start = match initial {
        [] => InitialValues::none(),
        _ => InitialValues::new(Array4::from_shape_fn((1, 1, 1, initial.len()), |(_, _, _, q)| initial[q])),
    };
    OdeProblem::new(&ode, grid, &start).unwrap()
}

/// Largest |u^(k) - exact| over the points that `at` selects.
pub(crate) fn error(
    solution: &Solution,
    problem: &OdeProblem,
    at: impl Fn(usize) -> bool,
    exact: impl Fn(f64) -> f64,
) -> f64 {
    let t = times(problem);
    let errors = (0..t.len()).filter(|&i| at(i)).map(|i| (solution.values[[0, i, 0, 0]] - exact(t[i])).abs());
    errors.fold(0.0, f64::max)
}

/// u = 1 at both ends.
pub(crate) fn ends(values: [f64; 2]) -> BoundaryValues {
    let condition = |end| BoundaryCondition { end, dim: 0, derivative: 0 };
    let values = Array2::from_shape_vec((1, 2), values.to_vec()).unwrap();
    BoundaryValues::new(vec![condition(End::First), condition(End::Last)], values)
}
