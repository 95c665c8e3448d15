//! Noise and fit brought into agreement.

use mechnn_solver::smoother::{GaussNewton, SmootherError};

use crate::discovery::fit::{Estimator, Fit, noise_from_residuals};
use crate::discovery::structure::Problem;
use crate::estimation::largest_change;

/// Most times the noise is estimated from the fit and the fit with the noise, and the relative change at which they
/// agree.
const PASSES: usize = 10;
const SETTLED: f64 = 0.01;

/// The fit with noise and numbers in agreement.
///
/// # Errors
/// [`SmootherError`] if not even the first fit succeeds.
pub(crate) fn settled(problem: &Problem<'_>, mut fit: Fit, method: GaussNewton) -> Result<Fit, SmootherError> {
    let estimator = Estimator::new(*problem);
    for pass in 0..PASSES {
        let noise = noise_from_residuals(problem, &fit);
        let moved = largest_change(&fit.noise, &noise);
        match estimator.improve_with_noise(&fit, &noise, problem.tuning.tight, method) {
            Ok(next) => fit = next,
            Err(error) if pass == 0 => return Err(error),
            Err(_) => break,
        }
        if moved < SETTLED {
            break;
        }
    }
    Ok(fit)
}

#[cfg(test)]
mod tests {
    use super::{GaussNewton, settled};
    use crate::discovery::fit::noise_from_residuals;
    use crate::discovery::test_problem::{SWING, TestProblem, polynomials, simulated, times};

    #[test]
    fn the_noise_is_that_which_was_put_in_wherever_it_starts() {
        let clean = simulated(&SWING, &[&[2.0, 0.0]], &times(161, 0.05));
        let noise: Vec<f64> = clean.trajectories[0].standard_deviations().iter().map(|std| 0.05 * std).collect();
        let test = TestProblem::new(clean.with_noise(0.05, 11).expect("noise"), &polynomials(1));
        let fit = test.fit(&[(0, "y"), (1, "x"), (1, "y")]);
        for factor in [0.2, 1.0, 5.0] {
            let mut start = fit.clone();
            start.noise.iter_mut().for_each(|own| *own *= factor);
            let settled = settled(&test.problem(), start, GaussNewton::default()).expect("a fit");
            for (d, expected) in noise.iter().enumerate() {
                // A standard deviation of 161 values is known to 1 / √322 of itself; three of these.
                let found = settled.noise[d] * test.data.scaling.state[d];
                assert!((found / expected - 1.0).abs() < 3.0 / 322f64.sqrt(), "state {d}: {found}, put in {expected}");
                // Noise and numbers agree.
                let left = noise_from_residuals(&test.problem(), &settled)[d];
                assert!((left / settled.noise[d] - 1.0).abs() < 0.01, "state {d}: {left}, not {}", settled.noise[d]);
            }
        }
    }

    #[test]
    fn known_noise_stays_what_it_is() {
        let data = simulated(&SWING, &[&[2.0, 0.0]], &times(81, 0.1)).with_noise(0.05, 11).expect("noise");
        let options = crate::discovery::DiscoveryOptions { noise_std: Some(vec![0.2, 0.3]), ..polynomials(1) };
        let test = TestProblem::new(data, &options);
        let fit = test.fit(&[(0, "y"), (1, "x"), (1, "y")]);
        let settled = settled(&test.problem(), fit, GaussNewton::default()).expect("a fit");
        let expected = [0.2 / test.data.scaling.state[0], 0.3 / test.data.scaling.state[1]];
        assert_eq!(settled.noise, expected);
    }
}
