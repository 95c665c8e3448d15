//! Terms that a fit can do without.

use mechnn_solver::smoother::{GaussNewton, SmootherError};

use crate::discovery::fit::{Estimator, Fit, NOISE_FLOOR};
use crate::discovery::structure::{Guess, Problem};

/// Drops what the user's threshold forbids, weakest first.
///
/// # Errors
/// [`SmootherError`] if a fit without them fails.
pub(crate) fn without_weak_terms(problem: &Problem<'_>, mut fit: Fit, threshold: f64) -> Result<Fit, SmootherError> {
    let weak = |fit: &Fit| {
        let coefficients = &fit.estimate.parameters[..fit.structure.terms()];
        coefficients.iter().position(|theta| theta.abs() < threshold)
    };
    while let Some(weak) = weak(&fit) {
        fit = without(problem, &fit, &[weak])?;
    }
    Ok(fit)
}

/// A new fit without some of the terms.
///
/// # Errors
/// [`SmootherError`] if it fails.
pub(crate) fn without(problem: &Problem<'_>, fit: &Fit, dropped: &[usize]) -> Result<Fit, SmootherError> {
    let (structure, kept) = fit.structure.without(problem.space, dropped);
    let parameters = kept.into_iter().map(|index| fit.estimate.parameters[index]).collect();
    let guess = Guess { structure, parameters };
    let states = fit.estimate.states.clone();
    Estimator::new(*problem).fit(guess, states, &fit.noise, &[problem.tuning.tight], GaussNewton::default())
}

/// Terms that contribute less to their rate than the discretisation is exact to: they describe its error, not the
/// data.
pub(crate) fn negligible(problem: &Problem<'_>, fit: &Fit) -> Vec<usize> {
    let contributions = Estimator::new(*problem).contributions(fit);
    let candidates = fit.structure.candidates();
    let largest = |state: usize| {
        let own = candidates.iter().zip(&contributions).filter(move |(other, _)| other.state == state);
        own.map(|(_, size)| *size).fold(0.0, f64::max)
    };
    let is_negligible = |j: &usize| contributions[*j] < NOISE_FLOOR * largest(candidates[*j].state);
    (0..contributions.len()).filter(is_negligible).collect()
}

#[cfg(test)]
mod tests {
    use super::{negligible, without, without_weak_terms};
    use crate::discovery::test_problem::{SWING, TestProblem, options, simulated, times};

    const TRUE: [(usize, &str); 3] = [(0, "y"), (1, "x"), (1, "y")];

    #[test]
    fn without_a_term_the_others_are_fitted_anew() {
        let test = TestProblem::swing(2, 0.02);
        let with = test.fit(&[&TRUE[..], &[(1, "x*y")]].concat());
        let fit = without(&test.problem(), &with, &[3]).expect("a fit");
        assert_eq!(fit.structure, test.structure(&TRUE));
        for (found, expected) in test.numbers(&fit).iter().zip(test.numbers(&test.fit(&TRUE))) {
            // Both end when a step lowers the objective by less than 1e-6 of it.
            assert!((found - expected).abs() < 1e-3 * expected.abs(), "{found}, expected {expected}");
        }
    }

    #[test]
    fn a_shared_constant_stays_with_the_term_that_stays() {
        let data = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1));
        let test = TestProblem::new(data, &options(1, &["x/(5 + x**2)"], "shared = [\"x/(5 + x**2)\"]"));
        let fit = test.fit(&[(0, "y"), (0, "x/(5 + x**2)"), (1, "x/(5 + x**2)")]);
        let smaller = without(&test.problem(), &fit, &[1]).expect("a fit");
        assert_eq!(smaller.structure, test.structure(&[(0, "y"), (1, "x/(5 + x**2)")]));
        assert_eq!(smaller.parameters().len(), 3);
    }

    #[test]
    fn terms_go_that_a_threshold_forbids_and_no_others() {
        let test = TestProblem::swing(2, 0.0);
        let fit = test.fit(&[(0, "y"), (0, "x*y"), (1, "x"), (1, "y")]);
        let coefficients = fit.parameters();
        // Scaled coefficients: about 0.7, 0 and 1.4, and the damping of 0.2.
        let weakest = |range: std::ops::Range<f64>| coefficients.iter().filter(|c| range.contains(&c.abs())).count();
        assert_eq!((weakest(0.0..0.01), weakest(0.01..0.5)), (1, 1), "{coefficients:?}");
        let of_threshold = |threshold| without_weak_terms(&test.problem(), fit.clone(), threshold).expect("a fit");
        assert_eq!(of_threshold(0.0).structure, fit.structure);
        assert_eq!(of_threshold(0.01).structure, test.structure(&TRUE));
        assert_eq!(of_threshold(0.5).structure, test.structure(&TRUE[..2]));
        // With one term alone its state is as small as that coefficient is large.
        assert!(of_threshold(1e12).structure.is_empty());
    }

    #[test]
    fn what_adds_less_to_a_rate_than_the_discretisation_is_negligible() {
        let test = TestProblem::swing(2, 0.0);
        let mut fit = test.fit(&[(0, "y"), (0, "x*y"), (1, "x"), (1, "y")]);
        fit.estimate.parameters[1] = 1e-7;
        assert_eq!(negligible(&test.problem(), &fit), [1]);
        fit.estimate.parameters[1] = 1e-3;
        assert!(negligible(&test.problem(), &fit).is_empty());
    }
}
