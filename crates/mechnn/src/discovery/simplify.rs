//! Coefficients that may be simple numbers.

use super::affine_map::AffineMap;
use super::tuning::Tuning;

/// The numbers of a model, in the data's units.
///
/// # Shapes
/// - `theta`: coefficients, then other constants, `[P]`; `covariance`: `[P, P]`
/// - `equation`, `term`: which equation each coefficient is in, and of which term it is
/// - `constant`: for each constant after the coefficients the family of functions and its place in it
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    pub(super) theta: Vec<f64>,
    pub(super) covariance: Vec<f64>,
    pub(super) equation: Vec<usize>,
    pub(super) term: Vec<usize>,
    pub(super) constant: Vec<(usize, usize)>,
    /// What is simple, and what it costs.
    pub(super) tuning: Tuning,
}

/// One thing that may hold of the coefficients.
#[derive(Debug, Clone)]
struct Hypothesis {
    /// `Σ weight_j θ_j = value`
    weights: Vec<(usize, f64)>,
    value: f64,
    /// Deviance that choosing this one among its like costs.
    code: f64,
}

/// A hypothesis that agrees with the data.
struct Accepted {
    hypothesis: Hypothesis,
    /// `2 ln (|θ| / σ)`: what the coefficient takes to write down as far as it is known.
    length: f64,
    /// Square of the distance from the estimate, in standard errors.
    distance: f64,
}

/// Adds constraints to `map` that make the model simpler and agree with the data: coefficients that are simple fractions,
/// and pairs of the same size. Returns how many.
///
/// A free coefficient θ known to σ takes `2 ln(|θ| / σ)` to write down as far as it is known; a fraction p/q takes `2 ln
/// ((1 + p) q)` and a price, one of m pairs `2 ln m`. A hypothesis is accepted if that saves more than it raises the deviance, the
/// square of its distance z in standard errors, and z is below a limit. This is the principle of minimum description length
/// (Rissanen 1978) for the constants.
pub(super) fn simplify(map: &mut AffineMap, numbers: &Numbers) -> usize {
    let known = numbers.known();
    let hypotheses = [numbers.fractions(&known), numbers.pairs(&known)].concat();
    let accepted = numbers.accepted(hypotheses).into_iter();
    accepted.filter(|accepted| map.constrain(&accepted.hypothesis.weights, accepted.hypothesis.value)).count()
}

/// What a criterion that charges `price` for each free number, `[P]`, falls by when pairs that may be of the same size are
/// one: a flow from one state into another, a difference of two states.
///
/// Fractions do not count here: which numbers are simple depends on the units, and the structure should not. Pairs within
/// an equation depend on those of the states, too, but what is added or moved from one to another has the same.
pub(super) fn saved_by_pairs(numbers: &Numbers, price: &[f64]) -> f64 {
    let accepted = numbers.accepted(numbers.pairs(&numbers.known()));
    let saved = |accepted: &Accepted| {
        let prices = accepted.hypothesis.weights.iter().map(|&(j, _)| price[j]);
        let length = accepted.length.min(prices.fold(f64::INFINITY, f64::min));
        (length - accepted.hypothesis.code - accepted.distance).max(0.0)
    };
    accepted.iter().map(saved).sum()
}

impl Numbers {
    fn known(&self) -> Vec<usize> {
        let p = self.theta.len();
        let known = |j: &usize| self.covariance[j * p + j].sqrt() < self.tuning.known * self.theta[*j].abs();
        (0..p).filter(known).collect()
    }

