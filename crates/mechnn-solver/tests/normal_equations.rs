//! The smoother's normal equations, made for many intervals at once and eliminated with the border in lanes, against
//! those made point by point and eliminated by the general engine.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use mechnn_solver::smoother::{
    Dynamics, Estimate, GaussNewton, Linearization, RelativeNoise, Residuals, Segment, SmootherProblem,
};

#[path = "support/plain_smoother.rs"]
mod plain_smoother;

/// x_i' = sum of theta_p sin(x_a + x_b / 2 + t / 3 + p) over the p of equation i, with a = p and b = p / 2 modulo D;
/// inside of a segment of its own every rate is twice that.
struct Sines {
    dims: usize,
    parameters: usize,
    factor: f64,
    residuals: usize,
    second: Option<Box<Sines>>,
}

impl Sines {
    fn angle(&self, p: usize, t: f64, x: &[f64]) -> (usize, usize, f64) {
        let (a, b) = (p % self.dims, p / 2 % self.dims);
        (a, b, x[a] + 0.5 * x[b] + t / 3.0 + p as f64)
    }
}

impl Dynamics for Sines {
    fn dims(&self) -> usize {
        self.dims
    }

    fn parameters(&self) -> usize {
        self.parameters
    }

    fn rate(&self, t: f64, x: &[f64], theta: &[f64], rate: &mut [f64]) {
        rate.fill(0.0);
        for (p, theta) in theta.iter().enumerate() {
            rate[p % self.dims] += self.factor * theta * self.angle(p, t, x).2.sin();
        }
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        self.rate(t, x, theta, &mut out.rate);
        out.by_state.fill(0.0);
        out.by_parameter.fill(0.0);
        for (p, theta) in theta.iter().enumerate() {
            let (i, (a, b, angle)) = (p % self.dims, self.angle(p, t, x));
            out.by_state[i * self.dims + a] += self.factor * theta * angle.cos();
            out.by_state[i * self.dims + b] += 0.5 * self.factor * theta * angle.cos();
            out.by_parameter[i * self.parameters + p] = self.factor * angle.sin();
        }
    }

    fn of_segment(&self, segment: usize) -> Option<&dyn Dynamics> {
        self.second.as_deref().filter(|_| segment == 1).map(|own| own as &dyn Dynamics)
    }

    fn residuals(&self) -> usize {
        self.residuals
    }

    // At every seventh point the product of the first state and the last parameter is 0.3.
    fn residual(&self, point: usize, x: &[f64], theta: &[f64], out: &mut Residuals) {
        let last = theta.len().wrapping_sub(1);
        out.value.fill(0.0);
        out.by_state.fill(0.0);
        out.by_parameter.fill(0.0);
        if self.residuals > 0 && point.is_multiple_of(7) {
            out.value[0] = x[0] * theta[last] - 0.3;
            out.by_state[0] = theta[last];
            out.by_parameter[last] = x[0];
        }
    }
}

struct Case {
    dynamics: Sines,
    segments: Vec<Segment>,
    noise: Vec<f64>,
    model_error: Vec<f64>,
    prior: Vec<f64>,
    estimate: Estimate,
}

impl Case {
    /// Points of each segment, D, P, R; states and data are smooth, a third of the data is missing.
    fn new(points: &[usize], dims: usize, parameters: usize, residuals: usize) -> Self {
        let number = |seed: usize| (1.7 * seed as f64 + 0.3).sin();
        let segment = |(index, &points): (usize, &usize)| {
            let value = |at: usize| (0.05 * (at / dims) as f64 + number(at % dims + index)).sin() + 0.1 * number(at);
            let observed =
                |at: usize| if (at / dims + at % dims) % 3 == 1 && points > 1 { f64::NAN } else { value(at) };
            let relative = (0..points * dims).map(|at| 1.0 + 0.5 * number(at)).collect();
            Segment {
                times: (0..points).map(|t| 0.05 * t as f64 + 0.02 * number(t)).collect(),
                observations: (0..points * dims).map(observed).collect(),
                relative_noise: if index == 0 { RelativeNoise::Uniform } else { RelativeNoise::OfEach(relative) },
            }
        };
        let segments: Vec<Segment> = points.iter().enumerate().map(segment).collect();
        let count = points.iter().sum::<usize>() * dims;
        let sines = |factor: f64, second: Option<Box<Sines>>| Sines { dims, parameters, factor, residuals, second };
        Self {
            dynamics: sines(1.0, Some(Box::new(sines(2.0, None)))),
            segments,
            noise: (0..dims).map(|d| 0.1 + 0.02 * d as f64).collect(),
            model_error: (0..dims).map(|d| 0.03 + 0.01 * d as f64).collect(),
            prior: (0..parameters).map(|p| 0.5 + 0.1 * p as f64).collect(),
            estimate: Estimate {
                states: (0..count).map(|at| (0.05 * (at / dims) as f64 + number(at % dims)).sin()).collect(),
                parameters: (0..parameters).map(|p| 0.4 * number(p + 3)).collect(),
            },
        }
    }

