//! Smoothing of one noisy series without a model: a twice integrated Wiener process.
//!
//! The prior `x''' = sqrt(κ) w(t)` with white noise w makes `(x, x', x'')` a Markov chain with transition
//! `Φ_ij = h^(j-i) / (j-i)!` and covariance `κ Q(h)`, `Q_ij = h^(5-i-j) / ((5-i-j) (2-i)! (2-j)!)`. Its posterior
//! mean is a quintic smoothing spline; the normal equations are block tridiagonal. The ratio `λ = κ / σ²`
//! maximises the marginal likelihood, and the noise variance σ² follows in closed form.
//!
//! References: Wahba 1978 (splines as integrated Wiener processes); Särkkä & Solin 2019, section 12.

use super::problem::SmootherError;
use crate::engine::{BandedCholesky, BandedMatrix};

/// Derivatives kept: value, slope, curvature.
const ORDERS: usize = 3;

type Block = [[f64; ORDERS]; ORDERS];

/// Points used to choose the amount of smoothing; more do not change it but cost time.
const WINDOW: usize = 400;
const WINDOWS: usize = 4;

/// Smoother of one series, see the module's page.
#[derive(Debug, Clone, Copy, Default)]
pub struct WienerSmoother;

/// A smoothed series.
#[derive(Debug, Clone, PartialEq)]
pub struct WienerEstimate {
    /// Posterior mean at every time, `[N]`.
    pub values: Vec<f64>,
    /// Posterior mean of the first derivative, `[N]`.
    pub derivatives: Vec<f64>,
    /// Estimated standard deviation of the observation noise, for relative noise 1.
    pub noise: f64,
    /// Logarithm of the marginal likelihood at the best smoothness and noise, up to a constant of the times and the
    /// number of observations: comparable between noise models of the same series.
    pub log_likelihood: f64,
}

impl WienerSmoother {
    /// Fewest observations from which noise and smoothness can be told apart.
    pub const MIN_OBSERVATIONS: usize = ORDERS + 2;

    /// Smooths `observations` (NaN = missing) at strictly increasing `times`.
    ///
    /// # Errors
    /// [`SmootherError::Length`] if the lengths differ or fewer than [`Self::MIN_OBSERVATIONS`] values are present.
    pub fn fit(&self, times: &[f64], observations: &[f64]) -> Result<WienerEstimate, SmootherError> {
        self.fit_relative(times, observations, &vec![1.0; times.len()])
    }

    /// The same for noise whose standard deviation is `relative_noise`, positive, times an unknown constant.
    ///
    /// # Errors
    /// As [`Self::fit`].
    pub fn fit_relative(
        &self,
        times: &[f64],
        observations: &[f64],
        relative_noise: &[f64],
    ) -> Result<WienerEstimate, SmootherError> {
        for (input, found) in [("observations", observations.len()), ("relative_noise", relative_noise.len())] {
            if times.len() != found {
                return Err(SmootherError::Length { input, expected: times.len(), found });
            }
        }
        let present: Vec<f64> = observations.iter().copied().filter(|y| !y.is_nan()).collect();
        if present.len() < Self::MIN_OBSERVATIONS {
            let (expected, found) = (Self::MIN_OBSERVATIONS, present.len());
            return Err(SmootherError::Length { input: "observations", expected, found });
        }
        let mean = present.iter().sum::<f64>() / present.len() as f64;
        let deviation = (present.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / present.len() as f64).sqrt();
        let derivatives = vec![0.0; times.len()];
        if deviation <= f64::EPSILON * mean.abs() {
            let (values, log_likelihood) = (vec![mean; times.len()], 0.0);
            return Ok(WienerEstimate { values, derivatives, noise: 0.0, log_likelihood });
        }
        // Unit step and unit variance keep the powers of h and the range of λ moderate.
        let unit = (times[times.len() - 1] - times[0]) / (times.len() - 1) as f64;
        let series = Series {
            times: times.iter().map(|t| (t - times[0]) / unit).collect(),
            observations: observations.iter().map(|y| (y - mean) / deviation).collect(),
            precision: relative_noise.iter().map(|r| r.powi(-2)).collect(),
        };
        let windows = series.windows();
        let log_ratio = maximize(-14.0, 8.0, |log_ratio| {
            windows.iter().map(|window| window.log_likelihood(10f64.powf(log_ratio))).sum()
        });
        let smoothed = series.smooth(10f64.powf(log_ratio))?;
        let degrees = (present.len() - ORDERS) as f64;
        // In the unit of the data, so that transformed series can be compared.
        let log_likelihood = series.log_likelihood(10f64.powf(log_ratio)) - degrees * deviation.ln();
        let values = smoothed.states.chunks_exact(ORDERS).map(|state| mean + deviation * state[0]).collect();
        let derivatives = smoothed.states.chunks_exact(ORDERS).map(|state| deviation * state[1] / unit).collect();
        let noise = deviation * (smoothed.objective / degrees).sqrt();
        Ok(WienerEstimate { values, derivatives, noise, log_likelihood })
    }
}

