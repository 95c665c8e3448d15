//! Linear ODEs with known solutions, shared by tests, benchmarks and examples.

use std::f64::consts::FRAC_PI_2;

use ndarray::{Array3, Array4, Array5};

use crate::error::ProblemError;
use crate::problem::{InitialValues, LinearOde, OdeProblem, TimeGrid};

/// A linear ODE on `[0, horizon]` whose solution is known in closed form. All quantities are dimensionless.
///
/// As many equations as dimensions: E = D.
#[derive(Debug, Clone, Copy)]
pub struct ExactProblem {
    /// Name for messages.
    pub name: &'static str,
    /// The equation, as text.
    pub equation: &'static str,
    /// D
    pub dims: usize,
    /// The highest derivative in the equation; so many derivatives are pinned at t = 0.
    pub ode_order: usize,
    /// The last time.
    pub horizon: f64,
    /// Order in the step of the largest error of u on the grid, for k = 1, 2, 3, 4 (the highest derivative kept) and
    /// every scheme except a relaxed LP with gamma * alpha != 0; nothing where k is below the order of the equation.
    expected_orders: [Option<f64>; 4],
    coefficient: fn(t: f64, equation: usize, dim: usize, derivative: usize) -> f64,
    forcing: fn(t: f64, equation: usize) -> f64,
    exact: fn(t: f64, dim: usize, derivative: usize) -> f64,
}

impl ExactProblem {
    /// The problem on `points` equidistant points, keeping `orders` = K derivatives (0 to K - 1). K may exceed the
    /// order of the equation by more than one: the higher derivatives then have zero coefficients. Scheme and weights
    /// are the defaults.
    ///
    /// # Errors
    /// As [`OdeProblem::new`]; in particular `points` below 2, and `orders` outside 2..=7 or, as wrong length of
    /// `coefficients`, not above the order of the equation.
    pub fn problem(&self, points: usize, orders: usize) -> Result<OdeProblem, ProblemError> {
        if points < 2 {
            return Err(ProblemError::TooFewPoints { points });
        }
        let step = self.horizon / (points - 1) as f64;
        let times: Vec<f64> = (0..points).map(|t| t as f64 * step).collect();
        self.on_grid(&TimeGrid::uniform(points, step), &times, orders)
    }

    /// As [`ExactProblem::problem`], at any increasing times; the initial values are those of the first one.
    ///
    /// # Errors
    /// As [`ExactProblem::problem`] and [`TimeGrid::from_times`].
    pub fn problem_at(&self, times: &[f64], orders: usize) -> Result<OdeProblem, ProblemError> {
        self.on_grid(&TimeGrid::from_times(times)?, times, orders)
    }

    fn on_grid(&self, grid: &TimeGrid, times: &[f64], orders: usize) -> Result<OdeProblem, ProblemError> {
        if orders <= self.ode_order {
            let expected = format!("at least {}", self.ode_order + 1);
            return Err(ProblemError::Shape {
                input: "coefficients",
                axis: 4,
                meaning: "orders",
                expected,
                found: orders,
            });
        }
        let (dims, points) = (self.dims, times.len());
        let coefficients = Array5::from_shape_fn((1, points, dims, dims, orders), |(_, t, e, d, i)| {
            (self.coefficient)(times[t], e, d, i)
        });
        let forcing = Array3::from_shape_fn((1, points, dims), |(_, t, e)| (self.forcing)(times[t], e));
        let start = Array4::from_shape_fn((1, 1, dims, self.ode_order), |(_, _, d, i)| self.exact(times[0], d, i));
        OdeProblem::new(&LinearOde::new(coefficients, forcing), grid, &InitialValues::new(start))
    }

    /// Derivative `derivative` of component `dim` at time `t`.
    pub fn exact(&self, t: f64, dim: usize, derivative: usize) -> f64 {
        (self.exact)(t, dim, derivative)
    }

