//! Hypotheses about single numbers and pairs of them.

use super::hypothesis::Hypothesis;
use super::numbers::Numbers;

/// Largest numerator and denominator of a simple number.
const LARGEST_NUMERATOR: u32 = 30;
const LARGEST_DENOMINATOR: u32 = 3;

/// Penalty of saying that a number is simple, added to that of writing the fraction down: odds of 1 to 4.5 against it.
/// With no penalty at all the intervals of numbers that are not simple lost their coverage
/// (`docs/src/decisions/0010-constants-by-halves.md`).
const PENALTY_OF_A_SIMPLE_NUMBER: f64 = 3.0;

impl Numbers {
    /// The simple fractions that known numbers may be.
    pub(super) fn fractions(&self, known: &[usize]) -> Vec<Hypothesis> {
        let mut hypotheses = Vec::new();
        for &j in known {
            let theta = self.theta[j];
            for q in 1..=LARGEST_DENOMINATOR {
                let numerator = (theta.abs() * f64::from(q)).round();
                if !(1.0..=f64::from(LARGEST_NUMERATOR)).contains(&numerator)
                    || (q > 1 && numerator % f64::from(q) == 0.0)
                {
                    continue;
                }
                let value = (numerator / f64::from(q)).copysign(theta);
                let code = PENALTY_OF_A_SIMPLE_NUMBER + 2.0 * ((1.0 + numerator) * f64::from(q)).ln();
                hypotheses.push(Hypothesis { weights: vec![(j, 1.0)], value, code });
            }
        }
        hypotheses
    }

    /// Pairs of coefficients: of the same term in two equations, within one equation, and others; and the same
    /// constant of one function in two equations. The more there are of a kind, the less one of them says.
    pub(super) fn pairs(&self, known: &[usize]) -> Vec<Hypothesis> {
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

#[cfg(test)]
mod tests {
    use super::{Hypothesis, Numbers};

    /// Numbers of which only the values and places count here.
    fn numbers(theta: &[f64], equation: &[usize], term: &[usize], constant: &[(usize, usize)]) -> Numbers {
        let covariance = vec![0.0; theta.len() * theta.len()];
        let (theta, equation, term) = (theta.to_vec(), equation.to_vec(), term.to_vec());
        Numbers { theta, covariance, equation, term, constant: constant.to_vec() }
    }

    fn code(hypotheses: &[Hypothesis], weights: &[(usize, f64)]) -> f64 {
        hypotheses.iter().find(|own| own.weights == weights).map_or(f64::NAN, |own| own.code)
    }

    #[test]
    fn the_nearest_fraction_of_each_denominator_is_offered_once() {
        let values = |theta: f64| -> Vec<f64> {
            let numbers = numbers(&[theta], &[0], &[0], &[]);
            numbers.fractions(&[0]).into_iter().map(|own| own.value).collect()
        };
        assert_eq!(values(2.6), [3.0, 2.5, 8.0 / 3.0]);
        assert_eq!(values(-2.6), [-3.0, -2.5, -8.0 / 3.0]);
        // 4/2 and 6/3 are 2.
        assert_eq!(values(2.01), [2.0]);
        // None is 0, and none has a numerator above 30.
        assert_eq!(values(0.3), [0.5, 1.0 / 3.0]);
        assert!(values(31.2).is_empty());
        assert_eq!(values(12.0), [12.0]);
    }

    #[test]
    fn a_fraction_costs_more_the_longer_it_is() {
        // 3 + 2 ln ((1 + p) q)
        let numbers = numbers(&[2.6], &[0], &[0], &[]);
        let codes: Vec<f64> = numbers.fractions(&[0]).into_iter().map(|own| own.code).collect();
        let expected = [4.0f64, 12.0, 27.0].map(|length| 3.0 + 2.0 * length.ln());
        assert!(codes.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{codes:?}, not {expected:?}");
    }

    #[test]
    fn pairs_cost_the_choice_among_those_of_their_kind() {
        // Term 4 in two equations; terms 4 and 2, 4 and 1 in the second; the others have nothing in common.
        let numbers = numbers(&[-0.5, 0.5, 3.0, 7.0], &[0, 1, 1, 1], &[4, 4, 2, 1], &[]);
        let pairs = numbers.pairs(&[0, 1, 2, 3]);
        assert_eq!(pairs.len(), 6);
        // One of a kind costs as much as one of two. Opposite signs: the sum is zero, the same: the difference.
        let [two, three] = [2.0f64, 3.0].map(|count| 2.0 * count.ln());
        assert_eq!(code(&pairs, &[(0, 1.0), (1, 1.0)]), two);
        assert_eq!(code(&pairs, &[(1, 1.0), (2, -1.0)]), three);
        assert_eq!(code(&pairs, &[(2, 1.0), (3, -1.0)]), three);
        assert_eq!(code(&pairs, &[(0, 1.0), (2, 1.0)]), two);
        // Those that are not known take no part.
        assert_eq!(numbers.pairs(&[0, 3]).len(), 1);
    }

    #[test]
    fn constants_are_compared_with_the_same_of_the_same_function_only() {
        // Two coefficients; then the first and second constant of family 7, and the first of family 7 and of 8.
        let constants = [(7, 0), (7, 1), (7, 0), (8, 0)];
        let numbers = numbers(&[1.0, 2.0, 0.4, 0.4, 0.41, 0.4], &[0, 1], &[3, 5], &constants);
        let pairs = numbers.pairs(&[2, 3, 4, 5]);
        assert_eq!(pairs.len(), 1);
        assert_eq!((&pairs[0].weights[..], pairs[0].value), (&[(2, 1.0), (4, -1.0)][..], 0.0));
    }
}
