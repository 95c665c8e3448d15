//! How well a simulated trajectory agrees with data that has missing entries.

use ndarray::{ArrayView1, ArrayView2};

/// Deviation, in standard deviations of the state, up to which a rollout counts as valid.
const VALID_DEVIATION: f64 = 0.2;

/// Coefficient of determination of `predicted` against `data`, weighted by the variance of each state.
///
/// $$ R^2 = 1 - \frac{\sum_{d} w_d\, \mathrm{MSE}_d / \mathrm{var}_d}{\sum_d w_d}, \qquad w_d = \mathrm{var}_d $$
///
/// over the entries that are not missing in `data`, as in scikit-learn's `variance_weighted`; the means are
/// taken per state over its own entries. A state that does not vary counts only through its error: if none varies, the
/// score is 1 for an exact prediction and negative infinity otherwise. NaN if nothing was measured.
///
/// A rollout that ended early has fewer rows than the data; it scores negative infinity, as does one that is not
/// finite.
///
/// # Shapes
/// - `data`: `[N, D]`, NaN = missing
/// - `predicted`: `[N, D]`
pub fn r2(data: ArrayView2<'_, f64>, predicted: ArrayView2<'_, f64>) -> f64 {
    if data.iter().all(|value| value.is_nan()) {
        return f64::NAN;
    }
    if data.dim() != predicted.dim() {
        return f64::NEG_INFINITY;
    }
    let (mut residual, mut total) = (0.0, 0.0);
    for (measured, predicted) in data.columns().into_iter().zip(predicted.columns()) {
        let Some((mean, variance, count)) = moments(measured) else { continue };
        let squared = |(y, x): (&f64, &f64)| if y.is_nan() { 0.0 } else { (y - x) * (y - x) };
        // Means, not sums: a state measured more often must not weigh more.
        residual += measured.iter().zip(predicted).map(squared).sum::<f64>() / count;
        // Rounding of the mean must not look like variation.
        total += if variance.sqrt() > 1e-14 * mean.abs() { variance } else { 0.0 };
    }
    if !residual.is_finite() {
        f64::NEG_INFINITY
    } else if total > 0.0 {
        1.0 - residual / total
    } else if residual == 0.0 {
        1.0
    } else {
        f64::NEG_INFINITY
    }
}

/// How long a rollout stays valid: the time from the first point to the first one at which a measured state is farther
/// from the data than 20 % of that state's standard deviation, or to the end of the data or of the rollout.
///
/// Compare with data without noise, or with smoothed data: noise above 20 % ends the validity by itself. A rollout
/// that reached nothing was valid for a time of 0.
///
/// # Shapes
/// - `times`: `[N]`
/// - `data`: `[N, D]`, NaN = missing
/// - `predicted`: `[M, D]` with M <= N, the rows that the rollout reached
pub fn valid_time(times: &[f64], data: ArrayView2<'_, f64>, predicted: ArrayView2<'_, f64>) -> f64 {
    let (Some(first), deviations) = (times.first(), deviations(data)) else { return 0.0 };
    let mut last_valid = None;
    for ((time, measured), predicted) in times.iter().zip(data.rows()).zip(predicted.rows()) {
        // Negated, so that a prediction that is NaN is not valid.
        let valid = measured
            .iter()
            .zip(predicted)
            .zip(&deviations)
            .all(|((y, x), deviation)| y.is_nan() || (y - x).abs() <= VALID_DEVIATION * deviation);
        if !valid {
            return time - first;
        }
        last_valid = Some(time - first);
    }
    last_valid.unwrap_or(0.0)
}

/// Standard deviation of each state; where a state does not vary, its magnitude, so that there is a tolerance at all.
fn deviations(data: ArrayView2<'_, f64>) -> Vec<f64> {
    let deviation = |column| match moments(column) {
        Some((mean, variance, _)) if variance.sqrt() <= 1e-14 * mean.abs() => mean.abs(),
        Some((_, variance, _)) => variance.sqrt(),
        // Never compared with anything: nothing was measured.
        None => 0.0,
    };
    data.columns().into_iter().map(deviation).collect()
}

