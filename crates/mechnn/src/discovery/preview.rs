//! What a search would begin with.

use super::request::{DiscoveryError, DiscoveryOptions};
use super::setup::problem;
use super::structure::Problem;
use crate::data::{Dataset, NoiseModel};

/// What a search would begin with: known before the first structure is fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPreview {
    /// Standard deviation of the noise of each state, in its unit, `[D]`; of proportional noise where the state has
    /// its root mean square. Estimated by smoothing every state by itself.
    pub noise: Vec<f64>,
    /// What the noise of each state is taken to depend on at first, `[D]`.
    pub noise_models: Vec<NoiseModel>,
    /// Coefficients that the equations may have, over all equations.
    pub candidates: usize,
}

/// Prepares a search, and says what it would begin with.
///
/// # Errors
/// As [`discover`](super::discover), for what is refused before the search.
pub fn preview(data: &Dataset, options: &DiscoveryOptions) -> Result<SearchPreview, DiscoveryError> {
    let (prepared, space) = problem(data, options)?;
    let candidates = Problem { data: &prepared, space: &space, tuning: &options.tuning }.candidates();
    let noise = prepared.noise.iter().zip(&prepared.scaling.state).map(|(noise, scale)| noise * scale).collect();
    Ok(SearchPreview {
        noise,
        noise_models: prepared.noise_parts.iter().map(|part| part.model()).collect(),
        candidates,
    })
}
