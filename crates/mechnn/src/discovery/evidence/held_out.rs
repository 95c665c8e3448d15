//! How well the equations predict rows that had no part in their coefficients.

use mechnn_solver::smoother::{GaussNewton, RelativeNoise, WienerSmoother};

use crate::discovery::fit::{Estimator, Fit};
use crate::discovery::prepare::PreparedData;
use crate::discovery::structure::{Guess, Problem};

/// The prediction of a trajectory's last rows, by coefficients and states refitted without them.
///
/// The terms were chosen with these rows: the score is of the coefficients and of the form, not of the search.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct HeldOut {
    /// Rows that were left out.
    pub rows: usize,
    /// Variance-weighted R2 of the prediction; negative infinity if it diverges.
    pub r2: f64,
    /// Root mean square of the prediction's errors over the noise: 1 is as good as can be.
    pub error: f64,
}

/// Fraction of the rows that stay.
const KEPT: f64 = 0.8;

/// Fewer rows left out say nothing.
const FEWEST_ROWS: usize = 3;

/// The first rows of all trajectories, fitted.
pub(crate) struct Refit {
    pub(crate) data: PreparedData,
    pub(crate) fit: Fit,
    /// Rows of each trajectory that are part of it.
    pub(crate) rows: Vec<usize>,
}

/// The structure of `fit` fitted to the first 80 % of the rows of each trajectory that is long enough. None if none
/// is, or if the fit fails.
pub(crate) fn refit_without_last_rows(problem: &Problem<'_>, fit: &Fit) -> Option<Refit> {
    let dims = problem.dims();
    let mut data = problem.data.clone();
    let mut rows = Vec::new();
    let mut states = Vec::new();
    let mut offset = 0;
    for (segment, observed_at) in data.segments.iter_mut().zip(&mut data.observed_at) {
        let all = observed_at.len();
        let kept = (KEPT * all as f64) as usize;
        let observed = |d: usize, from: usize, to: usize| {
            observed_at[from..to].iter().filter(|&&at| !segment.observations[at * dims + d].is_nan()).count()
        };
        let long_enough = all - kept >= FEWEST_ROWS
            && (0..problem.data.roles.measured()).all(|d| observed(d, 0, kept) >= WienerSmoother::MIN_OBSERVATIONS)
            && (0..dims).any(|d| observed(d, kept, all) > 0);
        let kept = if long_enough { kept } else { all };
        rows.push(kept);
        let own = (observed_at[kept - 1] + 1) * dims;
        states.extend_from_slice(&fit.estimate.states[offset..][..own]);
        offset += segment.observations.len();
        segment.times.truncate(own / dims);
        segment.observations.truncate(own);
        if let RelativeNoise::OfEach(relative) = &mut segment.relative_noise {
            relative.truncate(own);
        }
        observed_at.truncate(kept);
    }
    if rows.iter().zip(&problem.data.observed_at).all(|(kept, all)| *kept == all.len()) {
        return None;
    }
    let guess = Guess { structure: fit.structure.clone(), parameters: fit.parameters() };
    let levels = [problem.tuning.tight];
    let estimator = Estimator::new(problem.on(&data));
    let fit = estimator.fit(guess, states, &fit.noise, &levels, GaussNewton::default()).ok()?;
    Some(Refit { data, fit, rows })
}

#[cfg(test)]
mod tests {
    use super::{Refit, refit_without_last_rows};
    use crate::data::{Dataset, NoiseModel};
    use crate::discovery::DiscoveryOptions;
    use crate::discovery::test_problem::{SWING, TestProblem, polynomials, simulated, times};

    const TRUE: [(usize, &str); 3] = [(0, "y"), (1, "x"), (1, "y")];

    /// A trajectory of 51 rows, and a second one of so many.
    fn two(rows: u32) -> Dataset {
        let mut data = simulated(&SWING, &[&[2.0, 0.0], &[0.0, 3.0]], &times(51, 0.1));
        let short = simulated(&SWING, &[&[0.0, 3.0]], &times(rows, 0.1)).trajectories.remove(0);
        (data.trajectories[1].times, data.trajectories[1].values) = (short.times, short.values);
        data.with_noise(0.02, 4).expect("noise")
    }

