//! The fit with equations that hold exactly, on a mesh fine enough.

use mechnn_solver::smoother::{Estimate, ExactFit, GaussNewton};

use super::fitted::{Fit, coordinates, log_variances};
use super::levels::{exact_floors, new_levels};
use super::observer::Report;
use super::problem::problem;
use crate::estimation::largest_change;
use crate::inference::prepare::{Binding, BoundTrajectory, InferenceError, MOST_GIB};

/// Rounds of levels of errors and parameters in turn, and when they count as settled.
const MAX_ROUNDS: usize = 30;
const SETTLED: f64 = 1e-3;

/// The mesh is fine enough when halving its steps moves no prediction by more than this many of its standard
/// deviations.
const MESH_TOLERANCE: f64 = 0.02;
const MAX_SUBSTEPS: usize = 256;
const MAX_POINTS: usize = 200_000;

/// The fit with equations that hold exactly, on a mesh fine enough.
pub(crate) fn exact<'a>(
    mut binding: Binding<'a>,
    mut estimate: Estimate,
    report: &mut Report<'_>,
) -> Result<Fit<'a>, InferenceError> {
    let floors = exact_floors(&binding);
    loop {
        let mut fit = settle(&mut binding, estimate, &floors, report)?;
        if binding.model.substeps.is_some() || is_fine(&binding, &fit) {
            fit.binding = binding;
            return Ok(fit);
        }
        let substeps = 2 * binding.trajectories[0].substeps;
        estimate = refined(&binding, &fit.estimate);
        binding.set_substeps(substeps);
        let points: usize = binding.trajectories.iter().map(BoundTrajectory::points).sum();
        if substeps > MAX_SUBSTEPS || points > MAX_POINTS || binding.gib(2 * substeps) > MOST_GIB {
            return settle(&mut binding, estimate, &floors, report);
        }
    }
}

/// Parameters and levels of errors in turn, until they settle.
fn settle<'a>(
    binding: &mut Binding<'a>,
    mut estimate: Estimate,
    floors: &[f64],
    report: &mut Report<'_>,
) -> Result<Fit<'a>, InferenceError> {
    let segments = binding.segments();
    let no_error = vec![1.0; binding.model.dims()];
    let mut rounds = 1;
    let fitted = loop {
        if report("parameters with exact equations").is_break() {
            return Err(InferenceError::Interrupted);
        }
        let settings = GaussNewton { max_iterations: 60, tolerance: 1e-9, corrects: true };
        let parts = problem(binding, &segments, &no_error, &binding.no_prior);
        let fitted = ExactFit { problem: parts, initial: &*binding }.minimize(&settings, &mut estimate)?;
        let levels = &binding.trajectories[0].levels;
        let next = new_levels(binding, &estimate, levels, floors);
        // The information and the deviance belong to the levels that the fit was made with.
        if largest_change(levels, &next) < SETTLED || rounds == MAX_ROUNDS {
            break fitted;
        }
        binding.set_levels(&next);
        binding.reweigh(&estimate.states, &estimate.parameters);
        rounds += 1;
    };
    Ok(Fit {
        coordinates: coordinates(binding, &estimate.parameters),
        deviance: fitted.objective + log_variances(binding),
        objective: fitted.objective,
        information: fitted.information,
        binding: binding.clone(),
        estimate,
        process_noise: Vec::new(),
    })
}

/// Whether halving the steps changes predictions by much less than their errors.
fn is_fine(binding: &Binding<'_>, fit: &Fit<'_>) -> bool {
    let mut finer = binding.clone();
    finer.set_substeps(2 * binding.trajectories[0].substeps);
    let segments = finer.segments();
    let no_error = vec![1.0; binding.model.dims()];
    let parts = problem(&finer, &segments, &no_error, &finer.no_prior);
    let guess = refined(binding, &fit.estimate);
    let Some(solution) = (ExactFit { problem: parts, initial: &finer }).solution(&guess.parameters, &guess.states)
    else {
        return false;
    };
    let before = binding.predictions(&fit.estimate.states, &fit.estimate.parameters);
    let after = finer.predictions(&solution.states, &solution.parameters);
    let levels = &binding.trajectories[0].levels;
    // Written so that NaN is not fine.
    before.iter().zip(&after).all(|((row, a), (_, b))| {
        let rounding = 1e-11 * a.abs();
        (a - b).abs() <= MESH_TOLERANCE * levels[row.observation] * row.relative + rounding
    })
}

/// The estimate on the mesh of half the steps.
fn refined(binding: &Binding<'_>, estimate: &Estimate) -> Estimate {
    let dims = binding.model.dims();
    let mut states = Vec::with_capacity(2 * estimate.states.len());
    let mut offset = 0;
    for trajectory in &binding.trajectories {
        let old = &estimate.states[offset..][..trajectory.points() * dims];
        offset += old.len();
        for t in 0..trajectory.points() - 1 {
            let (x0, x1) = (&old[t * dims..][..dims], &old[(t + 1) * dims..][..dims]);
            states.extend_from_slice(x0);
            states.extend(x0.iter().zip(x1).map(|(a, b)| 0.5 * (a + b)));
        }
        states.extend_from_slice(&old[old.len() - dims..]);
    }
    Estimate { states, parameters: estimate.parameters.clone() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Binding, Estimate, is_fine, refined};
    use crate::inference::Model;
    use crate::inference::example::{DECAY, decay, fitted, table};

    #[test]
    fn a_finer_mesh_begins_with_the_points_between() {
        let model = Model::from_toml(DECAY).unwrap();
        let binding = Binding::new(&model, &table(&[&[1.0, 2.0], &[5.0, 7.0, 8.0]])).unwrap();
        let estimate = Estimate { states: vec![1.0, 2.0, 5.0, 7.0, 8.0], parameters: vec![0.0; 3] };
        // No point between two trajectories.
        assert_eq!(refined(&binding, &estimate).states, [1.0, 1.5, 2.0, 5.0, 6.0, 7.0, 7.5, 8.0]);
    }

    #[test]
    fn the_mesh_that_was_chosen_is_fine_and_one_step_for_all_would_not_be() {
        let model = Model::from_toml(DECAY).unwrap();
        let data = decay();
        let fit = fitted(&model, &data);
        assert!(is_fine(&fit.binding, &fit));
        let coarse = Model::from_toml(&format!("[model]\nsubsteps = 1\n{DECAY}")).unwrap();
        // Without errors in the data every error of the mesh counts.
        let exact: Vec<f64> = (0..8).map(|n| 2.0 * (-0.5 * f64::from(n)).exp()).collect();
        let fit = fitted(&coarse, &table(&[&exact]));
        assert_eq!(fit.binding.trajectories[0].substeps, 1);
        assert!(!is_fine(&fit.binding, &fit));
    }
}
