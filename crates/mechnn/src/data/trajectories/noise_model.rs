//! What measurement noise depends on.

use serde::{Deserialize, Serialize};

/// What the standard deviation of the measurement noise of a state depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoiseModel {
    /// The same everywhere, one for each state.
    Additive,
    /// A fraction of the state's own size, one for each state.
    Proportional,
    /// A part that is the same everywhere and one that is a fraction of the state's size: `σ² = a² + (b x)²`, with an
    /// a and a b for each state.
    Both,
}