    /// Observed order in the step of the largest error of u on the grid, if K = `orders` is enough for the equation
    /// and the order is known.
    pub fn expected_order(&self, orders: usize) -> Option<f64> {
        self.expected_orders.get(orders.checked_sub(2)?).copied().flatten()
    }
}

/// Every problem of this module.
pub fn all() -> Vec<ExactProblem> {
    vec![decay(), harmonic(), damped(), third_order(), varying(), forced(), coupled()]
}

/// `u' = -u`, `u = exp(-t)`.
pub fn decay() -> ExactProblem {
    ExactProblem {
        name: "decay",
        equation: "u' + u = 0",
        dims: 1,
        ode_order: 1,
        horizon: 2.0,
        expected_orders: [Some(2.0), Some(2.0), Some(4.0), Some(4.0)],
        coefficient: |_, _, _, derivative| of_order(&[1.0, 1.0], derivative),
        forcing: |_, _| 0.0,
        exact: |t, _, derivative| sign(derivative) * (-t).exp(),
    }
}

/// `u'' + u = 0`, `u = cos t`.
pub fn harmonic() -> ExactProblem {
    ExactProblem {
        name: "harmonic",
        equation: "u'' + u = 0",
        dims: 1,
        ode_order: 2,
        horizon: 2.0,
        expected_orders: [None, Some(2.0), Some(2.0), Some(4.0)],
        coefficient: |_, _, _, derivative| of_order(&[1.0, 0.0, 1.0], derivative),
        forcing: |_, _| 0.0,
        exact: |t, _, derivative| (t + derivative as f64 * FRAC_PI_2).cos(),
    }
}

/// `u'' + u' + 17/4 u = 0`, `u = exp(-t/2) cos 2t`.
pub fn damped() -> ExactProblem {
    ExactProblem {
        name: "damped oscillator",
        equation: "u'' + u' + 17/4 u = 0",
        dims: 1,
        ode_order: 2,
        horizon: 2.0,
        expected_orders: [None, Some(2.0), Some(2.0), Some(4.0)],
        coefficient: |_, _, _, derivative| of_order(&[4.25, 1.0, 1.0], derivative),
        forcing: |_, _| 0.0,
        exact: |t, _, derivative| exponential(-0.5, 2.0, t, derivative)[0],
    }
}

/// `u''' + u'' + u' + u = 0`, `u = exp(-t) + sin t`.
pub fn third_order() -> ExactProblem {
    ExactProblem {
        name: "third order",
        equation: "u''' + u'' + u' + u = 0",
        dims: 1,
        ode_order: 3,
        horizon: 2.0,
        expected_orders: [None, None, Some(2.0), Some(2.0)],
        coefficient: |_, _, _, derivative| of_order(&[1.0, 1.0, 1.0, 1.0], derivative),
        forcing: |_, _| 0.0,
        exact: |t, _, derivative| sign(derivative) * (-t).exp() + (t + derivative as f64 * FRAC_PI_2).sin(),
    }
}

/// `u' = cos(t) u`, `u = exp(sin t)`.
pub fn varying() -> ExactProblem {
    ExactProblem {
        name: "varying coefficient",
        equation: "u' - cos(t) u = 0",
        dims: 1,
        ode_order: 1,
        horizon: 2.0,
        expected_orders: [Some(2.0), Some(2.0), Some(4.0), Some(4.0)],
        coefficient: |t, _, _, derivative| of_order(&[-t.cos(), 1.0], derivative),
        forcing: |_, _| 0.0,
        exact: |t, _, derivative| exp_sin(t, derivative),
    }
}

/// `u' + u = sin 3t + 3 cos 3t`, `u = sin 3t`.
pub fn forced() -> ExactProblem {
    ExactProblem {
        name: "forced",
        equation: "u' + u = sin 3t + 3 cos 3t",
        dims: 1,
        ode_order: 1,
        horizon: 2.0,
        expected_orders: [Some(2.0), Some(2.0), Some(4.0), Some(4.0)],
        coefficient: |_, _, _, derivative| of_order(&[1.0, 1.0], derivative),
        forcing: |t, _| (3.0 * t).sin() + 3.0 * (3.0 * t).cos(),
        exact: |t, _, derivative| 3.0_f64.powi(derivative as i32) * (3.0 * t + derivative as f64 * FRAC_PI_2).sin(),
    }
}

