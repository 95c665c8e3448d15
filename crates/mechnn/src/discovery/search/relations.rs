//! What the criterion of a structure falls by because of relations between its numbers.

use crate::discovery::fit::{Estimator, Fit};
use crate::discovery::simple_numbers::{Numbers, saved_by_pairs};
use crate::discovery::structure::Problem;

/// What the criterion falls by if pairs of numbers are one, see [`saved_by_pairs`]; nothing where the uncertainty of
/// a fit cannot be found, so that no pair can be said to agree.
pub(super) fn saving(problem: &Problem<'_>, fit: &Fit, level: f64) -> f64 {
    let Ok(marginals) = Estimator::new(*problem).marginals(fit, level) else { return 0.0 };
    let dictionary = &problem.space.dictionary;
    let of_constants =
        fit.structure.owners().flat_map(|own| std::iter::repeat_n(own, dictionary.constants_of(own.term)));
    let numbers = fit.structure.candidates().iter().copied().chain(of_constants);
    let penalty: Vec<f64> = numbers
        .map(|candidate| problem.tuning.penalty_of_a_number(problem.data.observations(candidate.state)))
        .collect();
    problem.tuning.relations * saved_by_pairs(&Numbers::new(problem, fit, &marginals.parameters), &penalty)
}
