//! Why a solution may be trusted, in one line.

use mechnn_solver::{OdeProblem, Solution};

/// Residuals, rounding error and conditioning, each the worst over the batch.
pub(super) fn evidence(problem: &OdeProblem, solution: &Solution) -> String {
    let sizes = problem.sizes();
    let info = &solution.info;
    let batch = if sizes.batch == 1 { String::new() } else { format!("{} problems of ", sizes.batch) };
    let mut residuals = format!("equation {:.1e}", info.residuals.equation);
    if !problem.initial().is_empty() {
        residuals += &format!(", initial {:.1e}", info.residuals.initial);
    }
    if problem.periodic_jump().is_some() {
        residuals += &format!(", periodic {:.1e}", info.residuals.periodic);
    }
    format!(
        "solved {batch}{} points with {}; largest residuals: {residuals}, smoothness {:.1e}; \
         rounding error about {:.1e}; pivot ratio {:.1e}",
        sizes.points,
        problem.scheme().name(),
        info.residuals.smoothness,
        info.error_estimate,
        info.pivot_ratio
    )
}

/// What it took.
pub(super) fn work(solution: &Solution) -> String {
    let info = &solution.info;
    format!("refinement steps: {}; independent groups of dimensions: {}", info.refinements, info.independent_groups)
}
