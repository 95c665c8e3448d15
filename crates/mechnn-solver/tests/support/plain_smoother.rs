//! The smoother's normal equations point by point, as the formulas have them: what the fast ones are compared with.

use mechnn_solver::engine::BandedMatrix;
use mechnn_solver::smoother::{Dynamics, Estimate, Linearization, Residuals, Segment, SmootherProblem};

/// Half the Gauss-Newton Hessian and half the gradient of the objective.
pub(crate) struct NormalEquations {
    pub(crate) hessian: BandedMatrix,
    /// `[sum of N, D]`
    pub(crate) states: Vec<f64>,
    /// `[P]`
    pub(crate) parameters: Vec<f64>,
}

/// The defect of one interval, `[D]`, with its derivatives by the states at its ends, `[D, D]`, and by the parameters,
/// `[D, P]`.
struct Defect {
    middle: Vec<f64>,
    at_middle: Linearization,
    value: Vec<f64>,
    by_left: Vec<f64>,
    by_right: Vec<f64>,
    by_parameter: Vec<f64>,
}

/// One end of an interval.
#[derive(Clone, Copy)]
struct End<'a> {
    x: &'a [f64],
    at: &'a Linearization,
}

impl Defect {
    fn new(dims: usize, parameters: usize) -> Self {
        Self {
            middle: vec![0.0; dims],
            at_middle: Linearization::zeros(dims, parameters),
            value: vec![0.0; dims],
            by_left: vec![0.0; dims * dims],
            by_right: vec![0.0; dims * dims],
            by_parameter: vec![0.0; dims * parameters],
        }
    }

    fn set_middle(&mut self, h: f64, x: [&[f64]; 2], f: [&[f64]; 2]) {
        for d in 0..self.middle.len() {
            self.middle[d] = 0.5 * (x[0][d] + x[1][d]) + h / 8.0 * (f[0][d] - f[1][d]);
        }
    }

    fn set_value(&mut self, h: f64, x: [&[f64]; 2], f: [&[f64]; 2]) {
        for d in 0..self.middle.len() {
            self.value[d] = x[1][d] - x[0][d] - h / 6.0 * (f[0][d] + 4.0 * self.at_middle.rate[d] + f[1][d]);
        }
    }

    /// Sets the value.
    fn evaluate(&mut self, dynamics: &dyn Dynamics, theta: &[f64], t: f64, h: f64, x: [&[f64]; 2], f: [&[f64]; 2]) {
        self.set_middle(h, x, f);
        dynamics.rate(t + 0.5 * h, &self.middle, theta, &mut self.at_middle.rate);
        self.set_value(h, x, f);
    }

    /// Sets the value and the derivatives, all times `weights`, `[D]`.
    fn linearize(
        &mut self,
        dynamics: &dyn Dynamics,
        theta: &[f64],
        t: f64,
        h: f64,
        ends: [End<'_>; 2],
        weights: impl Fn(usize) -> f64,
    ) {
        let (dims, parameters) = (self.middle.len(), theta.len());
        let [left, right] = ends.map(|end| end.at);
        let (x, f) = (ends.map(|end| end.x), [&left.rate[..], &right.rate[..]]);
        self.set_middle(h, x, f);
        dynamics.linearize(t + 0.5 * h, &self.middle, theta, &mut self.at_middle);
        self.set_value(h, x, f);
        for i in 0..dims {
            let weight = weights(i);
            self.value[i] *= weight;
            let jm = &self.at_middle.by_state[i * dims..][..dims];
            for j in 0..dims {
                let product = |end: &Linearization| (0..dims).map(|k| jm[k] * end.by_state[k * dims + j]).sum::<f64>();
                let identity = if i == j { 1.0 } else { 0.0 };
                let by_left = left.by_state[i * dims + j] + 4.0 * (0.5 * jm[j] + h / 8.0 * product(left));
                let by_right = right.by_state[i * dims + j] + 4.0 * (0.5 * jm[j] - h / 8.0 * product(right));
                self.by_left[i * dims + j] = weight * (-identity - h / 6.0 * by_left);
                self.by_right[i * dims + j] = weight * (identity - h / 6.0 * by_right);
            }
            let row = |d: usize| d * parameters..(d + 1) * parameters;
            let target = &mut self.by_parameter[i * parameters..][..parameters];
            let middle = &self.at_middle.by_parameter[row(i)];
            let ends = left.by_parameter[row(i)].iter().zip(&right.by_parameter[row(i)]);
            for ((target, (f0, f1)), fm) in target.iter_mut().zip(ends).zip(middle) {
                *target = -weight * h / 6.0 * (f0 + f1 + 4.0 * fm);
            }
            for k in 0..dims {
                let factor = -weight * h / 6.0 * 0.5 * h * jm[k];
                let ends = left.by_parameter[row(k)].iter().zip(&right.by_parameter[row(k)]);
                target.iter_mut().zip(ends).for_each(|(target, (f0, f1))| *target += factor * (f0 - f1));
            }
        }
    }
}

fn dynamics_of<'a>(problem: &SmootherProblem<'a>, segment: usize) -> &'a dyn Dynamics {
    problem.dynamics.of_segment(segment).unwrap_or(problem.dynamics)
}

