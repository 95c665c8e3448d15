//! What can be said of data before anything is fitted.

use std::iter;

use ndarray::s;
use serde::Serialize;

use super::outliers::{Outlier, outliers};
use super::times::{Gap, TimeSummary};
use crate::Error;
use crate::data::{Dataset, NoiseModel, Peculiarity, TableReading, Trajectory};
use crate::discovery::{DiscoveryOptions, SearchPreview, preview};
use crate::equation::{SimulationError, SimulationOptions};

/// What can be said of data before anything is fitted.
#[derive(Debug)]
#[non_exhaustive]
pub struct Inspection {
    /// The times of each trajectory.
    pub times: Vec<TimeSummary>,
    /// Each state, `[D]`.
    pub states: Vec<StateSummary>,
    /// What a search would begin with, or why there would be none.
    pub search: Result<SearchPreview, Error>,
    /// Rows of each trajectory that the noise was estimated from, if not all.
    pub rows_used: Option<usize>,
}

/// The values of one state, over all trajectories.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StateSummary {
    /// Its name.
    pub name: String,
    /// Its name in equations.
    pub python_name: String,
    /// Its unit, if it has one.
    pub unit: Option<String>,
    /// Values measured.
    pub values: usize,
    /// Values missing.
    pub missing: usize,
    /// The smallest value.
    pub smallest: f64,
    /// The largest value.
    pub largest: f64,
    /// Their root mean square.
    pub root_mean_square: f64,
    /// The longest time without a value, where that is more than twice the typical interval between rows.
    pub longest_gap: Option<Gap>,
    /// Standard deviation of the noise, as a search would estimate it at first, of proportional noise at the root mean
    /// square; none if there would be no search.
    pub noise: Option<f64>,
    /// What the noise depends on.
    pub noise_model: Option<NoiseModel>,
    /// What is peculiar about the values.
    pub peculiarity: Option<Peculiarity>,
    /// Values far from what their neighbours say.
    pub outliers: Vec<Outlier>,
}

/// Rows of a trajectory from which noise is estimated at most; the first ones.
const MOST_ROWS: usize = 5000;

/// Looks at data as they were read.
pub fn inspect(reading: &TableReading, options: &DiscoveryOptions) -> Inspection {
    let data = &reading.data;
    let rows_used = Some(MOST_ROWS).filter(|most| data.trajectories.iter().any(|x| x.points() > *most));
    let search = previewed(data, options);
    let times: Vec<TimeSummary> = data.trajectories.iter().map(TimeSummary::of).collect();
    let names = iter::zip(&data.states, data.python_names()).enumerate();
    let state = |(d, (name, python_name)): (usize, (&String, String))| {
        let preview = search.as_ref().ok();
        StateSummary {
            noise: preview.map(|preview| preview.noise[d]),
            noise_model: preview.map(|preview| preview.noise_models[d]),
            ..summary(reading, &times, d, name, python_name)
        }
    };
    let states = names.map(state).collect();
    Inspection { times, states, search, rows_used }
}

fn previewed(data: &Dataset, options: &DiscoveryOptions) -> Result<SearchPreview, Error> {
    data.check_magnitudes()?;
    if data.dims() > SimulationOptions::MAX_STATES {
        return Err(SimulationError::TooManyStates { found: data.dims() }.into());
    }
    Ok(preview(&shortened(data)?, options)?)
}

/// The first rows of each trajectory.
fn shortened(data: &Dataset) -> Result<Dataset, Error> {
    let first_rows = |trajectory: &Trajectory| {
        let rows = trajectory.points().min(MOST_ROWS);
        let values = trajectory.values.slice(s![..rows, ..]).to_owned();
        Trajectory::new(trajectory.name.clone(), trajectory.times[..rows].to_vec(), values)
    };
    let trajectories = data.trajectories.iter().map(first_rows).collect::<Result<_, _>>()?;
    Ok(Dataset::new(data.time.clone(), data.states.clone(), trajectories)?)
}

fn summary(
    reading: &TableReading,
    spacing: &[TimeSummary],
    d: usize,
    name: &str,
    python_name: String,
) -> StateSummary {
    let data = &reading.data;
    // Times, values and rows where the state was measured, for each trajectory.
    let present = |trajectory: &Trajectory| -> Vec<usize> {
        (0..trajectory.points()).filter(|&row| !trajectory.values[[row, d]].is_nan()).collect()
    };
    let mut series = Vec::with_capacity(data.trajectories.len());
    let mut found = Vec::new();
    let mut longest: Option<Gap> = None;
    for ((trajectory, lines), spacing) in data.trajectories.iter().zip(&reading.lines).zip(spacing) {
        let rows = present(trajectory);
        let times: Vec<f64> = rows.iter().map(|&row| trajectory.times[row]).collect();
        let values: Vec<f64> = rows.iter().map(|&row| trajectory.values[[row, d]]).collect();
        found.extend(outliers(&times, &values).into_iter().map(|(index, expected)| Outlier {
            trajectory: trajectory.name.clone(),
            row: lines[rows[index]],
            time: times[index],
            value: values[index],
            expected,
        }));
        series.push(values);
        let length = |gap: &Gap| gap.to - gap.from;
        let gaps = times.windows(2).map(|pair| Gap { from: pair[0], to: pair[1] });
        let gaps = gaps.filter(|gap| length(gap) > 2.0 * spacing.typical_step);
        longest = gaps.chain(longest).max_by(|a, b| length(a).total_cmp(&length(b)));
    }
    let values: usize = series.iter().map(Vec::len).sum();
    let all = || series.iter().flatten().copied();
    StateSummary {
        name: name.to_owned(),
        python_name,
        unit: data.units.get(name).cloned(),
        values,
        missing: data.points() - values,
        smallest: all().fold(f64::INFINITY, f64::min),
        largest: all().fold(f64::NEG_INFINITY, f64::max),
        root_mean_square: (all().map(|value| value * value).sum::<f64>() / values as f64).sqrt(),
        longest_gap: longest,
        noise: None,
        noise_model: None,
        peculiarity: Peculiarity::of(&series),
        outliers: found,
    }
}
