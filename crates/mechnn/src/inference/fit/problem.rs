//! The least-squares problem of a binding, for a given size of the model error.

use mechnn_solver::smoother::{Segment, SmootherProblem};

use crate::inference::prepare::Binding;

/// The problem whose model error over a whole trajectory is `errors`.
pub(crate) fn problem<'p>(
    binding: &'p Binding<'_>,
    segments: &'p [Segment],
    errors: &'p [f64],
    prior_precision: &'p [f64],
) -> SmootherProblem<'p> {
    let span = |segment: &Segment| segment.times[segment.times.len() - 1] - segment.times[0];
    let reference_step = segments.iter().map(span).fold(0.0, f64::max);
    problem_per_time(binding, segments, errors, reference_step, prior_precision)
}

/// The problem whose model error over `reference_step` is `errors`.
pub(crate) fn problem_per_time<'p>(
    binding: &'p Binding<'_>,
    segments: &'p [Segment],
    model_error: &'p [f64],
    reference_step: f64,
    prior_precision: &'p [f64],
) -> SmootherProblem<'p> {
    // The residuals tell what was observed, so that no noise of states is used.
    SmootherProblem {
        dynamics: binding,
        segments,
        noise: &binding.unit_noise,
        model_error,
        reference_step,
        prior_precision,
    }
}