fn noise(segment: &Segment, index: usize, noise: &[f64]) -> f64 {
    noise[index % noise.len()] * segment.relative_noise.at(index)
}

/// One over the standard deviation of the defect of dimension `d` over a step h.
fn weight(problem: &SmootherProblem<'_>, d: usize, h: f64) -> f64 {
    (problem.model_error[d] * (h / problem.reference_step).sqrt()).recip()
}

/// The objective at an estimate.
pub(crate) fn objective(problem: &SmootherProblem<'_>, estimate: &Estimate) -> f64 {
    let (dims, theta) = (problem.dynamics.dims(), &estimate.parameters[..]);
    let mut sum: f64 = theta.iter().zip(problem.prior_precision).map(|(theta, pi)| pi * theta * theta).sum();
    let mut defect = Defect::new(dims, theta.len());
    let (mut left, mut right) = (vec![0.0; dims], vec![0.0; dims]);
    let mut first = 0;
    for (index, segment) in problem.segments.iter().enumerate() {
        let dynamics = dynamics_of(problem, index);
        let states = &estimate.states[first * dims..][..segment.observations.len()];
        first += segment.times.len();
        for (at, (x, y)) in states.iter().zip(&segment.observations).enumerate().filter(|(_, (_, y))| !y.is_nan()) {
            sum += ((x - y) / noise(segment, at, problem.noise)).powi(2);
        }
        let mut residuals = Residuals::zeros(dynamics.residuals(), dims, theta.len());
        for (t, x) in states.chunks_exact(dims).enumerate() {
            dynamics.residual(t, x, theta, &mut residuals);
            sum += residuals.value.iter().map(|value| value * value).sum::<f64>();
        }
        dynamics.rate(segment.times[0], &states[..dims], theta, &mut left);
        for (t, ends) in segment.times.windows(2).enumerate() {
            let x = [&states[t * dims..][..dims], &states[(t + 1) * dims..][..dims]];
            let h = ends[1] - ends[0];
            dynamics.rate(ends[1], x[1], theta, &mut right);
            defect.evaluate(dynamics, theta, ends[0], h, x, [&left, &right]);
            sum += (0..dims).map(|d| (defect.value[d] * weight(problem, d, h)).powi(2)).sum::<f64>();
            std::mem::swap(&mut left, &mut right);
        }
    }
    sum
}

