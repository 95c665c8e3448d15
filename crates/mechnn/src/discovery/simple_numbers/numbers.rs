//! The numbers of a fitted model in the data's units.

use crate::discovery::candidates::Candidate;
use crate::discovery::fit::Fit;
use crate::discovery::structure::Problem;

/// The numbers of a model, in the data's units.
///
/// # Shapes
/// - `theta`: coefficients, then other constants, `[P]`; `covariance`: `[P, P]`
/// - `equation`, `term`: which equation each coefficient is in, and of which term it is
/// - `constant`: for each constant after the coefficients the family of functions and its place in it
#[derive(Debug, Clone)]
pub(crate) struct Numbers {
    pub(crate) theta: Vec<f64>,
    pub(crate) covariance: Vec<f64>,
    pub(crate) equation: Vec<usize>,
    pub(crate) term: Vec<usize>,
    pub(crate) constant: Vec<(usize, usize)>,
}

/// Only a number known to this fraction of itself can be said to be a simple one.
const KNOWN: f64 = 0.1;

impl Numbers {
    /// Those of a fit, from the covariance of its parameters, `[P, P]`.
    pub(crate) fn new(problem: &Problem<'_>, fit: &Fit, covariance: &[f64]) -> Self {
        let units = problem.units(&fit.structure);
        let p = units.len();
        let dictionary = &problem.space.dictionary;
        let of_owner = |own: Candidate| {
            let places = 0..dictionary.constants_of(own.term);
            places.map(move |place| (dictionary.families[own.term], place))
        };
        Self {
            theta: fit.parameters().iter().zip(&units).map(|(theta, unit)| theta * unit).collect(),
            covariance: (0..p * p).map(|index| covariance[index] * units[index / p] * units[index % p]).collect(),
            equation: fit.structure.candidates().iter().map(|candidate| candidate.state).collect(),
            term: fit.structure.candidates().iter().map(|candidate| candidate.term).collect(),
            constant: fit.structure.owners().flat_map(of_owner).collect(),
        }
    }

    /// Those that are known well enough to be compared with others.
    pub(super) fn known(&self) -> Vec<usize> {
        let p = self.theta.len();
        let known = |j: &usize| self.covariance[j * p + j].sqrt() < KNOWN * self.theta[*j].abs();
        (0..p).filter(known).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;
    use crate::discovery::test_problem::{TestProblem, options, simulated, times};

    #[test]
    fn numbers_and_their_covariance_are_in_the_units_of_the_data() {
        let data = simulated(&[("x", "-2*x/(0.5 + x)"), ("y", "x - y")], &[&[3.0, 0.2]], &times(41, 0.05));
        let test = TestProblem::new(data, &options(1, &["x/(0.4 + x)"], ""));
        let fit = test.fit(&[(0, "x/(0.4 + x)"), (1, "x"), (1, "y")]);
        let scaled: Vec<f64> = (0..16).map(|index| f64::from(index + 1)).collect();
        let numbers = Numbers::new(&test.problem(), &fit, &scaled);
        for (found, expected) in numbers.theta.iter().zip([-2.0, 1.0, -1.0, 0.5]) {
            // Clean data.
            assert!((found - expected).abs() < 1e-3, "{:?}", numbers.theta);
        }
        let units = test.problem().units(&fit.structure);
        assert_eq!(units[3], 0.4);
        for (index, found) in numbers.covariance.iter().enumerate() {
            let expected = scaled[index] * units[index / 4] * units[index % 4];
            assert_eq!(*found, expected);
        }
        let function = test.candidate(0, "x/(0.4 + x)").term;
        let linear = ["x", "y"].map(|text| test.candidate(1, text).term);
        assert_eq!((numbers.equation, numbers.term), (vec![0, 1, 1], vec![function, linear[0], linear[1]]));
        assert_eq!(numbers.constant, [(test.space.dictionary.families[function], 0)]);
    }

    #[test]
    fn a_number_is_known_to_less_than_a_tenth_of_itself() {
        let covariance = vec![0.0099, 0.0, 0.0, 0.0101];
        let (equation, term) = (vec![0, 0], vec![1, 2]);
        let numbers = Numbers { theta: vec![1.0, -1.0], covariance, equation, term, constant: Vec::new() };
        assert_eq!(numbers.known(), [0]);
    }
}
