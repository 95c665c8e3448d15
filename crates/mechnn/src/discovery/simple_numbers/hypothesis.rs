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

#[cfg(test)]
mod tests {
    use super::{Accepted, Hypothesis, Numbers};
    use crate::discovery::fit::AffineMap;

    /// Coefficients of different terms in one equation, without correlations.
    fn numbers(theta: &[f64], errors: &[f64]) -> Numbers {
        let p = theta.len();
        let covariance = (0..p * p).map(|i| if i / p == i % p { errors[i / p].powi(2) } else { 0.0 }).collect();
        let (equation, term) = (vec![0; p], (0..p).collect());
        Numbers { theta: theta.to_vec(), covariance, equation, term, constant: Vec::new() }
    }

    fn is(j: usize, value: f64) -> Hypothesis {
        Hypothesis { weights: vec![(j, 1.0)], value, code: 3.0 }
    }

    fn same(i: usize, j: usize) -> Hypothesis {
        Hypothesis { weights: vec![(i, 1.0), (j, -1.0)], value: 0.0, code: 3.0 }
    }

    #[test]
    fn accepted_ones_agree_with_each_other() {
        // Either number may be 2, and either may be the same as the other; the first may also be 2.03.
        let numbers = numbers(&[2.01, 2.02], &[0.02, 0.02]);
        let accepted = numbers.accepted(vec![is(0, 2.0), is(0, 2.03), is(1, 2.0), same(0, 1)]);
        // Two conditions determine two numbers; all others are implied or contradict them.
        assert_eq!(accepted.len(), 2);
        let mut map = AffineMap::identity(2);
        assert!(accepted.iter().all(|own| map.constrain(&own.hypothesis.weights, own.hypothesis.value)));
        let theta = map.coefficients(&[]);
        for Accepted { hypothesis, .. } in &accepted {
            let sum: f64 = hypothesis.weights.iter().map(|&(j, weight)| weight * theta[j]).sum();
            assert!((sum - hypothesis.value).abs() < 1e-12, "{theta:?}: {hypothesis:?}");
        }
    }

    #[test]
    fn what_is_accepted_moves_what_is_correlated_with_it() {
        // Two numbers known as their sum, 5, to 0.01, and each alone to 0.1: if one is 2 the other is 3, not 2.9.
        let mut numbers = numbers(&[2.1, 2.9], &[0.1, 0.1]);
        let correlation = -0.995;
        (numbers.covariance[1], numbers.covariance[2]) = (0.01 * correlation, 0.01 * correlation);
        let accepted = numbers.accepted(vec![is(0, 2.0), is(1, 2.9)]);
        assert_eq!(accepted.len(), 1, "the second is far off once the first is accepted, or the other way round");
        let both = numbers.accepted(vec![is(0, 2.0), is(1, 3.0)]);
        assert_eq!(both.len(), 2, "2 + 3 is 5");
    }

    #[test]
    fn length_and_distance_are_those_of_the_number_said_to_be_simple() {
        let accepted = numbers(&[3.03], &[0.02]).accepted(vec![is(0, 3.0)]);
        let own = &accepted[0];
        // 2 ln (3.03 / 0.02), and 1.5 standard errors squared.
        assert!((own.length - 2.0 * 151.5f64.ln()).abs() < 1e-12, "{}", own.length);
        assert!((own.distance - 2.25).abs() < 1e-9, "{}", own.distance);
    }

    #[test]
    fn what_is_too_far_away_or_costs_more_than_it_saves_is_not_accepted() {
        assert!(numbers(&[3.05], &[0.02]).accepted(vec![is(0, 3.0)]).is_empty(), "2.5 standard errors");
        let dear = Hypothesis { code: 20.0, ..is(0, 3.0) };
        assert!(numbers(&[3.01], &[0.02]).accepted(vec![dear]).is_empty(), "2 ln 150 is 10");
        assert!(numbers(&[3.0], &[0.0]).accepted(vec![is(0, 3.0)]).is_empty(), "known exactly: nothing to decide");
    }
}
