//! What is refused before a search: numbers, states and candidates that it could not cope with.

use mechnn::data::Dataset;
use mechnn::discovery::DiscoveryOptions;
use mechnn::equation::SimulationOptions;

use crate::failure::Failure;

/// Their covariance has the square of this many entries: 200 MB, and a few copies of it.
const MAX_CANDIDATES: usize = 5_000;

/// Checks that the search can be made at all, at no cost.
///
/// # Errors
/// A data failure for values whose products are no numbers, a limit for too many states
/// or candidate coefficients.
pub(super) fn check(data: &Dataset, options: &DiscoveryOptions) -> Result<(), Failure> {
    data.check_magnitudes()?;
    let (dims, most) = (data.dims(), SimulationOptions::MAX_STATES);
    if dims > most {
        return Err(Failure::limit(format!("there are {dims} states, and at most {most} can be simulated"))
            .hint("choose fewer columns with --vars"));
    }
    let candidates = candidates(data, options);
    if candidates > MAX_CANDIDATES {
        return Err(Failure::limit(format!(
            "there are {candidates} candidate terms, and at most {MAX_CANDIDATES} can be searched"
        ))
        .hint("choose a smaller library, such as --library poly:1, or fewer states with --vars"));
    }
    Ok(())
}

/// Coefficients the search starts from.
pub(super) fn candidates(data: &Dataset, options: &DiscoveryOptions) -> usize {
    let variables = options.variables(data);
    data.dims().saturating_mul(options.library_for(variables).size(variables))
}
