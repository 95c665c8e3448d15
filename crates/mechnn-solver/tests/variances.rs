//! Variances of a solution against the dense inverse of the normal equations, over all options.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use mechnn_solver::method::{BlockBanded, Dense};
use mechnn_solver::{
    EquationRows, InitialValues, LinearOde, OdeProblem, OdeSolver, Scheme, SolveError, TimeGrid, Weights,
};
use ndarray::{Array2, Array4, Array5, ArrayView2, Axis};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

#[path = "support/random_problem.rs"]
mod random_problem;

use random_problem::{Inputs, random_inputs, uniform};

/// `diag (AᵀA)⁻¹` from `A = Q R` by modified Gram-Schmidt: squared norms of the rows of `R⁻¹`. The product
/// AᵀA is never formed, so that it is accurate where the solver is not.
fn dense_variances(matrix: ArrayView2<'_, f64>) -> Vec<f64> {
    let n = matrix.ncols();
    let mut q = matrix.to_owned();
    let mut r = Array2::<f64>::zeros((n, n));
    for j in 0..n {
        r[[j, j]] = q.column(j).dot(&q.column(j)).sqrt();
        let unit = &q.column(j) / r[[j, j]];
        for k in j + 1..n {
            r[[j, k]] = unit.dot(&q.column(k));
            q.column_mut(k).scaled_add(-r[[j, k]], &unit);
        }
    }
    let mut variances = vec![0.0; n];
    for column in 0..n {
        // R x = e_column
        let mut x = vec![0.0; column + 1];
        for i in (0..=column).rev() {
            let known: f64 = (i + 1..=column).map(|k| r[[i, k]] * x[k]).sum();
            x[i] = (if i == column { 1.0 } else { 0.0 } - known) / r[[i, i]];
            variances[i] += x[i] * x[i];
        }
    }
    variances
}

/// Largest relative difference of any variance of the problem from the dense one.
fn largest_difference(problem: &OdeProblem) -> f64 {
    let (solution, variances) = BlockBanded.solve_with_variances(problem).unwrap();
    assert_eq!(solution, BlockBanded.solve(problem).unwrap());
    assert_eq!(variances.values.dim(), solution.values.dim());
    assert_eq!(variances.slack.is_some(), solution.slack.is_some());
    let mut worst = 0.0_f64;
    for batch in 0..problem.sizes().batch {
        let expected = dense_variances(Dense::assemble(problem, batch).matrix.view());
        // Column 0 is the slack where there is one.
        let slack = variances.slack.iter().map(|slack| slack[batch]);
        let found: Vec<f64> = slack.chain(variances.values.index_axis(Axis(0), batch).iter().copied()).collect();
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert!(*found > 0.0);
            worst = worst.max((found / expected - 1.0).abs());
        }
    }
    worst
}

/// Relative error allowed, in units of machine epsilon times the largest inflation of a variance: the solver's own
/// estimate.
const ALLOWED: f64 = 10.0;

/// Difference from the dense variances in the unit of [`ALLOWED`].
fn scaled_difference(problem: &OdeProblem) -> f64 {
    let (_, variances) = BlockBanded.solve_with_variances(problem).unwrap();
    let mut inflation = 1.0_f64;
    for batch in 0..problem.sizes().batch {
        let matrix = Dense::assemble(problem, batch).matrix;
        let slack = matrix.ncols() - problem.sizes().points * problem.sizes().dims * problem.sizes().orders;
        let squares = matrix.columns().into_iter().skip(slack).map(|column| column.dot(&column)).collect::<Vec<_>>();
        let values = variances.values.index_axis(Axis(0), batch);
        inflation = values.iter().zip(squares).map(|(variance, square)| variance * square).fold(inflation, f64::max);
    }
    largest_difference(problem) / (inflation * f64::EPSILON)
}

/// A random problem with soft equations: the dense inverse knows no others.
fn soft_inputs(seed: u64) -> Inputs {
    Inputs { equation_rows: EquationRows::Soft, ..random_inputs(seed) }
}

#[test]
fn variances_of_hard_equations_are_the_limit_of_heavy_ones() {
    let mut compared = 0;
    for seed in 0..100 {
        let inputs = Inputs { equation_rows: EquationRows::Hard, ..random_inputs(seed) };
        // Heavy enough to come near the limit (to 1e-3 of variances of order 1), light enough to keep rounding away.
        let weights = Weights { equation: 1e4, ..inputs.weights };
        let heavy = Inputs { equation_rows: EquationRows::Soft, weights, ..inputs.clone() }.problem().unwrap();
        let (Ok((_, hard)), Ok((_, soft))) =
            (BlockBanded.solve_with_variances(&inputs.problem().unwrap()), BlockBanded.solve_with_variances(&heavy))
        else {
            continue;
        };
        let largest = soft.values.iter().fold(0.0_f64, |most, v| most.max(*v));
        for (hard, soft) in hard.values.iter().zip(&soft.values) {
            assert!((hard - soft).abs() < 1e-3 * largest + 1e-3, "seed {seed}: {hard:e} against {soft:e}");
        }
        compared += 1;
    }
    assert!(compared > 30, "only {compared} problems could be compared");
}

