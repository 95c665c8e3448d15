//! Ranges and tick labels of the axes.

use super::figure_input::FigureTrajectory;
use super::series::extent;
use crate::number::{Scientific, without_trailing_zeros};

/// Digits after the point that tell the ticks of any axis apart; zeros at the end are not written.
const LABEL_DECIMALS: usize = 6;

/// Times of the data and the simulation; of some length.
pub(super) fn time_range(trajectory: &FigureTrajectory<'_>) -> (f64, f64) {
    let times = trajectory.times.iter().chain(trajectory.rollout_times).copied();
    // Without a time nothing is drawn, on an axis of any length.
    padded(extent(times.chain(trajectory.diverged)).unwrap_or((0.0, 1.0)), 0.0)
}

/// Range of a row of panels: that of the data; of the simulations where nothing was measured.
pub(super) fn value_range(columns: &[FigureTrajectory<'_>], row: usize) -> (f64, f64) {
    let data = extent(columns.iter().flat_map(|trajectory| trajectory.data.column(row).to_vec()));
    let rollout = || extent(columns.iter().flat_map(|trajectory| trajectory.rollout.column(row).to_vec()));
    match (data, rollout()) {
        (Some((low, high)), Some((rollout_low, rollout_high))) => {
            // Room for a simulation that swings a little wider, but the data must stay readable.
            let room = 0.2 * (high - low);
            padded((low.min(rollout_low.max(low - room)), high.max(rollout_high.min(high + room))), 0.06)
        }
        (Some(range), None) | (None, Some(range)) => padded(range, 0.06),
        (None, None) => (0.0, 1.0),
    }
}

/// A range widened by a part of itself, or, if it has no length, by a part of its magnitude.
fn padded((low, high): (f64, f64), part: f64) -> (f64, f64) {
    let length = high - low;
    if length > 1e-9 * high.abs().max(low.abs()) {
        (low - part * length, high + part * length)
    } else {
        let room = if high == 0.0 { 1.0 } else { 0.1 * high.abs() };
        (low - room, high + room)
    }
}

/// A tick label on an axis of the given range, without trailing zeros; all labels of very large or very small ranges
/// have an exponent.
pub(super) fn tick_label(value: f64, (low, high): (f64, f64)) -> String {
    // Ticks are sums of steps: rounding errors must not show.
    if value.abs() < 1e-9 * (high - low) {
        return "0".to_owned();
    }
    if !(1e-3..1e5).contains(&low.abs().max(high.abs())) {
        return match Scientific::new(value, LABEL_DECIMALS) {
            Some(Scientific { mantissa, exponent }) => format!("{}e{exponent}", without_trailing_zeros(&mantissa)),
            None => value.to_string(),
        };
    }
    without_trailing_zeros(&format!("{value:.LABEL_DECIMALS$}")).to_owned()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::{FigureTrajectory, padded, tick_label, value_range};

    #[test]
    fn tick_labels_are_short() {
        let small =
            [(0.0, "0"), (-1e-17, "0"), (0.300_000_000_000_000_04, "0.3"), (-2.5, "-2.5"), (20_000.0, "20000")];
        for (value, label) in small {
            assert_eq!(tick_label(value, (-3.0, 20_000.0)), label);
        }
        for (value, label) in [(0.0, "0"), (50_000.0, "5e4"), (-1.5e6, "-1.5e6")] {
            assert_eq!(tick_label(value, (-1.6e6, 1e5)), label);
        }
        assert_eq!(tick_label(2e-5, (0.0, 1e-4)), "2e-5");
    }

    #[test]
    fn ranges_have_a_length() {
        assert_eq!(padded((0.0, 10.0), 0.1), (-1.0, 11.0));
        assert_eq!(padded((0.0, 0.0), 0.1), (-1.0, 1.0));
        assert_eq!(padded((-20.0, -20.0), 0.1), (-22.0, -18.0));
    }

    #[test]
    fn values_follow_the_data_not_a_diverging_simulation() {
        let (times, data, rollout) = ([0.0, 1.0], array![[0.0], [10.0]], array![[0.0], [1e9]]);
        let column = FigureTrajectory {
            name: "",
            times: &times,
            data: &data,
            rollout_times: &times,
            rollout: &rollout,
            diverged: None,
        };
        let (low, high) = value_range(&[column], 0);
        assert!(low > -2.0 && high < 14.0, "{low} {high}");
    }
}
