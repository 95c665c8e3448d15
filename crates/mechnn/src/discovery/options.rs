//! What can be chosen.

use serde::{Deserialize, Serialize};

use crate::equation::LibrarySpec;

/// Choices of a discovery; the defaults are meant to be left alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiscoveryOptions {
    /// Candidate terms. Default `poly:2`.
    pub library: LibrarySpec,
    /// Standard deviation of the model error, accumulated over one typical step, in units of the noise: annealed in
    /// this order. Small enough at the end that the states obey the equations, loose enough at the start that they
    /// follow the data. Default 0.3, 0.1, 0.03, 0.01, 0.003.
    pub model_error: Vec<f64>,
    /// Fewest intervals of the grid: shorter data are refined between the observations. Default 200.
    pub min_intervals: usize,
    /// Drop terms whose coefficient, in scaled variables, is below this in absolute value. Default 0: the evidence alone
    /// decides.
    pub threshold: f64,
}

impl Default for DiscoveryOptions {
    fn default() -> Self {
        Self {
            library: LibrarySpec::Polynomial { degree: 2 },
            model_error: vec![0.3, 0.1, 0.03, 0.01, 0.003],
            min_intervals: 200,
            threshold: 0.0,
        }
    }
}
