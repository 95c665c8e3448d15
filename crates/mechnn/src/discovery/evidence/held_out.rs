//! How well the equations predict rows that had no part in their coefficients.

use mechnn_solver::smoother::{GaussNewton, RelativeNoise, WienerSmoother};

use super::forecast::Forecast;
use crate::discovery::fit::{Estimator, Fit};
use crate::discovery::prepare::PreparedData;
use crate::discovery::structure::{Guess, Problem};
use crate::estimation::{REPRODUCED_R2, WITHIN_NOISE};

/// The prediction of a trajectory's last rows, by coefficients and states refitted without them, beside what the
/// noise, the uncertainty of the refit and a forecast without equations would make of it.
///
/// The terms were chosen with these rows: the score is of the coefficients and of the form, not of the search.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct HeldOut {
    /// Rows with a value that were left out.
    pub rows: usize,
    /// Variance-weighted R2 of the prediction; negative infinity if it diverges.
    pub r2: f64,
    /// Root mean square of the prediction's errors over the noise: 1 is as good as can be.
    pub error: f64,
    /// What the right equations would have for `error`, on average: the noise of the rows and the uncertainty of the
    /// refitted numbers and states, carried to those rows. Infinite where that cannot be computed.
    pub expected_error: f64,
    /// Root mean square of the errors over the standard deviation that each is expected to have.
    pub deviation: f64,
    /// The right equations have a smaller `deviation` in 99 of 100 cases.
    pub deviation_limit: f64,
    /// The forecast without equations that does better: constant or seasonal.
    pub rival: Forecast,
    /// What it has for `error`.
    pub rival_error: f64,
    /// How much the states vary over all rows of the trajectory: root mean square about their means, over the noise.
    pub variation: f64,
}

/// What a prediction of rows that were left out says of the equations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prediction {
    /// The errors are such as noise and uncertainty make, or small beside how much the rows vary; a forecast without
    /// equations does worse.
    Confirmed,
    /// The errors are larger.
    Missed,
    /// The rows hardly change, so that a constant forecast predicts them, too.
    AtRest,
    /// A forecast that repeats the last period is as good.
    Repeats,
    /// The refit is so uncertain that it would agree with nearly everything.
    Vague,
}

/// A constant forecast with errors of up to this many standard deviations of the noise says that nothing happens.
const NOTHING_HAPPENS: f64 = WITHIN_NOISE;

/// A prediction whose own uncertainty is more than this part of how much the states vary agrees with nearly
/// everything.
const VAGUE: f64 = 0.5;

impl HeldOut {
    /// What it says of the equations.
    pub fn prediction(&self) -> Prediction {
        let is_right = self.deviation <= self.deviation_limit || self.r2 >= REPRODUCED_R2;
        let own_uncertainty = (self.expected_error.powi(2) - 1.0).max(0.0).sqrt();
        match () {
            () if !(is_right && self.error.is_finite()) => Prediction::Missed,
            () if self.rival == Forecast::Constant && self.rival_error <= NOTHING_HAPPENS => Prediction::AtRest,
            () if own_uncertainty > VAGUE * self.variation && self.r2 < REPRODUCED_R2 => Prediction::Vague,
            () if self.rival_error <= self.error && self.rival == Forecast::Constant => Prediction::AtRest,
            () if self.rival_error <= self.error => Prediction::Repeats,
            () => Prediction::Confirmed,
        }
    }
}

/// Squares of `values` errors in units of their standard deviation, summed up, stay below this in 99 of 100 cases
/// divided by their number, if a part of each error, `common`, is the same for all: the uncertainty of a number moves
/// the whole prediction. The noise was estimated from `known` values itself.
///
/// The part that differs has the quantile of chi squared in Wilson's and Hilferty's approximation, the common one that
/// of a single number, 6.63.
pub(crate) fn deviation_limit(values: usize, known: usize, common: f64) -> f64 {
    let quantile = |count: f64| {
        let spread = 2.0 / (9.0 * count);
        (1.0 - spread + ONE_SIDED * spread.sqrt()).powi(3)
    };
    let estimated = 1.0 + ONE_SIDED * (2.0 / known.max(1) as f64).sqrt();
    (((1.0 - common) * quantile(values.max(1) as f64) + common * quantile(1.0)) * estimated).sqrt()
}

