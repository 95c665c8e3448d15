//! The model error taken away.

use mechnn_solver::smoother::GaussNewton;

use crate::discovery::fit::{Criterion, Estimator, Fit};
use crate::discovery::structure::Problem;

/// Levels of model error that follow the one at which structures are compared.
const LEVELS: [f64; 6] = [1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5];

/// The fraction by which the sum of squares may rise when the model error is taken away: it had followed the noise a
/// little, as every further freedom does.
const RISE: f64 = 0.03;

pub(super) const PATIENT: GaussNewton = GaussNewton { max_iterations: 60, tolerance: 1e-6, corrects: true };

/// The fit at the smallest level of model error that the data bear, and that level.
///
/// While a small model error is allowed, each piece of a trajectory tells of the coefficients on its own. Without it
/// the whole trajectory does, and where it is chaotic, that determines them far better than the pieces: errors grow
/// exponentially, so small ones show. A model that is wrong in detail cannot follow; it keeps the level it can.
pub(super) fn tightened(problem: &Problem<'_>, first: Fit) -> (Fit, f64) {
    let (estimator, criterion) = (Estimator::new(*problem), Criterion::new(*problem));
    let tolerated = RISE * problem.data.all_observations();
    let reference = criterion.deviance(&first);
    let (mut best, mut reached) = (first, problem.tuning.tight);
    for level in LEVELS.into_iter().filter(|level| *level < problem.tuning.tight) {
        match estimator.improve(&best, level, PATIENT) {
            Ok(fit) if criterion.deviance(&fit) < reference + tolerated => (best, reached) = (fit, level),
            _ => break,
        }
    }
    (best, reached)
}

#[cfg(test)]
mod tests {
    use super::{Criterion, LEVELS, PATIENT, RISE, tightened};
    use crate::discovery::refine::settled;
    use crate::discovery::test_problem::{SWING, TestProblem, polynomials, simulated, times};

    #[test]
    fn true_equations_bear_the_smallest_model_error() {
        let test = TestProblem::swing(1, 0.02);
        let fit = settled(&test.problem(), test.fit(&[(0, "y"), (1, "x"), (1, "y")]), PATIENT).expect("a fit");
        let (tight, level) = tightened(&test.problem(), fit.clone());
        assert_eq!(level, LEVELS[LEVELS.len() - 1]);
        for (found, expected) in test.numbers(&tight).iter().zip([1.0, -2.0, -0.3]) {
            // Noise of 2 %, and 81 rows.
            assert!((found - expected).abs() < 0.03, "{:?}", test.numbers(&tight));
        }
    }

    #[test]
    fn wrong_equations_keep_the_level_that_they_can() {
        // A driven swing without its drive, which a loose model error makes up for.
        let drive = [("x", "y"), ("y", "-2*x - 0.3*y + 0.2*sin(3*z)"), ("z", "1")];
        let mut data = simulated(&drive, &[&[2.0, 0.0, 0.0]], &times(81, 0.1)).trajectories.remove(0);
        data.values = data.values.select(ndarray::Axis(1), &[0, 1]);
        let states = SWING.map(|(state, _)| state.to_owned()).to_vec();
        let data = crate::data::Dataset::new("t", states, vec![data]).and_then(|data| data.with_noise(0.001, 1));
        let mut test = TestProblem::new(data.expect("a data set"), &polynomials(1));
        test.tuning.tight = 0.3;
        let fit = test.fit(&[(0, "y"), (1, "x"), (1, "y")]);
        let (kept, level) = tightened(&test.problem(), fit.clone());
        assert_eq!(level, 0.3, "without that error the equations cannot follow the data");
        let criterion = Criterion::new(test.problem());
        let rise = criterion.deviance(&kept) - criterion.deviance(&fit);
        assert!(rise < RISE * test.data.all_observations(), "{rise}");
    }
}
