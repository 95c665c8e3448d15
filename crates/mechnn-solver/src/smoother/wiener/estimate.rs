//! A series smoothed, and what its smoothing says of single observations.

use super::ORDERS;
use super::elimination::Solved;
use super::series::Series;
use crate::smoother::SmootherError;

/// Below this part of an observation's own variance that is left free by the smoothing, the observation decides its
/// state alone, and nothing can be said of it.
const LEAST_FREEDOM: f64 = 1e-6;

/// Smoother of one series by a twice integrated Wiener process. The prior is `x''' = sqrt(κ) w(t)` with white noise w;
/// the smoothness κ is the likeliest for a prior that holds very little noise for unlikely, and the noise that of the
/// largest marginal likelihood for it.
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
    /// How far every observation is from what the others say of it, in standard deviations of that difference
    /// (externally studentised residual), `[N]`; NaN where there is none, or where the others say nothing:
    ///
    /// $$ t_i = \frac{e_i}{\sigma_{(i)} r_i \sqrt{1 - h_i}}, \qquad
    ///    \sigma_{(i)}^2 = \frac{J - e_i^2 / (r_i^2 (1 - h_i))}{n - 4} $$
    ///
    /// with the residual e, the leverage h, the relative noise r, the objective J, and the smoothness as it is.
    pub studentized: Vec<f64>,
}

impl WienerSmoother {
    /// Fewest observations from which noise and smoothness can be told apart.
    pub const MIN_OBSERVATIONS: usize = ORDERS + 2;

    /// Smooths `observations` (NaN = missing) at strictly increasing `times`.
    ///
    /// # Errors
    /// [`SmootherError::Length`] if the lengths differ or fewer than [`Self::MIN_OBSERVATIONS`] values are present;
    /// [`SmootherError::Singular`] if the numbers bear no smoothing at all (times or values over hundreds of decades).
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
            let studentized = observations.iter().map(|y| if y.is_nan() { f64::NAN } else { 0.0 }).collect();
            return Ok(WienerEstimate { values, derivatives, noise: 0.0, log_likelihood, studentized });
        }
        // Unit step and unit variance keep the powers of h and the range of λ moderate.
        let unit = (times[times.len() - 1] - times[0]) / (times.len() - 1) as f64;
        let series = Series {
            times: times.iter().map(|t| (t - times[0]) / unit).collect(),
            observations: observations.iter().map(|y| (y - mean) / deviation).collect(),
            precision: relative_noise.iter().map(|r| r.powi(-2)).collect(),
        };
        let ratio = series.likeliest_ratio();
        let solved = series.smooth(ratio).ok_or(SmootherError::Singular { point: 0, ratio })?;
        let degrees = (present.len() - ORDERS) as f64;
        // In the unit of the data, so that transformed series can be compared.
        let log_likelihood = series.log_likelihood_of(&solved, ratio) - degrees * deviation.ln();
        let values = solved.states.chunks_exact(ORDERS).map(|state| mean + deviation * state[0]).collect();
        let derivatives = solved.states.chunks_exact(ORDERS).map(|state| deviation * state[1] / unit).collect();
        let noise = deviation * (solved.objective / degrees).sqrt();
        let studentized = studentized(&series, &solved, degrees);
        Ok(WienerEstimate { values, derivatives, noise, log_likelihood, studentized })
    }
}

/// See [`WienerEstimate::studentized`].
fn studentized(series: &Series, solved: &Solved, degrees: f64) -> Vec<f64> {
    let observations = series.observations.iter().zip(&series.precision).enumerate();
    let of_each = observations.map(|(t, (y, precision))| {
        let free = 1.0 - precision * solved.variances[t];
        if y.is_nan() || free < LEAST_FREEDOM {
            return f64::NAN;
        }
        let scaled = (y - solved.states[t * ORDERS]) * (precision / free).sqrt();
        let without = (solved.objective - scaled * scaled).max(0.0) / (degrees - 1.0);
        // Where nothing is left without it, any difference is infinitely many standard deviations.
        if scaled == 0.0 { 0.0 } else { scaled / without.sqrt() }
    });
    of_each.collect()
}
