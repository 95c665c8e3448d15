//! What may hold of the numbers of a model.

use super::numbers::Numbers;

/// One thing that may hold of the coefficients.
#[derive(Debug, Clone)]
pub(super) struct Hypothesis {
    /// `Σ weight_j θ_j = value`
    pub(super) weights: Vec<(usize, f64)>,
    pub(super) value: f64,
    /// Deviance that choosing this one among its like costs.
    pub(super) code: f64,
}

/// A hypothesis that agrees with the data.
pub(super) struct Accepted {
    pub(super) hypothesis: Hypothesis,
    /// `2 ln (|θ| / σ)`: what the coefficient takes to write down as far as it is known.
    pub(super) length: f64,
    /// Square of the distance from the estimate, in standard errors.
    pub(super) distance: f64,
}

/// What a number is said to be may be this many standard errors from its estimate.
const FARTHEST: f64 = 2.0;

/// A coefficient known to this fraction of itself is known up to rounding.
const RESOLVED: f64 = 1e-9;

impl Numbers {
    /// The hypotheses that agree with the data and with each other, the one that gains most first.
    pub(super) fn accepted(&self, mut hypotheses: Vec<Hypothesis>) -> Vec<Accepted> {
        let p = self.theta.len();
        let (mut theta, mut covariance) = (self.theta.clone(), self.covariance.clone());
        let mut accepted = Vec::new();
        loop {
            // Those that decide something, with the length and the distance of each.
            let weigh = |(index, hypothesis): (usize, &Hypothesis)| {
                let (miss, column) = test(hypothesis, &theta, &covariance);
                let variance = variance(hypothesis, &column);
                let size = hypothesis.weights.iter().map(|&(j, _)| theta[j].abs()).fold(f64::INFINITY, f64::min);
                // Implied by what was accepted before, or contradicting it: nothing to decide.
                let decides = variance > (RESOLVED * size).powi(2) && miss * miss <= FARTHEST.powi(2) * variance;
                let (length, distance) = (2.0 * (size / variance.sqrt()).ln(), miss * miss / variance);
                decides.then_some((index, length, distance, length - hypothesis.code - distance))
            };
            let weighed = hypotheses.iter().enumerate().filter_map(weigh);
            let best = weighed.max_by(|(.., a), (.., b)| a.total_cmp(b)).filter(|&(.., gain)| gain > 0.0);
            let Some((best, length, distance, _)) = best else { return accepted };
            let hypothesis = hypotheses.swap_remove(best);
            let (miss, column) = test(&hypothesis, &theta, &covariance);
            let variance = variance(&hypothesis, &column);
            accepted.push(Accepted { hypothesis, length, distance });
            for i in 0..p {
                theta[i] -= column[i] * miss / variance;
                for j in 0..p {
                    covariance[i * p + j] -= column[i] * column[j] / variance;
                }
            }
        }
    }
}

fn variance(hypothesis: &Hypothesis, column: &[f64]) -> f64 {
    hypothesis.weights.iter().map(|&(j, weight)| weight * column[j]).sum()
}

/// By how much a hypothesis is missed, and the covariance of that with every coefficient.
fn test(hypothesis: &Hypothesis, theta: &[f64], covariance: &[f64]) -> (f64, Vec<f64>) {
    let p = theta.len();
    let miss = hypothesis.weights.iter().map(|&(j, weight)| weight * theta[j]).sum::<f64>() - hypothesis.value;
    let entry = |i: usize| hypothesis.weights.iter().map(|&(j, weight)| weight * covariance[i * p + j]).sum();
    (miss, (0..p).map(entry).collect())
}