    #[test]
    fn a_fifth_of_the_rows_is_left_out_where_the_rest_is_enough() {
        let test = TestProblem::new(two(10), &DiscoveryOptions { min_intervals: 100, ..polynomials(1) });
        let fit = test.fit(&TRUE);
        let Refit { data, fit: refit, rows } = refit_without_last_rows(&test.problem(), &fit).expect("a refit");
        // 0.8 times 51 is 40.8; 2 of 10 are too few to say anything.
        assert_eq!(rows, [40, 10]);
        let mut points = 0;
        for (index, (own, whole)) in data.segments.iter().zip(&test.data.segments).enumerate() {
            let observed_at = &test.data.observed_at[index][..rows[index]];
            assert_eq!(data.observed_at[index], observed_at);
            // The grid ends with the last row that stays.
            assert_eq!(own.times.len(), observed_at[rows[index] - 1] + 1);
            assert_eq!(own.times, whole.times[..own.times.len()]);
            // NaN is between the rows, so compare what is there.
            let there = |values: &[f64]| values.iter().copied().filter(|y| !y.is_nan()).collect::<Vec<_>>();
            assert_eq!(there(&own.observations), there(&whole.observations[..2 * own.times.len()]));
            assert_eq!(there(&own.observations).len(), 2 * rows[index]);
            points += own.times.len();
        }
        assert_eq!((refit.estimate.states.len(), &refit.structure), (2 * points, &fit.structure));
        assert_ne!(refit.parameters(), fit.parameters(), "fewer data, other numbers");
        for (found, expected) in test.numbers(&refit).iter().zip([1.0, -2.0, -0.3]) {
            // Noise of 2 % in 50 rows.
            assert!((found - expected).abs() < 0.05, "{:?}", test.numbers(&refit));
        }
    }

    #[test]
    fn the_noise_of_single_observations_is_cut_with_them() {
        let equations = [("x", "-0.5*x"), ("y", "0.5*x - 0.2*y")];
        let data = simulated(&equations, &[&[5.0, 1.0]], &times(41, 0.1)).with_noise(0.01, 4).expect("noise");
        let options = DiscoveryOptions { noise_model: Some(NoiseModel::Proportional), ..polynomials(1) };
        let test = TestProblem::new(data, &options);
        let fit = test.fit(&[(0, "x"), (1, "x"), (1, "y")]);
        let Refit { data, .. } = refit_without_last_rows(&test.problem(), &fit).expect("a refit");
        let (own, whole) = (&data.segments[0], &test.data.segments[0]);
        assert_eq!(own.times.len(), 32);
        assert_eq!(own.relative_noise, whole.relative_noise.of(0..64));
    }

    #[test]
    fn there_is_none_where_every_trajectory_is_too_short() {
        let data = simulated(&SWING, &[&[2.0, 0.0]], &times(12, 0.3));
        let test = TestProblem::new(data, &polynomials(1));
        // 3 of 12 would be left out, were 0.8 times 12 not 9.6: 9 stay.
        assert!(refit_without_last_rows(&test.problem(), &test.fit(&TRUE)).is_some());
        let data = simulated(&SWING, &[&[2.0, 0.0]], &times(10, 0.3));
        let test = TestProblem::new(data, &polynomials(1));
        assert!(refit_without_last_rows(&test.problem(), &test.fit(&TRUE)).is_none());
    }

    #[test]
    fn rows_without_a_value_at_the_end_say_nothing() {
        let mut data = simulated(&SWING, &[&[2.0, 0.0]], &times(41, 0.1));
        (32..41).for_each(|row| data.trajectories[0].values.row_mut(row).fill(f64::NAN));
        let test = TestProblem::new(data, &polynomials(1));
        assert!(refit_without_last_rows(&test.problem(), &test.fit(&TRUE)).is_none());
    }
}
