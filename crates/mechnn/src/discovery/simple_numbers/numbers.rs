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