/// Quantile of the normal distribution for 99 %, one side.
const ONE_SIDED: f64 = 2.326;

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
        let has_value =
            |row: &usize| segment.observations[observed_at[*row] * dims..][..dims].iter().any(|y| !y.is_nan());
        // Empty rows do not count, wherever they are.
        let with_values: Vec<usize> = (0..all).filter(has_value).collect();
        let first = (KEPT * with_values.len() as f64) as usize;
        let kept = with_values.get(first).copied().unwrap_or(all);
        let observed_before =
            |d: usize| observed_at[..kept].iter().filter(|&&at| !segment.observations[at * dims + d].is_nan()).count();
        let measured = 0..problem.data.roles.measured();
        let long_enough = with_values.len() - first >= FEWEST_ROWS
            && measured.clone().all(|d| observed_before(d) >= WienerSmoother::MIN_OBSERVATIONS);
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
    use super::{Forecast, HeldOut, Prediction, Refit, deviation_limit, refit_without_last_rows};
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
    fn rows_without_a_value_are_not_counted() {
        let mut data = simulated(&SWING, &[&[2.0, 0.0]], &times(41, 0.1));
        (32..41).for_each(|row| data.trajectories[0].values.row_mut(row).fill(f64::NAN));
        let test = TestProblem::new(data, &polynomials(1));
        // 32 rows have values, of which 0.8 are 25.6.
        assert_eq!(refit_without_last_rows(&test.problem(), &test.fit(&TRUE)).map(|refit| refit.rows), Some(vec![25]));
    }

    /// Twenty rows that vary by ten times their noise, predicted as well as can be.
    const GOOD: HeldOut = HeldOut {
        rows: 20,
        r2: 0.99,
        error: 1.0,
        expected_error: 1.05,
        deviation: 0.95,
        deviation_limit: 1.4,
        rival: Forecast::Constant,
        rival_error: 12.0,
        variation: 10.0,
    };

    #[test]
    fn a_prediction_confirms_only_what_could_have_failed() {
        assert_eq!(GOOD.prediction(), Prediction::Confirmed);
        let cases = [
            (HeldOut { rival_error: 1.1, ..GOOD }, Prediction::AtRest),
            (HeldOut { rival: Forecast::Seasonal { period: 2.0 }, rival_error: 0.99, ..GOOD }, Prediction::Repeats),
            (HeldOut { expected_error: 8.0, r2: 0.3, ..GOOD }, Prediction::Vague),
            (HeldOut { r2: 0.2, deviation: 2.0, ..GOOD }, Prediction::Missed),
            // At rest in the data, and not so by the equations.
            (HeldOut { r2: -3.0, deviation: 2.0, rival_error: 1.0, ..GOOD }, Prediction::Missed),
            (
                HeldOut { r2: f64::NEG_INFINITY, error: f64::INFINITY, deviation: f64::INFINITY, ..GOOD },
                Prediction::Missed,
            ),
            // Larger than the noise of nearly exact data, and small beside how much the rows vary.
            (
                HeldOut { deviation: 5.0, error: 5.0, rival_error: 900.0, variation: 1000.0, ..GOOD },
                Prediction::Confirmed,
            ),
        ];
        for (held_out, expected) in cases {
            assert_eq!(held_out.prediction(), expected, "{held_out:?}");
        }
    }

    #[test]
    fn the_limit_falls_with_the_rows_and_rises_with_what_they_have_in_common() {
        // Of chi squared with 10 and 100 degrees of freedom, 99 %: 23.21 and 135.8.
        for (values, expected) in [(10, 23.21), (100, 135.8)] {
            let found = deviation_limit(values, usize::MAX, 0.0).powi(2) * f64::from(values as u32);
            assert!((found / expected - 1.0).abs() < 0.01, "{values}: {found}, expected {expected}");
        }
        // A single number, 6.63, whatever the rows.
        assert!((deviation_limit(100, usize::MAX, 1.0).powi(2) - 6.63).abs() < 0.1);
        assert!(deviation_limit(10, 20, 0.0) > deviation_limit(10, 1000, 0.0));
    }
}
