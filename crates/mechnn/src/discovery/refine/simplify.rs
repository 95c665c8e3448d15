//! Numbers that may be simple set to simple ones.

use mechnn_solver::smoother::{Estimate, Marginals};

use super::tighten::{PATIENT, tightened};
use crate::discovery::fit::{AffineMap, Criterion, Estimator, Fit};
use crate::discovery::simple_numbers::{Numbers, simplify};
use crate::discovery::structure::Problem;

/// What is fixed makes known better what is not: again, at most this many times, until nothing more is simple.
const PASSES: usize = 4;

/// Deviance that each number that is said to be simple may cost in the fit: two standard errors.
const WORTH_OF_A_NUMBER: f64 = 4.0;

/// With simple numbers the equations may be obeyed this many times less exactly than without.
const LOOSENED: f64 = 10.0;

/// The fit with simple numbers, if there are some and the data agree. `marginals` are those of the fit, at `level`.
pub(super) fn simplified(problem: &Problem<'_>, free: &Fit, marginals: &Marginals, level: f64) -> Option<Fit> {
    let (estimator, criterion) = (Estimator::new(*problem), Criterion::new(*problem));
    let units = problem.units(&free.structure);
    let p = units.len();
    let mut map = AffineMap::identity(p);
    let mut simplest: Option<(Fit, f64)> = None;
    for _ in 0..PASSES {
        let (fit, covariance) = match &simplest {
            None => (free, marginals.parameters.clone()),
            Some((fit, level)) => (fit, fit.map.spread(&estimator.marginals(fit, *level).ok()?.parameters)),
        };
        if simplify(&mut map, &Numbers::new(problem, fit, &covariance)) == 0 {
            break;
        }
        let scaled = map.in_units(&units);
        let parameters = scaled.closest(&fit.parameters());
        let start = Estimate { states: fit.estimate.states.clone(), parameters };
        let structure = fit.structure.clone();
        let levels = [problem.tuning.tight];
        let first = estimator.fit_constrained(structure, scaled, start, &fit.noise, &levels, PATIENT).ok();
        let next = first.map(|first| tightened(problem, first));
        let allowed = WORTH_OF_A_NUMBER * (p - map.free()) as f64;
        match next {
            Some((next, reached))
                if reached <= LOOSENED * level && criterion.deviance(&next) - criterion.deviance(free) < allowed =>
            {
                simplest = Some((next, reached));
            }
            _ => break,
        }
    }
    simplest.map(|(fit, _)| fit)
}

/// The second moments of parameters about `values`, from their covariance, `[P, P]`, about what was `estimated`.
///
/// $$ E[(\theta - v)(\theta - v)^\top] = C + (\hat\theta - v)(\hat\theta - v)^\top $$
///
/// A coefficient that is set to a simple number, and those that move with it, are as uncertain as they were free, and
/// by as much as they moved.
pub(super) fn about_other_values(covariance: &mut [f64], estimated: &[f64], values: &[f64]) {
    let moved: Vec<f64> = values.iter().zip(estimated).map(|(value, estimated)| value - estimated).collect();
    for (row, own) in covariance.chunks_exact_mut(moved.len().max(1)).zip(&moved) {
        row.iter_mut().zip(&moved).for_each(|(entry, other)| *entry += own * other);
    }
}

#[cfg(test)]
mod tests {
    use super::about_other_values;

    #[test]
    fn what_is_moved_is_as_uncertain_as_far_as_it_was_moved() {
        let mut covariance = vec![0.09, 0.01, 0.01, 0.04];
        about_other_values(&mut covariance, &[1.6, 2.0], &[2.0, 2.0]);
        let expected = [0.25, 0.01, 0.01, 0.04];
        assert!(covariance.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{covariance:?}");
    }
}
