//! Data, states and predictions of every trajectory.

use mechnn_solver::smoother::{ExactFit, SmootherProblem};
use ndarray::Array2;

use super::inference_result::InferredTrajectory;
use crate::data::Dataset;
use crate::equation::r2;
use crate::inference::fit::Fit;
use crate::inference::prepare::Row;

/// All of them, in the order of the data.
pub(crate) fn trajectories(fit: &Fit<'_>, data: &Dataset) -> Vec<InferredTrajectory> {
    let binding = &fit.binding;
    let (dims, columns) = (binding.model.dims(), binding.model.observations.len());
    let theta = &fit.estimate.parameters;
    let simulated = simulation(fit);
    let mut offset = 0;
    let mut all = Vec::new();
    for (trajectory, of) in binding.trajectories.iter().zip(&data.trajectories) {
        let rows = trajectory.rows.len();
        let constants = trajectory.constants(theta);
        let at = |states: &[f64], n: usize| -> Vec<f64> {
            states[offset + n * trajectory.substeps * dims..][..dims].to_vec()
        };
        let observed = |states: &[f64]| {
            let values = trajectory.rows.iter().flat_map(|&n| {
                let variables = trajectory.variables(trajectory.data_times[n], &at(states, n));
                let observations = binding.model.observations.iter();
                observations.map(|o| o.expression.evaluate(&variables, &constants)).collect::<Vec<_>>()
            });
            shaped(rows, columns, values.collect())
        };
        let mut measured = Array2::from_elem((rows, columns), f64::NAN);
        for (index, &n) in trajectory.rows.iter().enumerate() {
            trajectory.data[n].iter().for_each(|row: &Row| measured[[index, row.observation]] = row.value);
        }
        let predicted = observed(&fit.estimate.states);
        let simulated = match &simulated {
            Some(states) => observed(states),
            // No row at all.
            None => shaped(0, columns, Vec::new()),
        };
        let states = trajectory.rows.iter().flat_map(|&n| at(&fit.estimate.states, n)).collect();
        let mesh = trajectory.mesh();
        let on_mesh = mesh.iter().enumerate().flat_map(|(t, &time)| {
            let variables = trajectory.variables(time, &fit.estimate.states[offset + t * dims..][..dims]);
            let observations = binding.model.observations.iter();
            observations.map(|o| o.expression.evaluate(&variables, &constants)).collect::<Vec<_>>()
        });
        let curve = shaped(mesh.len(), columns, on_mesh.collect());
        all.push(InferredTrajectory {
            name: of.name.clone(),
            times: trajectory.rows.iter().map(|&n| trajectory.data_times[n]).collect(),
            states: shaped(rows, dims, states),
            fit_r2: r2(measured.view(), predicted.view()),
            rollout_r2: r2(measured.view(), simulated.view()),
            measured,
            predicted,
            mesh,
            curve,
            simulated,
        });
        offset += trajectory.points() * dims;
    }
    all
}

fn shaped(rows: usize, columns: usize, values: Vec<f64>) -> Array2<f64> {
    let count = values.len();
    match Array2::from_shape_vec((rows, columns), values) {
        Ok(array) => array,
        Err(_) => {
            unreachable!("{count} values for {rows} rows, each of which gives one value per column of {columns}")
        }
    }
}

/// States of the equations from the estimated starts, without a random part.
fn simulation(fit: &Fit<'_>) -> Option<Vec<f64>> {
    if fit.process_noise.is_empty() {
        return Some(fit.estimate.states.clone());
    }
    let binding = &fit.binding;
    let segments = binding.segments();
    let problem = SmootherProblem {
        dynamics: binding,
        segments: &segments,
        noise: &binding.unit_noise,
        model_error: &fit.process_noise,
        reference_step: 1.0,
        prior_precision: &binding.no_prior,
    };
    let simulation = ExactFit { problem, initial: binding };
    simulation.solution(&fit.estimate.parameters, &fit.estimate.states).map(|estimate| estimate.states)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::trajectories;
    use crate::inference::Model;
    use crate::inference::example::{DECAY, fitted, table};

    #[test]
    fn rows_are_those_of_the_data_and_the_curve_has_all_steps() {
        let model = Model::from_toml(&format!("[model]\nsubsteps = 3\n{DECAY}")).unwrap();
        let data = table(&[&[4.0, f64::NAN, 1.0, 0.5], &[2.0, 1.0]]);
        let fit = fitted(&model, &data);
        let all = trajectories(&fit, &data);
        assert_eq!(all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let first = &all[0];
        assert_eq!((first.mesh.len(), first.curve.dim(), first.states.dim()), (10, (10, 1), (4, 1)));
        assert!(first.measured[[1, 0]].is_nan() && first.measured[[2, 0]] == 1.0);
        for one in &all {
            for (n, predicted) in one.predicted.iter().enumerate() {
                assert_eq!(*predicted, one.curve[[3 * n, 0]], "the column is the state");
                assert_eq!(*predicted, one.states[[n, 0]]);
            }
            // Equations that hold exactly are their own simulation.
            assert_eq!(one.simulated, one.predicted);
        }
    }
}
