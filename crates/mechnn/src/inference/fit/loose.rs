//! States and parameters together while the equations are trusted more and more.

use mechnn_solver::smoother::{Estimate, GaussNewton};

use super::levels::{first_levels, loose_floors, new_levels, sizes};
use super::observer::Report;
use super::problem::problem;
use crate::inference::prepare::{Binding, InferenceError, starting_states};

/// What the model error may add up to over a trajectory, as parts of each state's size, from loose to tight.
const MODEL_ERRORS: [f64; 5] = [1.0, 0.1, 0.01, 1e-3, 1e-4];

/// States and parameters from the coordinates `start`, as far as loose equations lead; sets origins, mesh and levels.
///
/// # Errors
/// [`InferenceError::Interrupted`]
pub(crate) fn loose(
    binding: &mut Binding<'_>,
    start: &[f64],
    report: &mut Report<'_>,
) -> Result<Estimate, InferenceError> {
    binding.set_origins(start);
    binding.set_substeps(binding.first_substeps());
    let mut levels = first_levels(binding);
    binding.set_levels(&levels);
    let theta = vec![0.0; start.len()];
    let mut estimate = Estimate { states: starting_states(binding, &theta), parameters: theta };
    let sizes = sizes(binding, &estimate.states);
    for model_error in MODEL_ERRORS {
        if report("states and parameters together").is_break() {
            return Err(InferenceError::Interrupted);
        }
        let errors: Vec<f64> = sizes.iter().map(|size| model_error * size).collect();
        let ties: Vec<f64> = errors.iter().map(|error| 1e-3 * error).collect();
        binding.set_ties(Some(&ties));
        let segments = binding.segments();
        let problem = problem(binding, &segments, &errors, &binding.prior);
        let settings = GaussNewton { max_iterations: 40, tolerance: 1e-4, corrects: true };
        let mut next = estimate.clone();
        // A loose stage that fails leaves the work to the next: the tight ones have fewer directions open.
        if settings.minimize(&problem, &mut next).is_ok() {
            estimate = next;
            levels = new_levels(binding, &estimate, &levels, &loose_floors(binding));
            binding.set_levels(&levels);
            binding.reweigh(&estimate.states, &estimate.parameters);
        }
    }
    binding.set_ties(None);
    Ok(estimate)
}