#[test]
fn variances_agree_with_the_dense_inverse() {
    let mut worst = 0.0_f64;
    let (mut periodic, mut slack, mut central) = (0, 0, 0);
    for seed in 5000..5300 {
        let inputs = soft_inputs(seed);
        let problem = inputs.problem().unwrap();
        let difference = scaled_difference(&problem);
        assert!(difference < ALLOWED, "seed {seed} {:?} {:?}: {difference:e}", problem.sizes(), problem.scheme());
        worst = worst.max(difference);
        periodic += usize::from(inputs.periodic_jump.is_some());
        slack += usize::from(matches!(inputs.scheme, Scheme::RelaxedLp { .. }));
        central += usize::from(inputs.scheme == Scheme::TaylorCentral);
    }
    println!(
        "300 problems ({periodic} periodic, {slack} with slack, {central} central): largest difference {worst:.1} eps \
         inflation"
    );
    assert!(periodic > 30 && slack > 30 && central > 30);
}

#[test]
fn independent_dimensions_have_their_own_variances() {
    for seed in 6000..6050 {
        let mut inputs = soft_inputs(seed);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (batch, points, _, dims, orders) = inputs.coefficients.dim();
        inputs.coefficients = Array5::from_shape_fn((batch, points, dims, dims, orders), |(b, t, e, d, i)| {
            if e == d { 1.0 + 0.3 * ((b + 2 * t + 3 * e + 5 * i) as f64).sin() } else { 0.0 }
        });
        inputs.forcing = uniform((inputs.forcing.dim().0, points, dims), &mut rng);
        inputs.initial = uniform((1, 1, dims, orders), &mut rng);
        let difference = scaled_difference(&inputs.problem().unwrap());
        assert!(difference < ALLOWED, "seed {seed}: {difference:e}");
    }
}

/// u' = 0 from an uncertain start.
fn constant(points: usize, weights: Weights) -> OdeProblem {
    let ode =
        LinearOde::new(Array5::from_shape_fn((1, 1, 1, 1, 2), |(.., k)| k as f64), ndarray::Array3::zeros((1, 1, 1)));
    let initial = InitialValues::new(Array4::zeros((1, 1, 1, 1)));
    let grid = TimeGrid::uniform(points, 0.1);
    OdeProblem::new(&ode, &grid, &initial).unwrap().with_weights(weights).unwrap()
}

/// Scaling all weights scales all standard deviations by the inverse; an exact ODE passes the variance of its start
/// on.
#[test]
fn standard_deviations_are_inverse_weights() {
    let weights = Weights { equation: 1e3, initial: 2.0, smoothness: 1e3 };
    let (_, variances) = BlockBanded.solve_with_variances(&constant(40, weights)).unwrap();
    for &variance in variances.values.index_axis(Axis(3), 0) {
        assert!((variance - 0.25).abs() < 1e-4, "variance {variance} from a start with standard deviation 1/2");
    }
    let weights = Weights { equation: 3e3, initial: 6.0, smoothness: 3e3 };
    let (_, smaller) = BlockBanded.solve_with_variances(&constant(40, weights)).unwrap();
    for (large, small) in variances.values.iter().zip(&smaller.values) {
        assert!((large / small / 9.0 - 1.0).abs() < 1e-6, "{large} and {small}");
    }
}

/// u + u^(K-1) = 0: from harmless to where the normal equations have lost too much.
#[test]
fn variances_are_accurate_or_refused() {
    let mut refused = 0;
    for (orders, step) in
        [(3, 1e-2), (3, 1e-4), (4, 1e-2), (4, 1e-3), (5, 1e-2), (5, 1e-3), (6, 1e-2), (6, 1e-3), (7, 1e-2)]
    {
        let coefficients =
            Array5::from_shape_fn((1, 1, 1, 1, orders), |(.., k)| if k == 0 || k == orders - 1 { 1.0 } else { 0.0 });
        let ode = LinearOde::new(coefficients, ndarray::Array3::zeros((1, 1, 1)));
        let initial = InitialValues::new(Array4::ones((1, 1, 1, orders - 1)));
        let problem = OdeProblem::new(&ode, &TimeGrid::uniform(51, step), &initial).unwrap();
        match BlockBanded.solve_with_variances(&problem) {
            Ok((solution, _)) => {
                let difference = largest_difference(&problem);
                println!(
                    "K {orders}, h {step:e}: pivots {:.1e}, variances off by {difference:.1e}",
                    solution.info.pivot_ratio
                );
                assert!(difference < 1e-2, "K {orders}, h {step:e}: off by {difference:e}");
            }
            Err(error) => {
                println!("K {orders}, h {step:e}: {error}");
                assert!(matches!(error, SolveError::IllConditioned { .. } | SolveError::NotPositiveDefinite { .. }));
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 1, "only order 6 is beyond what normal equations carry");
}
