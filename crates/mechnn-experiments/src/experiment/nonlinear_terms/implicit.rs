//! The nonlinear solver as a node of the graph.

use burn::tensor::TensorData;
use mechnn_neural::external::{Cotangents, INPUTS};
use mechnn_solver::nonlinear::NonlinearSolver;
use mechnn_solver::smoother::{Dynamics, Linearization};
use ndarray::Array2;

/// x' = θ0 + θ1 x + θ2 x²
struct Quadratic;

impl Dynamics for Quadratic {
    fn dims(&self) -> usize {
        1
    }

    fn parameters(&self) -> usize {
        3
    }

    fn rate(&self, _: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        rate[0] = theta[0] + theta[1] * x[0] + theta[2] * x[0] * x[0];
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        Dynamics::rate(self, t, x, theta, &mut out.rate);
        out.by_state[0] = theta[1] + 2.0 * theta[2] * x[0];
        out.by_parameter.copy_from_slice(&[1.0, x[0], x[0] * x[0]]);
    }
}

/// The nonlinear solve at given coefficients, differentiated implicitly.
pub(super) struct Implicit {
    pub(super) solver: NonlinearSolver,
    pub(super) theta: Vec<f64>,
    pub(super) start: Vec<f64>,
    pub(super) times: Vec<f64>,
}

impl Implicit {
    /// States, NaN from where there is no solution on.
    pub(super) fn states(&self) -> Vec<f64> {
        let solution = self.solver.solve(&Quadratic, &self.theta, &self.start, &self.times);
        let mut states: Vec<f64> =
            solution.map_or_else(|_| vec![], |solution| solution.states.iter().copied().collect());
        states.resize(self.times.len(), f64::NAN);
        states
    }
}

impl Cotangents for Implicit {
    fn pull(&self, output: Vec<f64>, _: [bool; INPUTS]) -> [Option<TensorData>; INPUTS] {
        // Solved again: a solution borrows its equation, which a node of the graph cannot.
        let solution = self.solver.solve(&Quadratic, &self.theta, &self.start, &self.times);
        let gradient = solution.and_then(|solution| {
            let cotangent = Array2::from_shape_fn((output.len(), 1), |(n, _)| output[n]);
            solution.pull(cotangent.view())
        });
        let (theta, start) = gradient.map_or_else(
            |_| (vec![f64::NAN; 3], vec![f64::NAN]),
            |gradient| (gradient.parameters.to_vec(), gradient.initial.to_vec()),
        );
        let data = |values: Vec<f64>| {
            let size = values.len();
            Some(TensorData::new(values, [size]))
        };
        // Inputs without a gradient are ignored by the graph.
        [data(theta), data(start), None, None, None]
    }
}