/// Times in units of the mean step, observations with mean 0 and variance 1.
struct Series {
    times: Vec<f64>,
    observations: Vec<f64>,
    /// Of each observation, relative to that of unit noise.
    precision: Vec<f64>,
}

struct Smoothed {
    states: Vec<f64>,
    factor: BandedCholesky,
    /// Minimum of the objective for unit noise.
    objective: f64,
}

impl Series {
    /// The whole series, or a few windows of it if it is long.
    fn windows(&self) -> Vec<Series> {
        let points = self.times.len();
        let part = |start: usize, end: usize| Series {
            times: self.times[start..end].to_vec(),
            observations: self.observations[start..end].to_vec(),
            precision: self.precision[start..end].to_vec(),
        };
        if points <= WINDOW * WINDOWS {
            return vec![part(0, points)];
        }
        let starts = (0..WINDOWS).map(|i| i * (points - WINDOW) / (WINDOWS - 1));
        let windows = starts.map(|start| part(start, start + WINDOW));
        windows.filter(|window| window.present() > WienerSmoother::MIN_OBSERVATIONS).collect()
    }

    fn present(&self) -> usize {
        self.observations.iter().filter(|y| !y.is_nan()).count()
    }

    /// Logarithm of the marginal likelihood, maximised over σ², up to a constant.
    fn log_likelihood(&self, ratio: f64) -> f64 {
        let Ok(smoothed) = self.smooth(ratio) else { return f64::NEG_INFINITY };
        let degrees = (self.present() - ORDERS) as f64;
        let transitions = (ORDERS * (self.times.len() - 1)) as f64;
        let present = self.observations.iter().zip(&self.precision).filter(|(y, _)| !y.is_nan());
        let deviance = degrees * smoothed.objective.max(f64::MIN_POSITIVE).ln()
            + smoothed.factor.log_determinant()
            + transitions * ratio.ln()
            - present.map(|(_, precision)| precision.ln()).sum::<f64>();
        -0.5 * deviance
    }

    /// Posterior mean for unit noise and `ratio = κ / σ²`.
    fn smooth(&self, ratio: f64) -> Result<Smoothed, SmootherError> {
        let points = self.times.len();
        let mut precision = BandedMatrix::zeros(points, ORDERS, 1, 0);
        let mut states = vec![0.0; points * ORDERS];
        for (t, &y) in self.observations.iter().enumerate() {
            if !y.is_nan() {
                precision.diagonal_mut(t)[0] += self.precision[t];
                states[t * ORDERS] = self.precision[t] * y;
            }
        }
        for (t, ends) in self.times.windows(2).enumerate() {
            let transition = Transition::new(ends[1] - ends[0], ratio);
            let (left, right, cross) = transition.information();
            add(precision.diagonal_mut(t), &left);
            add(precision.diagonal_mut(t + 1), &right);
            add(precision.below_mut(1, t), &cross);
        }
        let singular = |point, ratio| SmootherError::Singular { point, ratio };
        let factor = precision.factor(1e-15).map_err(|error| singular(error.block, error.ratio))?;
        factor.solve_in_place(1, &mut states, &mut []);
        let mut objective = 0.0;
        for (t, &y) in self.observations.iter().enumerate() {
            if !y.is_nan() {
                objective += self.precision[t] * (y - states[t * ORDERS]).powi(2);
            }
        }
        for (t, ends) in self.times.windows(2).enumerate() {
            let transition = Transition::new(ends[1] - ends[0], ratio);
            let (left, right) = (&states[t * ORDERS..][..ORDERS], &states[(t + 1) * ORDERS..][..ORDERS]);
            objective += transition.cost(left, right);
        }
        Ok(Smoothed { states, factor, objective })
    }
}