/// `u' = -u/5 - v`, `v' = u - v/5`: the inward spiral `(u, v) = exp(-t/5) (cos t, sin t)`.
pub fn coupled() -> ExactProblem {
    ExactProblem {
        name: "coupled",
        equation: "u' + u/5 + v = 0, v' - u + v/5 = 0",
        dims: 2,
        ode_order: 1,
        horizon: 2.0,
        expected_orders: [Some(2.0), Some(2.0), Some(4.0), Some(4.0)],
        coefficient: |_, equation, dim, derivative| {
            let matrix = [[0.2, 1.0], [-1.0, 0.2]];
            match derivative {
                0 => matrix[equation][dim],
                1 if equation == dim => 1.0,
                _ => 0.0,
            }
        },
        forcing: |_, _| 0.0,
        exact: |t, dim, derivative| exponential(-0.2, 1.0, t, derivative)[dim],
    }
}

/// The coefficient of a derivative in an equation whose coefficients are given up to its order; 0 above it.
fn of_order(coefficients: &[f64], derivative: usize) -> f64 {
    if derivative < coefficients.len() { coefficients[derivative] } else { 0.0 }
}

/// `(-1)^n`
fn sign(n: usize) -> f64 {
    if n.is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// Real and imaginary part of the n-th derivative of `exp((a + i b) t)`.
fn exponential(a: f64, b: f64, t: f64, n: usize) -> [f64; 2] {
    let size = a.hypot(b).powi(n as i32) * (a * t).exp();
    let phase = b * t + n as f64 * b.atan2(a);
    [size * phase.cos(), size * phase.sin()]
}

/// The n-th derivative of `u = exp(sin t)`, from `u' = cos(t) u` by Leibniz' rule.
fn exp_sin(t: f64, n: usize) -> f64 {
    let mut derivatives = vec![t.sin().exp()];
    for m in 0..n {
        // u^(m+1) = sum_j binomial(m, j) cos^(j)(t) u^(m-j)
        let mut binomial = 1.0;
        let mut sum = 0.0;
        for j in 0..=m {
            sum += binomial * (t + j as f64 * FRAC_PI_2).cos() * derivatives[m - j];
            binomial *= (m - j) as f64 / (j + 1) as f64;
        }
        derivatives.push(sum);
    }
    derivatives[n]
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn exact_solutions_satisfy_their_equations() {
        for problem in all() {
            for t in [0.0, 0.3, 1.7] {
                for equation in 0..problem.dims {
                    let mut residual = -(problem.forcing)(t, equation);
                    for dim in 0..problem.dims {
                        for derivative in 0..=problem.ode_order {
                            let coefficient = (problem.coefficient)(t, equation, dim, derivative);
                            residual += coefficient * problem.exact(t, dim, derivative);
                        }
                    }
                    // A few terms of size below 30: rounding only.
                    assert!(residual.abs() < 1e-13, "{} at t = {t}: residual {residual:e}", problem.name);
                }
            }
        }
    }

    #[test]
    fn exact_derivatives_are_derivatives() {
        for problem in all() {
            for derivative in 0..5 {
                let (t, step) = (0.8, 1e-4);
                for dim in 0..problem.dims {
                    let [before, after] = [t - step, t + step].map(|t| problem.exact(t, dim, derivative));
                    let difference = (after - before) / (2.0 * step);
                    let exact = problem.exact(t, dim, derivative + 1);
                    // Central difference: step^2 / 6 times a derivative below 3^8.
                    assert!((difference - exact).abs() < 2e-5, "{}: {difference} or {exact}", problem.name);
                }
            }
        }
    }
}