    fn problem(&self) -> SmootherProblem<'_> {
        SmootherProblem {
            dynamics: &self.dynamics,
            segments: &self.segments,
            noise: &self.noise,
            model_error: &self.model_error,
            reference_step: 0.05,
            prior_precision: &self.prior,
        }
    }
}

/// Every number of states with loops of its own and more, every rest of a register, of a piece of 64 intervals and of
/// a tile of 64 points, segments without an interval, no parameters.
fn cases() -> Vec<(String, Case)> {
    let shapes: [(&[usize], usize, usize, usize); 11] = [
        (&[1], 1, 0, 0),
        (&[2, 1], 1, 1, 1),
        (&[9, 8], 1, 3, 0),
        (&[65, 66], 2, 7, 1),
        (&[64], 2, 8, 0),
        (&[200, 3], 3, 7, 0),
        (&[130, 1, 70], 3, 30, 2),
        (&[40], 4, 15, 1),
        (&[30, 20], 5, 16, 0),
        (&[20], 9, 20, 1),
        (&[64, 65], 3, 0, 0),
    ];
    let case = |(points, dims, parameters, residuals): (&[usize], usize, usize, usize)| {
        let name = format!("{points:?} points, D {dims}, P {parameters}, R {residuals}");
        (name, Case::new(points, dims, parameters, residuals))
    };
    shapes.into_iter().map(case).collect()
}

/// Both round sums of a few hundred terms, and solve equations whose condition is some thousands.
const TOLERANCE: f64 = 1e-9;

fn assert_close(what: &str, case: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}, {case}");
    let scale = expected.iter().fold(1e-3_f64, |most, x| most.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= TOLERANCE * scale, "{what} {i}, {case}: {found}, not {expected}");
    }
}

#[test]
fn the_objective_is_that_of_single_points() {
    for (name, case) in cases() {
        let expected = plain_smoother::objective(&case.problem(), &case.estimate);
        assert_close("objective", &name, &[case.problem().objective(&case.estimate).total()], &[expected]);
    }
}

#[test]
fn a_step_is_that_of_single_points() {
    for (name, case) in cases() {
        let mut found = case.estimate.clone();
        let method = GaussNewton { max_iterations: 1, tolerance: 0.0, corrects: false };
        let report = method.minimize(&case.problem(), &mut found).unwrap();
        let expected = plain_smoother::step(&case.problem(), &case.estimate);
        let lower = plain_smoother::objective(&case.problem(), &expected);
        assert!(lower < plain_smoother::objective(&case.problem(), &case.estimate), "{name}: no step to compare");
        assert_close("state", &name, &found.states, &expected.states);
        assert_close("parameter", &name, &found.parameters, &expected.parameters);
        assert_close("objective", &name, &[report.objective.total()], &[lower]);
    }
}

#[test]
fn what_is_said_of_uncertainty_is_that_of_single_points() {
    for (name, case) in cases() {
        let (problem, p) = (case.problem(), case.prior.len());
        let equations = plain_smoother::normal_equations(&problem, &case.estimate);
        let plain_smoother::NormalEquations { hessian, mut states, mut parameters } = equations;
        let factor = hessian.clone().factor(1e-14).unwrap();
        let inverse = factor.selected_inverse();
        let marginals = GaussNewton::marginals(&problem, &case.estimate).unwrap();
        let dims = case.noise.len();
        let variances: Vec<f64> =
            inverse.diagonal.chunks(dims * dims).flat_map(|block| (0..dims).map(|d| block[d * (dims + 1)])).collect();
        assert_close("variance", &name, &marginals.states, &variances);
        assert_close("covariance", &name, &marginals.parameters, &inverse.border);
        let found = GaussNewton::covariance(&problem, &case.estimate).unwrap();
        assert_close("covariance", &name, &found, &inverse.border);
        let found = GaussNewton::log_determinant(&problem, &case.estimate).unwrap();
        assert_close("determinant", &name, &[found], &[factor.log_determinant()]);

        let schur = hessian.eliminate_band(1e-14, &mut states, &mut parameters).unwrap();
        let symmetric: Vec<f64> =
            (0..p * p).map(|at| schur[(at / p).max(at % p) * p + (at / p).min(at % p)]).collect();
        let profile = GaussNewton::profile(&problem, &case.estimate).unwrap();
        assert_close("information", &name, &profile.information, &symmetric);
        assert_close("gradient", &name, &profile.gradient, &parameters);
    }
}