fn add(target: &mut [f64], block: &Block) {
    target.iter_mut().zip(block.as_flattened()).for_each(|(target, value)| *target += value);
}

/// One step of the process: the precision of `e = v_1 - Φ v_0`.
struct Transition {
    phi: Block,
    precision: Block,
}

/// Inverse of Q(1).
const UNIT_PRECISION: Block = [[720.0, -360.0, 60.0], [-360.0, 192.0, -36.0], [60.0, -36.0, 9.0]];

impl Transition {
    fn new(h: f64, ratio: f64) -> Self {
        let phi = [[1.0, h, 0.5 * h * h], [0.0, 1.0, h], [0.0, 0.0, 1.0]];
        // Q(h)^-1 = T^-1 Q(1)^-1 T^-1 with T = sqrt(h) diag(h^2, h, 1)
        let inverse_scale = [1.0 / (h * h), 1.0 / h, 1.0].map(|s| s / h.sqrt());
        let entry = |i: usize, j: usize| UNIT_PRECISION[i][j] * inverse_scale[i] * inverse_scale[j] / ratio;
        Self { phi, precision: std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j))) }
    }

    /// Contributions to the blocks (0, 0), (1, 1) and (1, 0).
    fn information(&self) -> (Block, Block, Block) {
        let product = |a: &Block, b: &Block| -> Block {
            std::array::from_fn(|i| std::array::from_fn(|j| (0..ORDERS).map(|k| a[i][k] * b[k][j]).sum()))
        };
        let transposed: Block = std::array::from_fn(|i| std::array::from_fn(|j| self.phi[j][i]));
        let weighted = product(&self.precision, &self.phi);
        let cross = weighted.map(|row| row.map(|v| -v));
        (product(&transposed, &weighted), self.precision, cross)
    }

    fn cost(&self, left: &[f64], right: &[f64]) -> f64 {
        let error: [f64; ORDERS] =
            std::array::from_fn(|i| right[i] - (0..ORDERS).map(|j| self.phi[i][j] * left[j]).sum::<f64>());
        (0..ORDERS).map(|i| error[i] * (0..ORDERS).map(|j| self.precision[i][j] * error[j]).sum::<f64>()).sum()
    }
}

/// Maximises a function of one variable on an interval: a coarse scan (it may have several maxima), then golden
/// section.
fn maximize(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    const SCAN: usize = 15;
    let spacing = (high - low) / (SCAN - 1) as f64;
    let scanned = (0..SCAN).map(|i| low + spacing * i as f64).map(|x| (f(x), x));
    let (_, best) = scanned.fold((f64::NEG_INFINITY, low), |best, new| if new.0 > best.0 { new } else { best });
    let (mut a, mut b) = (best - spacing, best + spacing);
    let golden = 0.5 * (5f64.sqrt() - 1.0);
    let (mut c, mut d) = (b - golden * (b - a), a + golden * (b - a));
    let (mut fc, mut fd) = (f(c), f(d));
    while b - a > 0.05 {
        if fc > fd {
            (b, d, fd) = (d, c, fc);
            c = b - golden * (b - a);
            fc = f(c);
        } else {
            (a, c, fc) = (c, d, fd);
            d = a + golden * (b - a);
            fd = f(d);
        }
    }
    0.5 * (a + b)
}
