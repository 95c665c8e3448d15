//! States, noise and outliers before there are equations.

use mechnn_solver::smoother::{RelativeNoise, Segment, SmootherError};

use super::grid::refine_at;
use super::noise::{LARGEST_FRACTION, ProportionalPart, StatesAre, set_relative_noise};
use super::outliers::{SeriesOf, SeriesOutliers, SetAside};
use super::prepared::Preparation;
use super::smoothed::Smoothed;
use crate::data::{Dataset, InputSignal, NoiseModel, StateRoles};

/// The longest interval of the grid, in typical intervals of the data.
const LONGEST_INTERVAL: f64 = 1.5;

/// So that a grid of exactly the asked-for number of intervals is not refined because of rounding.
const ROUNDING: f64 = 1.000_001;

/// Rows may come in pairs or bursts, so that most intervals are far shorter than the time from one burst to the next:
/// the typical interval is at least this part of the interval in which a random time falls as often as not.
const LEAST_PART_OF_A_GAP: f64 = 0.25;

/// A known input that changes within this part of a typical interval is said to jump.
const JUMP: f64 = 0.01;

/// Each smoothing shows the outliers that those before had hidden; after so many the rest stays.
const PASSES: usize = 30;

/// The data on their grid, each state smoothed by itself.
pub(super) struct FirstEstimate {
    pub(super) segments: Vec<Segment>,
    /// For each trajectory, the grid index of each of its times.
    pub(super) observed_at: Vec<Vec<usize>>,
    pub(super) smoothed: Smoothed,
    /// How much of the noise depends on the size of each state, `[D]`.
    pub(super) parts: Vec<ProportionalPart>,
    pub(super) outliers: Vec<SetAside>,
    pub(super) typical_gap: f64,
}

impl FirstEstimate {
    /// # Errors
    /// [`SmootherError`] if a series cannot be smoothed.
    pub(super) fn new(data: &Dataset, preparation: &Preparation<'_>) -> Result<Self, SmootherError> {
        let typical_gap = typical_gap(data);
        let (mut segments, observed_at) = on_grid(data, preparation.min_intervals, typical_gap);
        let mut outliers = Vec::new();
        for pass in 0.. {
            let smoothings = Smoothings::new(&segments, &data.roles, preparation)?;
            let again = pass < PASSES && set_aside(&mut segments, data, preparation, &smoothings, &mut outliers);
            if !again {
                let Smoothing { smoothed, parts, weighted } = smoothings.likeliest;
                return Ok(Self { segments: weighted, observed_at, smoothed, parts, outliers, typical_gap });
            }
        }
        unreachable!("the last pass returns")
    }
}

/// All series smoothed under one model of their noise.
struct Smoothing {
    smoothed: Smoothed,
    parts: Vec<ProportionalPart>,
    weighted: Vec<Segment>,
}

/// The smoothings under the models of the noise that are possible.
struct Smoothings {
    likeliest: Smoothing,
    other: Option<Smoothing>,
}

