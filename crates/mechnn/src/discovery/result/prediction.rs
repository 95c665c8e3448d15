//! How a refit without the last rows predicts them.

use mechnn_solver::smoother::RelativeNoise;
use ndarray::{Array2, ArrayView2, s};

use super::builder::ResultBuilder;
use crate::data::Trajectory;
use crate::discovery::evidence::{Forecast, HeldOut, Past, Refit, deviation_limit, refit_without_last_rows};
use crate::discovery::fit::{Estimator, Fit};
use crate::discovery::request::DiscoveryError;
use crate::equation::{Rollout, SimulationOptions, SparseModel, r2, simulate_with_inputs};

/// The refit simulated over the rows that were left out of one trajectory.
struct Ahead {
    /// From the last row that stays on, on the grid, `[M]`.
    rollout: Rollout,
    /// Where the rows are on that grid.
    rows: Vec<usize>,
}

impl ResultBuilder<'_> {
    /// The prediction of the last rows of each trajectory; none where it is too short.
    ///
    /// # Errors
    /// [`DiscoveryError`] if the refitted model is not finite, or cannot be simulated at all.
    pub(super) fn held_out(&self, fit: &Fit) -> Result<Vec<Option<HeldOut>>, DiscoveryError> {
        let count = self.data.trajectories.len();
        let Some(refit) = refit_without_last_rows(&self.problem, fit) else { return Ok(vec![None; count]) };
        let model =
            ResultBuilder { data: self.data, problem: self.problem.on(&refit.data) }.model(&refit.fit, None)?;
        let mut ahead = Vec::new();
        let mut end = 0;
        for (index, trajectory) in self.data.trajectories.iter().enumerate() {
            end += refit.data.segments[index].observations.len();
            let simulated = match refit.rows[index] < trajectory.times.len() {
                true => Some(self.simulated_ahead(&model, &refit, index, end)?),
                false => None,
            };
            ahead.push(simulated);
        }
        let variances = self.variances_ahead(&refit, &ahead);
        let predicted = |(index, ahead): (usize, &Option<Ahead>)| {
            let ahead = ahead.as_ref()?;
            Some(self.judged(fit, &refit, index, ahead, variances.as_ref().map(|all| &all[index])))
        };
        Ok(ahead.iter().enumerate().map(predicted).collect())
    }

    /// The refitted model from its last state on; `end` is where that trajectory's states end among the refit's.
    fn simulated_ahead(
        &self,
        model: &SparseModel,
        refit: &Refit,
        index: usize,
        end: usize,
    ) -> Result<Ahead, DiscoveryError> {
        let (dims, whole, trajectory) = (self.data.dims(), self.problem.data, &self.data.trajectories[index]);
        let kept = refit.rows[index];
        let scale = &refit.data.scaling.state;
        let last: Vec<f64> = (0..dims).map(|d| refit.fit.estimate.states[end - dims + d] * scale[d]).collect();
        let observed_at = &whole.observed_at[index][kept - 1..];
        let grid = &whole.segments[index].times[observed_at[0]..];
        let mut times: Vec<f64> = grid.iter().map(|t| trajectory.times[0] + t * whole.scaling.time).collect();
        let rows: Vec<usize> = observed_at.iter().map(|at| at - observed_at[0]).collect();
        // Exactly the data's own, not up to rounding.
        rows.iter().zip(&trajectory.times[kept - 1..]).for_each(|(&at, &time)| times[at] = time);
        times.truncate(rows[rows.len() - 1] + 1);
        let options = SimulationOptions::for_data(trajectory.values.view());
        let rollout = simulate_with_inputs(model, &trajectory.inputs, &last, &times, &options)?;
        Ok(Ahead { rollout, rows })
    }

    /// The variances of the predicted states, scaled, for each trajectory those of its whole grid: as the data without
    /// the last rows leave them, by the curvature of the fit at the prediction. None if a simulation did not reach the
    /// end, or the data leave a direction open.
    fn variances_ahead(&self, refit: &Refit, ahead: &[Option<Ahead>]) -> Option<Vec<Vec<f64>>> {
        let (dims, scale) = (self.data.dims(), &refit.data.scaling.state);
        let mut without = self.problem.data.clone();
        let mut states = Vec::new();
        let mut offset = 0;
        for (index, ahead) in ahead.iter().enumerate() {
            let own = refit.data.segments[index].observations.len();
            states.extend_from_slice(&refit.fit.estimate.states[offset..][..own]);
            offset += own;
            let Some(Ahead { rollout, .. }) = ahead else { continue };
            let segment = &mut without.segments[index];
            let length = own + (rollout.values.nrows() - rollout.reached.min(1)) * dims;
            if rollout.status.stopped_at().is_some() {
                return None;
            }
            segment.times.truncate(length / dims);
            segment.observations.truncate(length);
            segment.observations[own..].fill(f64::NAN);
            if let RelativeNoise::OfEach(relative) = &mut segment.relative_noise {
                relative.truncate(length);
            }
            let rows = rollout.values.outer_iter().skip(1);
            states.extend(rows.flat_map(|row| row.iter().zip(scale).map(|(x, scale)| x / scale).collect::<Vec<_>>()));
        }
        let mut fit = refit.fit.clone();
        fit.estimate.states = states;
        let problem = self.problem.on(&without);
        let marginals = Estimator::new(problem).marginals(&fit, self.problem.tuning.tight).ok()?;
        let mut rest = marginals.states.as_slice();
        let mut of_each = Vec::new();
        for segment in &without.segments {
            let (own, others) = rest.split_at(segment.observations.len());
            of_each.push(own.to_vec());
            rest = others;
        }
        Some(of_each)
    }

    /// The prediction beside the rows, and beside the better of two forecasts without equations.
    fn judged(&self, fit: &Fit, refit: &Refit, index: usize, ahead: &Ahead, variances: Option<&Vec<f64>>) -> HeldOut {
        let (dims, whole, trajectory) = (self.data.dims(), self.problem.data, &self.data.trajectories[index]);
        let (kept, segment, scale) = (refit.rows[index], &whole.segments[index], &whole.scaling.state);
        let noise_at = |row: usize, d: usize| {
            let at = whole.observed_at[index][row] * dims + d;
            fit.noise[d] * segment.relative_noise.at(at) * scale[d]
        };
        let reached: Vec<usize> =
            ahead.rows.iter().copied().skip(1).filter(|&at| at < ahead.rollout.reached).collect();
        let predicted = ahead.rollout.values.select(ndarray::Axis(0), &reached);
        let measured = trajectory.values.slice(s![kept.., ..]);
        let (mut expected, mut deviations, mut common, mut values) = (0.0, 0.0, 0.0, 0usize);
        for ((row, d), y) in measured.indexed_iter().filter(|(_, y)| !y.is_nan()) {
            let noise = noise_at(kept + row, d);
            let x = predicted.get((row, d)).copied().unwrap_or(f64::INFINITY);
            let variance = variances
                .map_or(f64::INFINITY, |own| own[whole.observed_at[index][kept + row] * dims + d] * scale[d].powi(2));
            values += 1;
            expected += 1.0 + variance / noise.powi(2);
            deviations += match variance.is_finite() {
                true => (x - y).powi(2) / (noise.powi(2) + variance),
                false => ((x - y) / noise).powi(2),
            };
            common += if variance.is_finite() { variance / (noise.powi(2) + variance) } else { 0.0 };
        }
        let count = values as f64;
        let error = |predicted: ArrayView2<'_, f64>| {
            self.root_mean_square(&measured, predicted, |row, d| noise_at(kept + row, d))
        };
        let known = trajectory.values.slice(s![..kept, ..]).iter().filter(|y| !y.is_nan()).count();
        let past = self.past(refit, index);
        let times = &trajectory.times[kept..];
        let (rival, rival_error) = best_forecast(&past.view(dims), times, dims, &error);
        let has_value = |row: &ndarray::ArrayView1<'_, f64>| row.iter().any(|y| !y.is_nan());
        HeldOut {
            rows: measured.outer_iter().filter(has_value).count(),
            r2: r2(measured, predicted.view()),
            error: error(predicted.view()),
            expected_error: (expected / count).sqrt(),
            deviation: (deviations / count).sqrt(),
            deviation_limit: deviation_limit(values, known, common / count),
            rival,
            rival_error,
            variation: self.variation(trajectory, noise_at),
        }
    }

    /// The estimated states of the rows that stay, in the data's units.
    fn past(&self, refit: &Refit, index: usize) -> OwnedPast {
        let (dims, data) = (self.data.dims(), &refit.data);
        let first: usize = data.segments[..index].iter().map(|segment| segment.observations.len()).sum();
        let segment = &data.segments[index];
        let states = &refit.fit.estimate.states[first..][..segment.observations.len()];
        let origin = self.data.trajectories[index].times[0];
        OwnedPast {
            times: segment.times.iter().map(|t| origin + t * data.scaling.time).collect(),
            states: states.iter().enumerate().map(|(i, x)| x * data.scaling.state[i % dims]).collect(),
        }
    }

    fn root_mean_square(
        &self,
        measured: &ArrayView2<'_, f64>,
        predicted: ArrayView2<'_, f64>,
        noise: impl Fn(usize, usize) -> f64,
    ) -> f64 {
        let errors = measured.indexed_iter().filter(|(_, y)| !y.is_nan()).map(|((row, d), y)| {
            let x = predicted.get((row, d)).copied().unwrap_or(f64::INFINITY);
            ((x - y) / noise(row, d)).powi(2)
        });
        let errors: Vec<f64> = errors.collect();
        (errors.iter().sum::<f64>() / errors.len() as f64).sqrt()
    }

    /// How much all rows of a trajectory vary, over the noise.
    fn variation(&self, trajectory: &Trajectory, noise: impl Fn(usize, usize) -> f64) -> f64 {
        let means: Vec<f64> = trajectory
            .values
            .columns()
            .into_iter()
            .map(|column| {
                let present: Vec<f64> = column.iter().copied().filter(|y| !y.is_nan()).collect();
                present.iter().sum::<f64>() / present.len() as f64
            })
            .collect();
        let means = Array2::from_shape_fn(trajectory.values.dim(), |(_, d)| means[d]);
        self.root_mean_square(&trajectory.values.view(), means.view(), noise)
    }
}

/// Times and states of a [`Past`].
struct OwnedPast {
    times: Vec<f64>,
    states: Vec<f64>,
}

impl OwnedPast {
    fn view(&self, dims: usize) -> Past<'_> {
        Past { times: &self.times, states: &self.states, dims }
    }
}

/// The forecast with the smaller error, and that error.
fn best_forecast(
    past: &Past<'_>,
    times: &[f64],
    dims: usize,
    error: &impl Fn(ArrayView2<'_, f64>) -> f64,
) -> (Forecast, f64) {
    let of = |forecast: Forecast| {
        let rows: Vec<f64> = times.iter().flat_map(|&time| past.forecast(forecast, time)).collect();
        let Ok(values) = Array2::from_shape_vec((times.len(), dims), rows) else {
            unreachable!("a forecast has a value for each state at each time")
        };
        (forecast, error(values.view()))
    };
    let constant = of(Forecast::Constant);
    match past.period().map(|period| of(Forecast::Seasonal { period })) {
        Some(seasonal) if seasonal.1 < constant.1 => seasonal,
        _ => constant,
    }
}