/// Mean, variance and count of the entries that are not missing; none without entries.
fn moments(column: ArrayView1<'_, f64>) -> Option<(f64, f64, f64)> {
    let present = || column.iter().copied().filter(|value| !value.is_nan());
    let count = present().count() as f64;
    if count == 0.0 {
        return None;
    }
    let mean = present().sum::<f64>() / count;
    let variance = present().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    Some((mean, variance, count))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array, s};

    use super::{r2, valid_time};

    #[test]
    fn r2_weighs_states_by_their_variance() {
        let data = array![[0.0, 10.0], [2.0, 30.0], [4.0, 50.0]];
        assert_eq!(r2(data.view(), data.view()), 1.0);
        // Predicting the mean explains nothing.
        let mean = array![[2.0, 30.0], [2.0, 30.0], [2.0, 30.0]];
        assert_eq!(r2(data.view(), mean.view()), 0.0);
        // Sums of squares 8 and 800; a residual of 2 per entry of y: 1 - 12 / 808.
        let off = &data + &array![[0.0, 2.0]];
        assert!((r2(data.view(), off.view()) - (1.0 - 12.0 / 808.0)).abs() < 1e-15);
    }

    #[test]
    fn r2_skips_missing_entries() {
        let data = array![[0.0, f64::NAN], [2.0, 30.0], [f64::NAN, 50.0], [4.0, f64::NAN]];
        let mut predicted = array![[0.0, 1e9], [2.0, 30.0], [-1e9, 50.0], [4.0, f64::NAN]];
        assert_eq!(r2(data.view(), predicted.view()), 1.0);
        predicted[[1, 0]] = f64::NAN;
        assert_eq!(r2(data.view(), predicted.view()), f64::NEG_INFINITY);
        let nothing = Array2::from_elem((4, 2), f64::NAN);
        assert!(r2(nothing.view(), predicted.view()).is_nan());
    }

    #[test]
    fn r2_of_constant_or_unfinished_data() {
        let data = Array2::from_elem((5, 1), 0.1);
        assert_eq!(r2(data.view(), data.view()), 1.0);
        assert_eq!(r2(data.view(), (&data + 1.0).view()), f64::NEG_INFINITY);
        assert_eq!(r2(data.view(), data.slice(s![..3, ..])), f64::NEG_INFINITY);
    }

    #[test]
    fn validity_ends_at_a_fifth_of_the_standard_deviation() {
        // std of (-1, 1, -1, 1) is 1.
        let times = [10.0, 11.0, 13.0, 16.0];
        let data = array![[-1.0], [1.0], [-1.0], [1.0]];
        let off = |errors: [f64; 4]| &data + &array![[errors[0]], [errors[1]], [errors[2]], [errors[3]]];
        assert_eq!(valid_time(&times, data.view(), off([0.19; 4]).view()), 6.0);
        assert_eq!(valid_time(&times, data.view(), off([0.0, 0.1, 0.21, 0.0]).view()), 3.0);
        assert_eq!(valid_time(&times, data.view(), off([0.3; 4]).view()), 0.0);
        assert_eq!(valid_time(&times, data.view(), off([0.0, f64::NAN, 0.0, 0.0]).view()), 1.0);
        // A rollout that ended early is valid up to its end.
        assert_eq!(valid_time(&times, data.view(), data.slice(s![..2, ..])), 1.0);
        assert_eq!(valid_time(&times, data.view(), data.slice(s![..0, ..])), 0.0);
        assert_eq!(valid_time(&[], data.slice(s![..0, ..]), data.slice(s![..0, ..])), 0.0);
    }

    #[test]
    fn missing_entries_are_valid() {
        let data = array![[-1.0], [1.0], [f64::NAN], [1.0]];
        let predicted = array![[-1.0], [1.0], [100.0], [1.0]];
        assert_eq!(valid_time(&[0.0, 1.0, 2.0, 3.0], data.view(), predicted.view()), 3.0);
    }
}