impl Smoothings {
    /// # Errors
    /// [`SmootherError`] if a series cannot be smoothed.
    fn new(segments: &[Segment], roles: &StateRoles, preparation: &Preparation<'_>) -> Result<Self, SmootherError> {
        let dims = roles.count();
        let parts = vec![ProportionalPart::NONE; dims];
        let smoothed = Smoothed::new(segments, roles, &parts)?;
        let additive = Smoothing { smoothed, parts, weighted: segments.to_vec() };
        // Noise whose standard deviation is given is the same everywhere.
        let model = preparation.noise_model.or(preparation.noise_std.map(|_| NoiseModel::Additive));
        let under = |parts: Vec<ProportionalPart>| {
            let mut weighted = segments.to_vec();
            set_relative_noise(&mut weighted, &additive.smoothed.states, &parts, StatesAre::Smoothed);
            let smoothed = Smoothed::new(&weighted, roles, &parts)?;
            Ok::<_, SmootherError>(Smoothing { smoothed, parts, weighted })
        };
        match model {
            Some(NoiseModel::Additive) => Ok(Self { likeliest: additive, other: None }),
            Some(model) => {
                let given = under(vec![ProportionalPart::of_model(model); dims])?;
                Ok(Self { likeliest: given, other: None })
            }
            None => {
                let all = under(vec![ProportionalPart::ALL; dims])?;
                // Of a state that is nothing but noise, or used up and at zero, a fraction is no model.
                let is_sane = |d: usize| {
                    let states = all.smoothed.states.iter().skip(d).step_by(dims);
                    let size = (states.clone().map(|x| x * x).sum::<f64>() / states.count() as f64).sqrt();
                    all.smoothed.noise[d] <= LARGEST_FRACTION * size
                };
                // That of a velocity is that of its state.
                let sane: Vec<bool> = (0..dims).map(|d| is_sane(roles.position(d))).collect();
                let gain = |d: usize| all.smoothed.log_likelihood[d] - additive.smoothed.log_likelihood[d];
                let is_likelier = (0..roles.measured()).filter(|&d| sane[d]).map(gain).sum::<f64>() > 0.0;
                let proportional = match sane.iter().all(|sane| *sane) {
                    true => all,
                    false => {
                        let part = |sane: &bool| if *sane { ProportionalPart::ALL } else { ProportionalPart::NONE };
                        under(sane.iter().map(part).collect())?
                    }
                };
                let (likeliest, other) = if is_likelier { (proportional, additive) } else { (additive, proportional) };
                Ok(Self { likeliest, other: Some(other) })
            }
        }
    }
}

/// Sets aside what is far from the others under every model of the noise; whether there was anything.
fn set_aside(
    segments: &mut [Segment],
    data: &Dataset,
    preparation: &Preparation<'_>,
    smoothings: &Smoothings,
    outliers: &mut Vec<SetAside>,
) -> bool {
    let (dims, mut any, mut offset) = (data.dims(), false, 0);
    for (number, segment) in segments.iter_mut().enumerate() {
        let own = offset..offset + segment.observations.len();
        offset = own.end;
        let all = std::iter::once(&smoothings.likeliest).chain(&smoothings.other);
        let judgements: Vec<&[f64]> = all.map(|one| &one.smoothed.studentized[own.clone()]).collect();
        for d in 0..data.roles.measured() {
            let mut series =
                SeriesOutliers::new(number, dims, d, (preparation.robust, SeriesOf::Measurements), outliers);
            any |= series.set_aside(segment, &judgements);
        }
    }
    any
}

/// The interval between rows that is usual for the data: the median, unless most of the time is in far longer ones.
fn typical_gap(data: &Dataset) -> f64 {
    let mut gaps: Vec<f64> =
        data.trajectories.iter().flat_map(|x| x.times.windows(2).map(|pair| pair[1] - pair[0])).collect();
    gaps.sort_by(f64::total_cmp);
    let half = 0.5 * gaps.iter().sum::<f64>();
    let mut covered = 0.0;
    let of_time = gaps.iter().find(|gap| {
        covered += **gap;
        covered >= half
    });
    let median = gaps[gaps.len() / 2];
    of_time.map_or(median, |of_time| median.max(LEAST_PART_OF_A_GAP * of_time))
}

