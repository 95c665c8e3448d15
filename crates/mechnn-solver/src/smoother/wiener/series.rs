//! A series in units in which everything is of order one.

use super::elimination::{Elimination, Solved};
use super::process::Transition;
use super::{ORDERS, WienerSmoother};

/// Points used to choose the amount of smoothing; more do not change it but cost time.
const WINDOW: usize = 400;
const WINDOWS: usize = 4;

/// Noise below this part of the standard deviation of a series is a priori the less likely the smaller it is: few
/// instruments do better, and a few rows cannot say that they do.
const LITTLE_NOISE: f64 = 0.02;

/// Powers of ten between which the ratio λ is looked for.
const SMOOTHEST: f64 = -14.0;
const ROUGHEST: f64 = 8.0;

/// Times in units of the mean step, observations with mean 0 and variance 1.
pub(super) struct Series {
    pub(super) times: Vec<f64>,
    pub(super) observations: Vec<f64>,
    /// Of each observation, relative to that of unit noise.
    pub(super) precision: Vec<f64>,
}

impl Series {
    /// The likeliest ratio λ, of the whole series or of a few windows of it if it is long.
    ///
    /// The marginal likelihood of a few rows is flat from some λ on: where a rough process goes through every point,
    /// no noise is as likely as a little. A priori noise is as likely in one decade as in the next down to two percent
    /// of the series' standard deviation, and below that as its variance, which adds `-ln(1 + 0.02² / σ²)` to the
    /// logarithm.
    pub(super) fn likeliest_ratio(&self) -> f64 {
        let windows = self.windows();
        let log_posterior = |window: &Series, ratio: f64| {
            let Some(solved) = window.smooth(ratio) else { return f64::NEG_INFINITY };
            let degrees = (window.present() - ORDERS) as f64;
            let variance = (solved.objective / degrees).max(f64::MIN_POSITIVE);
            let prior = -(1.0 + LITTLE_NOISE * LITTLE_NOISE / variance).ln() / windows.len() as f64;
            window.log_likelihood_of(&solved, ratio) + prior
        };
        let log_ratio = maximize(SMOOTHEST, ROUGHEST, |log_ratio| {
            windows.iter().map(|window| log_posterior(window, 10f64.powf(log_ratio))).sum()
        });
        10f64.powf(log_ratio)
    }

    fn windows(&self) -> Vec<Series> {
        let points = self.times.len();
        let part = |start: usize, end: usize| Series {
            times: self.times[start..end].to_vec(),
            observations: self.observations[start..end].to_vec(),
            precision: self.precision[start..end].to_vec(),
        };
        if points > WINDOW * WINDOWS {
            let starts = (0..WINDOWS).map(|i| i * (points - WINDOW) / (WINDOWS - 1));
            let windows = starts.map(|start| part(start, start + WINDOW));
            let usable: Vec<Series> =
                windows.filter(|window| window.present() > WienerSmoother::MIN_OBSERVATIONS).collect();
            if !usable.is_empty() {
                return usable;
            }
        }
        vec![part(0, points)]
    }

    fn present(&self) -> usize {
        self.observations.iter().filter(|y| !y.is_nan()).count()
    }

    /// Logarithm of the marginal likelihood, maximised over σ², up to a constant.
    pub(super) fn log_likelihood_of(&self, solved: &Solved, ratio: f64) -> f64 {
        let degrees = (self.present() - ORDERS) as f64;
        let transitions = (ORDERS * (self.times.len() - 1)) as f64;
        let present = self.observations.iter().zip(&self.precision).filter(|(y, _)| !y.is_nan());
        let deviance =
            degrees * solved.objective.max(f64::MIN_POSITIVE).ln() + solved.log_determinant + transitions * ratio.ln()
                - present.map(|(_, precision)| precision.ln()).sum::<f64>();
        -0.5 * deviance
    }

    /// Posterior mean for unit noise and `ratio = κ / σ²`; none if the numbers do not bear it.
    pub(super) fn smooth(&self, ratio: f64) -> Option<Solved> {
        let mut elimination = Elimination::default();
        for (t, (&y, &precision)) in self.observations.iter().zip(&self.precision).enumerate() {
            if t > 0 {
                elimination.advance(&Transition::new(self.times[t] - self.times[t - 1], ratio));
            }
            if !y.is_nan() {
                elimination.observe(y, precision.sqrt());
            }
        }
        elimination.solve()
    }
}

/// Maximises a function of one variable on an interval: a coarse scan (it may have several maxima), then golden
/// section. The answer is a place where the function was evaluated.
fn maximize(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    const SCAN: usize = 15;
    let spacing = (high - low) / (SCAN - 1) as f64;
    let scanned = (0..SCAN).map(|i| low + spacing * i as f64).map(|x| (f(x), x));
    let (highest, best) = scanned.fold((f64::NEG_INFINITY, low), |best, new| if new.0 > best.0 { new } else { best });
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
    let (value, place) = if fc > fd { (fc, c) } else { (fd, d) };
    if value > highest { place } else { best }
}

#[cfg(test)]
mod tests {
    use super::maximize;

    #[test]
    fn the_maximum_is_found_and_where_there_is_none_the_best_that_was_seen() {
        let found = maximize(-14.0, 8.0, |x| -(x - 2.3) * (x - 2.3));
        assert!((found - 2.3).abs() < 0.05, "{found}");
        // Nothing is finite but one place of the scan.
        assert_eq!(maximize(-14.0, 0.0, |x| if x == -14.0 { 0.0 } else { f64::NEG_INFINITY }), -14.0);
    }
}
