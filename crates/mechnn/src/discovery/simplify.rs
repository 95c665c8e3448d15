//! Coefficients that may be simple numbers.

use super::constraint::AffineMap;

/// Only a coefficient known to this fraction of itself can be said to be a simple number.
const KNOWN: f64 = 0.1;

/// Numerators and denominators that are tried.
const LARGEST_NUMERATOR: u32 = 30;
const LARGEST_DENOMINATOR: u32 = 3;

/// A hypothesis farther than this from the estimate, in standard errors, contradicts the data.
const FARTHEST: f64 = 2.0;

/// One thing that may hold of the coefficients.
struct Hypothesis {
    /// `Σ weight_j θ_j = value`
    weights: Vec<(usize, f64)>,
    value: f64,
    /// Deviance that choosing this one among its like costs.
    code: f64,
}

/// Adds constraints to `map` that make the model simpler and agree with the data: coefficients that are simple fractions,
/// and pairs of the same size. Returns how many.
///
/// A free coefficient θ known to σ takes `2 ln(|θ| / σ)` to write down as far as it is known; a fraction p/q takes `2 ln
/// ((1 + p) q)`, one of m pairs `2 ln m`. A hypothesis is accepted if that saves more than it raises the deviance, the
/// square of its distance z in standard errors, and z is below 2. This is the principle of minimum description length
/// (Rissanen 1978) for the constants.
///
/// # Shapes
/// - `theta`: coefficients in the data's units, then other constants, `[P]`; `covariance`: `[P, P]`
/// - `equation`: which each coefficient is in; only these are paired
pub(super) fn simplify(map: &mut AffineMap, theta: &[f64], covariance: &[f64], equation: &[usize]) -> usize {
    let p = theta.len();
    let known = |j: usize| covariance[j * p + j].sqrt() < KNOWN * theta[j].abs();
    let known: Vec<usize> = (0..p).filter(|&j| known(j)).collect();
    let mut hypotheses = hypotheses(theta, &known, equation);
    let (mut theta, mut covariance) = (theta.to_vec(), covariance.to_vec());
    let mut accepted = 0;
    loop {
        let gain = |hypothesis: &Hypothesis| {
            let (miss, column) = test(hypothesis, &theta, &covariance);
            let variance = variance(hypothesis, &column);
            let size = hypothesis.weights.iter().map(|&(j, _)| theta[j].abs()).fold(f64::INFINITY, f64::min);
            // Implied by what was accepted before, or contradicting it: nothing to decide.
            if variance <= (RESOLVED * size).powi(2) || miss * miss > FARTHEST * FARTHEST * variance {
                return f64::NEG_INFINITY;
            }
            2.0 * (size / variance.sqrt()).ln() - hypothesis.code - miss * miss / variance
        };
        let best = (0..hypotheses.len()).max_by(|&a, &b| gain(&hypotheses[a]).total_cmp(&gain(&hypotheses[b])));
        let Some(best) = best.filter(|&best| gain(&hypotheses[best]) > 0.0) else { return accepted };
        let hypothesis = hypotheses.swap_remove(best);
        let (miss, column) = test(&hypothesis, &theta, &covariance);
        let variance = variance(&hypothesis, &column);
        accepted += usize::from(map.constrain(&hypothesis.weights, hypothesis.value));
        for i in 0..p {
            theta[i] -= column[i] * miss / variance;
            for j in 0..p {
                covariance[i * p + j] -= column[i] * column[j] / variance;
            }
        }
    }
}

/// A coefficient known to this fraction of itself is known up to rounding.
const RESOLVED: f64 = 1e-9;

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

fn hypotheses(theta: &[f64], known: &[usize], equation: &[usize]) -> Vec<Hypothesis> {
    let mut hypotheses = Vec::new();
    for &j in known {
        for q in 1..=LARGEST_DENOMINATOR {
            let numerator = (theta[j].abs() * f64::from(q)).round();
            if !(1.0..=f64::from(LARGEST_NUMERATOR)).contains(&numerator) || (q > 1 && numerator % f64::from(q) == 0.0)
            {
                continue;
            }
            let value = (numerator / f64::from(q)).copysign(theta[j]);
            let code = 2.0 * ((1.0 + numerator) * f64::from(q)).ln();
            hypotheses.push(Hypothesis { weights: vec![(j, 1.0)], value, code });
        }
    }
    let paired: Vec<usize> = known.iter().copied().filter(|&j| j < equation.len()).collect();
    let pairs = || paired.iter().enumerate().flat_map(|(at, &i)| paired[at + 1..].iter().map(move |&j| (i, j)));
    let same = |(i, j): &(usize, usize)| equation[*i] == equation[*j];
    let (within, across) = (pairs().filter(same).count(), pairs().filter(|pair| !same(pair)).count());
    for (i, j) in pairs() {
        let alike = if same(&(i, j)) { within } else { across };
        let sign = -(theta[i] * theta[j]).signum();
        let code = 2.0 * (alike.max(2) as f64).ln();
        hypotheses.push(Hypothesis { weights: vec![(i, 1.0), (j, sign)], value: 0.0, code });
    }
    hypotheses
}

#[cfg(test)]
mod tests {
    use super::{AffineMap, simplify};

    fn diagonal(errors: &[f64]) -> Vec<f64> {
        let p = errors.len();
        (0..p * p).map(|i| if i / p == i % p { errors[i / p].powi(2) } else { 0.0 }).collect()
    }

    #[test]
    fn simple_numbers_are_recognised_and_others_left() {
        // -10 and 10 within their errors, 27.3(15) too little known for 27 to be worth a name, -1.01(2) is -1, 2.667(5) is
        // 8/3, 0.7123(3) is itself.
        let theta = [-9.98, 10.01, 27.3, -1.01, 2.667, 0.7123];
        let mut map = AffineMap::identity(6);
        simplify(&mut map, &theta, &diagonal(&[0.05, 0.05, 1.5, 0.02, 0.001, 0.0003]), &[0, 0, 1, 1, 2, 2]);
        let fitted = map.coefficients(&map.closest(&theta));
        assert_eq!((fitted[2], fitted[3], fitted[4], fitted[5]), (27.3, -1.0, 8.0 / 3.0, 0.7123));
        assert!((fitted[0] + fitted[1]).abs() < 1e-12, "{fitted:?}");
    }

    #[test]
    fn a_coefficient_that_is_hardly_known_stays_free() {
        let mut map = AffineMap::identity(1);
        assert_eq!(simplify(&mut map, &[1.1], &diagonal(&[0.4]), &[0]), 0);
        assert!(map.is_identity());
    }
}
