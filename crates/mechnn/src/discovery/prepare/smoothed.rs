//! First estimates of the states: every series smoothed on its own.

use mechnn_solver::smoother::{Segment, SmootherError, WienerEstimate, WienerSmoother};

use super::noise::ProportionalPart;
use crate::data::StateRoles;

/// Every state smoothed on its own.
pub(crate) struct Smoothed {
    /// `[sum of N, D]`
    pub(crate) states: Vec<f64>,
    pub(crate) derivatives: Vec<f64>,
    /// `[D]`
    pub(crate) noise: Vec<f64>,
    /// Over the series of each state, `[D]`; 0 for velocities.
    pub(crate) log_likelihood: Vec<f64>,
    /// How far every observation is from what the others of its series say, see
    /// [`WienerEstimate::studentized`], `[sum of N, D]`.
    pub(crate) studentized: Vec<f64>,
}

impl Smoothed {
    /// Measured states by themselves; velocities are the slopes of theirs.
    ///
    /// # Errors
    /// [`SmootherError`] if a series cannot be smoothed.
    pub(crate) fn new(
        segments: &[Segment],
        roles: &StateRoles,
        parts: &[ProportionalPart],
    ) -> Result<Self, SmootherError> {
        let (dims, measured) = (roles.count(), roles.measured());
        let mut smoothed = Self {
            states: Vec::new(),
            derivatives: Vec::new(),
            noise: vec![0.0; dims],
            log_likelihood: vec![0.0; dims],
            studentized: Vec::new(),
        };
        let mut fitted = vec![0usize; dims];
        for segment in segments {
            let points = segment.times.len();
            let (mut states, mut derivatives) = (vec![0.0; points * dims], vec![0.0; points * dims]);
            let mut studentized = vec![f64::NAN; points * dims];
            for d in 0..measured {
                let series: Vec<f64> = segment.observations.iter().skip(d).step_by(dims).copied().collect();
                let relative: Vec<f64> = (0..points).map(|t| segment.relative_noise.at(t * dims + d)).collect();
                let present = series.iter().filter(|y| !y.is_nan()).count();
                let is_proportional = parts[d] == ProportionalPart::ALL;
                let smooth = match is_proportional && series.iter().all(|y| y.is_nan() || *y > 0.0) {
                    true => smooth_logarithm(&segment.times, &series, &relative)?,
                    false => WienerSmoother.fit_relative(&segment.times, &series, &relative)?,
                };
                smoothed.noise[d] += smooth.noise.powi(2) * present as f64;
                smoothed.log_likelihood[d] += smooth.log_likelihood;
                fitted[d] += present;
                for t in 0..points {
                    states[t * dims + d] = smooth.values[t];
                    derivatives[t * dims + d] = smooth.derivatives[t];
                    studentized[t * dims + d] = smooth.studentized[t];
                }
            }
            for d in measured..dims {
                let position = roles.position(d);
                let velocities: Vec<f64> = derivatives.iter().skip(position).step_by(dims).copied().collect();
                for (t, slope) in slopes(&segment.times, &velocities).into_iter().enumerate() {
                    states[t * dims + d] = velocities[t];
                    derivatives[t * dims + d] = slope;
                }
            }
            smoothed.states.extend(states);
            smoothed.derivatives.extend(derivatives);
            smoothed.studentized.extend(studentized);
        }
        let counts = smoothed.noise.iter_mut().zip(&fitted);
        // The velocities' is set when they have a scale.
        counts.for_each(|(noise, &count)| *noise = (*noise / count.max(1) as f64).sqrt());
        Ok(smoothed)
    }
}

/// Smooths the logarithm of a positive series: there proportional noise is the same everywhere, and exponential
/// growth or decay over many decades is a line.
fn smooth_logarithm(times: &[f64], series: &[f64], relative: &[f64]) -> Result<WienerEstimate, SmootherError> {
    let logarithms: Vec<f64> = series.iter().map(|y| y.ln()).collect();
    let mut smooth = WienerSmoother.fit(times, &logarithms)?;
    // The unit of the relative noise: the state's size where it is 1.
    let present = || series.iter().zip(relative).filter(|(y, _)| !y.is_nan());
    let unit = present().map(|(y, r)| y / r).fold(0.0, f64::max);
    smooth.values.iter_mut().for_each(|value| *value = value.exp());
    smooth.derivatives.iter_mut().zip(&smooth.values).for_each(|(slope, value)| *slope *= value);
    smooth.noise *= unit;
    // dy = y d(ln y)
    smooth.log_likelihood -= logarithms.iter().filter(|y| !y.is_nan()).sum::<f64>();
    Ok(smooth)
}

/// Derivatives of a series by differences of second order, at its ends of the parabola through three points.
fn slopes(times: &[f64], values: &[f64]) -> Vec<f64> {
    let last = times.len() - 1;
    let slope = |t: usize| (values[t + 1] - values[t]) / (times[t + 1] - times[t]);
    let parabola = |t: usize, at: f64| {
        let (left, right) = (slope(t - 1), slope(t));
        let (mid_left, mid_right) = (0.5 * (times[t - 1] + times[t]), 0.5 * (times[t] + times[t + 1]));
        left + (right - left) * (at - mid_left) / (mid_right - mid_left)
    };
    match last {
        0 => vec![0.0],
        1 => vec![slope(0); 2],
        _ => (0..=last).map(|t| parabola(t.clamp(1, last - 1), times[t])).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::slopes;

    #[test]
    fn slopes_of_a_parabola_are_exact() {
        let times = [0.0, 0.5, 2.0, 3.0];
        let values = times.map(|t: f64| t * t - t);
        for (found, t) in slopes(&times, &values).into_iter().zip(times) {
            assert!((found - (2.0 * t - 1.0)).abs() < 1e-14, "{found} at {t}");
        }
    }
}