/// The normal equations at an estimate.
pub(crate) fn normal_equations(problem: &SmootherProblem<'_>, estimate: &Estimate) -> NormalEquations {
    let (dims, theta) = (problem.dynamics.dims(), &estimate.parameters[..]);
    let parameters = theta.len();
    let mut hessian = BandedMatrix::zeros(problem.points(), dims, 1, parameters);
    let (mut by_state, mut by_parameter) = (vec![0.0; estimate.states.len()], vec![0.0; parameters]);
    for j in 0..parameters {
        hessian.corner_mut()[j * parameters + j] = problem.prior_precision[j];
        by_parameter[j] = problem.prior_precision[j] * theta[j];
    }
    let mut defect = Defect::new(dims, parameters);
    let (mut left, mut right) = (Linearization::zeros(dims, parameters), Linearization::zeros(dims, parameters));
    let mut first = 0;
    for (index, segment) in problem.segments.iter().enumerate() {
        let dynamics = dynamics_of(problem, index);
        let states = &estimate.states[first * dims..][..segment.observations.len()];
        let mut residuals = Residuals::zeros(dynamics.residuals(), dims, parameters);
        for (t, x) in states.chunks_exact(dims).enumerate() {
            for d in 0..dims {
                let (at, y) = (t * dims + d, segment.observations[t * dims + d]);
                if !y.is_nan() {
                    let precision = noise(segment, at, problem.noise).powi(-2);
                    hessian.diagonal_mut(first + t)[d * dims + d] += precision;
                    by_state[first * dims + at] += precision * (x[d] - y);
                }
            }
            dynamics.residual(t, x, theta, &mut residuals);
            let Residuals { value, by_state: a, by_parameter: b } = &residuals;
            add_product(value.len(), a, a, hessian.diagonal_mut(first + t));
            add_product(value.len(), a, b, hessian.border_mut(first + t));
            add_product(value.len(), b, b, hessian.corner_mut());
            add_product(value.len(), a, value, &mut by_state[(first + t) * dims..][..dims]);
            add_product(value.len(), b, value, &mut by_parameter);
        }
        dynamics.linearize(segment.times[0], &states[..dims], theta, &mut left);
        for (t, ends) in segment.times.windows(2).enumerate() {
            let x = [&states[t * dims..][..dims], &states[(t + 1) * dims..][..dims]];
            let h = ends[1] - ends[0];
            dynamics.linearize(ends[1], x[1], theta, &mut right);
            let at = [End { x: x[0], at: &left }, End { x: x[1], at: &right }];
            defect.linearize(dynamics, theta, ends[0], h, at, |d| weight(problem, d, h));
            let Defect { value, by_left, by_right, by_parameter: b, .. } = &defect;
            let t = first + t;
            add_product(dims, by_left, by_left, hessian.diagonal_mut(t));
            add_product(dims, by_right, by_right, hessian.diagonal_mut(t + 1));
            add_product(dims, by_right, by_left, hessian.below_mut(1, t));
            add_product(dims, by_left, b, hessian.border_mut(t));
            add_product(dims, by_right, b, hessian.border_mut(t + 1));
            add_lower_gram(dims, b, hessian.corner_mut());
            add_product(dims, by_left, value, &mut by_state[t * dims..][..dims]);
            add_product(dims, by_right, value, &mut by_state[(t + 1) * dims..][..dims]);
            add_product(dims, b, value, &mut by_parameter);
            std::mem::swap(&mut left, &mut right);
        }
        first += segment.times.len();
    }
    NormalEquations { hessian, states: by_state, parameters: by_parameter }
}

/// C += Aᵀ B for A `[rows, a]`, B `[rows, b]`, C `[a, b]`.
fn add_product(rows: usize, a: &[f64], b: &[f64], c: &mut [f64]) {
    let (of_a, of_b) = (a.len() / rows.max(1), b.len() / rows.max(1));
    for k in 0..rows {
        for i in 0..of_a {
            let factor = a[k * of_a + i];
            c[i * of_b..][..of_b].iter_mut().zip(&b[k * of_b..][..of_b]).for_each(|(c, b)| *c += factor * b);
        }
    }
}

/// Lower triangle of C += Aᵀ A for A `[rows, a]`.
fn add_lower_gram(rows: usize, a: &[f64], c: &mut [f64]) {
    let columns = a.len() / rows;
    for a in a.chunks_exact(columns.max(1)) {
        for i in 0..columns {
            let factor = a[i];
            c[i * columns..][..=i].iter_mut().zip(a).for_each(|(c, a)| *c += factor * a);
        }
    }
}

/// The end of a full Gauss-Newton step.
pub(crate) fn step(problem: &SmootherProblem<'_>, estimate: &Estimate) -> Estimate {
    let NormalEquations { hessian, mut states, mut parameters } = normal_equations(problem, estimate);
    hessian.factor(1e-14).expect("positive definite").solve_in_place(1, &mut states, &mut parameters);
    let moved = |from: &[f64], step: &[f64]| from.iter().zip(step).map(|(from, step)| from - step).collect();
    Estimate { states: moved(&estimate.states, &states), parameters: moved(&estimate.parameters, &parameters) }
}