/// The observations on the grids of their trajectories, and where the rows are in these.
fn on_grid(data: &Dataset, min_intervals: usize, typical_gap: f64) -> (Vec<Segment>, Vec<Vec<usize>>) {
    let dims = data.dims();
    let on_grid = data.trajectories.iter().map(|trajectory| {
        let span = trajectory.times[trajectory.times.len() - 1] - trajectory.times[0];
        let longest = (LONGEST_INTERVAL * typical_gap).min(span / min_intervals as f64 * ROUNDING);
        // Relative to the start: a large offset would eat the digits of small steps.
        let origin = trajectory.times[0];
        let relative: Vec<f64> = trajectory.times.iter().map(|t| t - origin).collect();
        // Where a known input jumps the equations do, too, and no step goes across the jump.
        let jumps = |input: &InputSignal| -> Vec<f64> {
            let pairs = input.times().windows(2);
            pairs.filter(|pair| pair[1] - pair[0] < JUMP * typical_gap).map(|pair| pair[0] - origin).collect()
        };
        let kinks: Vec<f64> = trajectory.inputs.iter().flat_map(jumps).collect();
        let (times, indices) = refine_at(&relative, &kinks, longest);
        let mut observations = vec![f64::NAN; times.len() * dims];
        for (row, &index) in trajectory.values.outer_iter().zip(&indices) {
            for d in 0..dims {
                observations[index * dims + d] = row[d];
            }
        }
        (Segment { times, observations, relative_noise: RelativeNoise::Uniform }, indices)
    });
    on_grid.unzip()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;

    use super::{FirstEstimate, NoiseModel, Preparation, typical_gap};
    use crate::data::{Dataset, Trajectory};
    use crate::discovery::request::Robust;

    const DEFAULT: Preparation<'static> = Preparation {
        min_intervals: 40,
        noise_model: None,
        noise_std: None,
        explicit_time: false,
        robust: Robust::Auto,
    };

    fn at(times: Vec<f64>, value: impl Fn(usize) -> f64) -> Dataset {
        let values = Array2::from_shape_fn((times.len(), 1), |(i, _)| value(i));
        Dataset::new("t", vec!["x".into()], vec![Trajectory::new("a", times, values).unwrap()]).unwrap()
    }

    #[test]
    fn rows_in_pairs_are_as_far_apart_as_the_pairs() {
        let pairs = (0..30).flat_map(|i| [f64::from(i), f64::from(i) + 0.003]).collect();
        assert!((typical_gap(&at(pairs, |i| i as f64)) - 0.25 * 0.997).abs() < 1e-9);
        let even = (0..30).map(f64::from).collect();
        assert_eq!(typical_gap(&at(even, |i| i as f64)), 1.0);
        // A quarter of the rows missing is nothing unusual.
        let gappy = (0..40).filter(|i| i % 4 != 1).map(f64::from).collect();
        assert_eq!(typical_gap(&at(gappy, |i| i as f64)), 1.0);
    }

    #[test]
    fn pure_noise_in_a_few_rows_can_be_smoothed() {
        let times = (0..31).map(|i| 0.3 * f64::from(i)).collect();
        let data = at(times, |i| 5.0 + 0.1 * ((i * i) as f64).sin());
        let estimate = FirstEstimate::new(&data, &DEFAULT).unwrap();
        assert!(estimate.smoothed.states.iter().all(|x| (x - 5.0).abs() < 0.2));
        assert!(estimate.outliers.is_empty());
    }

    #[test]
    fn one_bad_row_is_set_aside_and_changes_nothing() {
        let times: Vec<f64> = (0..41).map(|i| 0.25 * f64::from(i)).collect();
        let value = |i: usize| 3.0 + (0.25 * i as f64).sin() + 0.02 * ((i * i) as f64).sin();
        let clean = FirstEstimate::new(&at(times.clone(), value), &DEFAULT).unwrap();
        let bad = |i: usize| if i == 17 { 30.0 } else { value(i) };
        let found = FirstEstimate::new(&at(times.clone(), bad), &DEFAULT).unwrap();
        assert_eq!(found.outliers.len(), 1);
        let one = found.outliers[0];
        assert_eq!((one.index, one.value), (found.observed_at[0][17], 30.0));
        assert!(found.segments[0].observations[one.index].is_nan());
        let moved = found.smoothed.states.iter().zip(&clean.smoothed.states).map(|(a, b)| (a - b).abs());
        assert!(moved.fold(0.0, f64::max) < 0.02);
        let kept = FirstEstimate::new(&at(times, bad), &Preparation { robust: Robust::Off, ..DEFAULT }).unwrap();
        assert!(kept.outliers.is_empty());
    }

    #[test]
    fn noise_of_what_is_used_up_is_no_fraction_of_it() {
        // A decay to zero, with noise around it.
        let times: Vec<f64> = (0..61).map(|i| 0.2 * f64::from(i)).collect();
        let noise = |i: usize| 0.1 * (((i as f64) * 0.618_033_988_749_895).fract() - 0.5);
        let data = at(times, |i| 3.0 * (-0.4 * i as f64).exp() + noise(i));
        let estimate = FirstEstimate::new(&data, &DEFAULT).unwrap();
        assert_eq!(estimate.parts[0].model(), NoiseModel::Additive);
        assert!((estimate.smoothed.noise[0] / 0.0289 - 1.0).abs() < 0.3, "{}", estimate.smoothed.noise[0]);
    }
}
