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