    /// The hypotheses that agree with the data and with each other, the one that gains most first.
    fn accepted(&self, mut hypotheses: Vec<Hypothesis>) -> Vec<Accepted> {
        let p = self.theta.len();
        let (mut theta, mut covariance) = (self.theta.clone(), self.covariance.clone());
        let mut accepted = Vec::new();
        loop {
            let weigh = |hypothesis: &Hypothesis| {
                let (miss, column) = test(hypothesis, &theta, &covariance);
                let variance = variance(hypothesis, &column);
                let size = hypothesis.weights.iter().map(|&(j, _)| theta[j].abs()).fold(f64::INFINITY, f64::min);
                // Implied by what was accepted before, or contradicting it: nothing to decide.
                let decides =
                    variance > (RESOLVED * size).powi(2) && miss * miss <= self.tuning.farthest.powi(2) * variance;
                decides.then(|| (2.0 * (size / variance.sqrt()).ln(), miss * miss / variance))
            };
            let gain = |hypothesis: &Hypothesis| {
                weigh(hypothesis).map_or(f64::NEG_INFINITY, |(length, distance)| length - hypothesis.code - distance)
            };
            let best = (0..hypotheses.len()).max_by(|&a, &b| gain(&hypotheses[a]).total_cmp(&gain(&hypotheses[b])));
            let Some(best) = best.filter(|&best| gain(&hypotheses[best]) > 0.0) else { return accepted };
            let Some((length, distance)) = weigh(&hypotheses[best]) else { return accepted };
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

    fn fractions(&self, known: &[usize]) -> Vec<Hypothesis> {
        let Tuning { largest_numerator, largest_denominator, simple: price, .. } = self.tuning;
        let mut hypotheses = Vec::new();
        for &j in known {
            let theta = self.theta[j];
            for q in 1..=largest_denominator {
                let numerator = (theta.abs() * f64::from(q)).round();
                if !(1.0..=f64::from(largest_numerator)).contains(&numerator)
                    || (q > 1 && numerator % f64::from(q) == 0.0)
                {
                    continue;
                }
                let value = (numerator / f64::from(q)).copysign(theta);
                let code = price + 2.0 * ((1.0 + numerator) * f64::from(q)).ln();
                hypotheses.push(Hypothesis { weights: vec![(j, 1.0)], value, code });
            }
        }
        hypotheses
    }

    /// Pairs of coefficients: of the same term in two equations, within one equation, and others; and the same constant of
    /// one function in two equations. The more there are of a kind, the less one of them says.
    fn pairs(&self, known: &[usize]) -> Vec<Hypothesis> {
        [self.pairs_of_coefficients(known), self.pairs_of_constants(known)].concat()
    }

    fn pairs_of_constants(&self, known: &[usize]) -> Vec<Hypothesis> {
        let first = self.equation.len();
        let constants = || known.iter().copied().filter(|&j| j >= first);
        let same = |i: usize, j: usize| i < j && self.constant[i - first] == self.constant[j - first];
        let pairs: Vec<(usize, usize)> =
            constants().flat_map(|i| constants().filter(move |&j| same(i, j)).map(move |j| (i, j))).collect();
        let code = 2.0 * (pairs.len().max(2) as f64).ln();
        let equal = |(i, j)| Hypothesis { weights: vec![(i, 1.0), (j, -1.0)], value: 0.0, code };
        pairs.into_iter().map(equal).collect()
    }

    fn pairs_of_coefficients(&self, known: &[usize]) -> Vec<Hypothesis> {
        let coefficients: Vec<usize> = known.iter().copied().filter(|&j| j < self.equation.len()).collect();
        let kind = |i: usize, j: usize| match () {
            () if self.term[i] == self.term[j] => 0,
            () if self.equation[i] == self.equation[j] => 1,
            () => 2,
        };
        let of_one = |(at, &i): (usize, &usize)| -> Vec<(usize, usize)> {
            coefficients[at + 1..].iter().map(|&j| (i, j)).collect()
        };
        let pairs: Vec<(usize, usize)> = coefficients.iter().enumerate().flat_map(of_one).collect();
        let mut counts = [0usize; 3];
        pairs.iter().for_each(|&(i, j)| counts[kind(i, j)] += 1);
        let hypothesis = |&(i, j): &(usize, usize)| {
            let sign = -(self.theta[i] * self.theta[j]).signum();
            let code = 2.0 * (counts[kind(i, j)].max(2) as f64).ln();
            Hypothesis { weights: vec![(i, 1.0), (j, sign)], value: 0.0, code }
        };
        pairs.iter().map(hypothesis).collect()
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

#[cfg(test)]
mod tests {
    use super::{AffineMap, Numbers, Tuning, saved_by_pairs, simplify};

    fn numbers(theta: &[f64], errors: &[f64], equation: &[usize], term: &[usize]) -> Numbers {
        let p = errors.len();
        let covariance = (0..p * p).map(|i| if i / p == i % p { errors[i / p].powi(2) } else { 0.0 }).collect();
        let constant = vec![(7, 0); p - equation.len()];
        let (theta, equation, term) = (theta.to_vec(), equation.to_vec(), term.to_vec());
        let tuning = Tuning { simple: 0.0, ..Tuning::default() };
        Numbers { theta, covariance, equation, term, constant, tuning }
    }

    #[test]
    fn simple_numbers_are_recognised_and_others_left() {
        // -10 and 10 within their errors, 27.3(15) too little known for 27 to be worth a name, -1.01(2) is -1, 2.667(5) is
        // 8/3, 0.7123(3) is itself.
        let theta = [-9.98, 10.01, 27.3, -1.01, 2.667, 0.7123];
        let errors = [0.05, 0.05, 1.5, 0.02, 0.001, 0.0003];
        let mut map = AffineMap::identity(6);
        simplify(&mut map, &numbers(&theta, &errors, &[0, 0, 1, 1, 2, 2], &[0, 1, 0, 1, 2, 3]));
        let fitted = map.coefficients(&map.closest(&theta));
        assert_eq!((fitted[2], fitted[3], fitted[4], fitted[5]), (27.3, -1.0, 8.0 / 3.0, 0.7123));
        assert!((fitted[0] + fitted[1]).abs() < 1e-12, "{fitted:?}");
    }

    #[test]
    fn a_coefficient_that_is_hardly_known_stays_free() {
        let mut map = AffineMap::identity(1);
        assert_eq!(simplify(&mut map, &numbers(&[1.1], &[0.4], &[0], &[0])), 0);
        assert!(map.is_identity());
    }

    #[test]
    fn one_function_in_two_equations_may_have_one_constant() {
        // -a f(x; k) in the first equation and b f(x; k) in the second.
        let found = |k: [f64; 2]| {
            let numbers = numbers(&[-1.67, 0.801, k[0], k[1]], &[0.01, 0.005, 0.02, 0.015], &[0, 1], &[4, 4]);
            let mut map = AffineMap::identity(4);
            simplify(&mut map, &numbers);
            let fitted = map.coefficients(&map.closest(&numbers.theta));
            (fitted[2] == fitted[3], saved_by_pairs(&numbers, &[5.0; 4]))
        };
        let (one, saved) = found([0.41, 0.385]);
        assert!(one && saved > 2.0, "{saved}");
        assert_eq!(found([0.55, 0.385]), (false, 0.0));
    }

    #[test]
    fn a_flow_from_one_state_to_another_saves_a_coefficient() {
        // -a x y in the first equation and +a x y in the second, -b y in the second: one pair of the same term, others not.
        let flow = |into: f64| numbers(&[-0.281, into, -0.47], &[0.002; 3], &[0, 1, 1], &[4, 4, 2]);
        let price = [5.0; 3];
        // What is saved is the price, less 2 ln 2 for the choice and the square of the distance, 0.002 / (0.002 √2).
        let saved = saved_by_pairs(&flow(0.279), &price);
        assert!((saved - (5.0 - 2.0 * 2f64.ln() - 0.5)).abs() < 1e-9, "{saved}");
        assert_eq!(saved_by_pairs(&flow(0.3), &price), 0.0);
    }
}
