//! What can be chosen.

use serde::{Deserialize, Serialize};

use super::model_constraints::ModelConstraints;
use crate::data::Dataset;
use crate::equation::{FunctionFamily, LibrarySpec};

/// What the standard deviation of the measurement noise depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoiseModel {
    /// The same everywhere, one for each state.
    Additive,
    /// A fraction of the state's own size, one for each state.
    Proportional,
}

/// Choices of a discovery; the defaults are meant to be left alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiscoveryOptions {
    /// Candidate terms. Default: chosen by the number of states, see [`DiscoveryOptions::library_for`].
    pub library: Option<LibrarySpec>,
    /// Further candidate terms for every equation, as expressions over the states: `x/(1 + x**2)`. A factor in front is
    /// ignored, numbers inside are where inner constants start. Default none.
    pub extra_terms: Vec<String>,
    /// What the noise depends on. Default: whichever the data make more likely.
    pub noise_model: Option<NoiseModel>,
    /// Whether terms may depend on the time itself: polynomials that have it as a variable, and with the families `trig` and
    /// `exp` oscillations and exponentials in time. Extra terms may depend on it in any case. Default false.
    pub explicit_time: bool,
    /// Whether coefficients that the data cannot tell from simple numbers are set to them: whole numbers, and pairs of
    /// the same size. Their standard errors stay those of free coefficients. Default true.
    pub simplify: bool,
    /// Fewest intervals of the grid: shorter data are refined between the observations. Default 200.
    pub min_intervals: usize,
    /// Drop terms whose coefficient, in scaled variables, is below this in absolute value. Default 0: the evidence alone
    /// decides.
    pub threshold: f64,
    /// What is known of the equations before the search. Default nothing.
    #[serde(skip_serializing_if = "ModelConstraints::is_empty")]
    pub constraints: ModelConstraints,
}

impl Default for DiscoveryOptions {
    fn default() -> Self {
        Self {
            library: None,
            extra_terms: Vec::new(),
            noise_model: None,
            explicit_time: false,
            simplify: true,
            min_intervals: 200,
            threshold: 0.0,
            constraints: ModelConstraints::default(),
        }
    }
}

impl DiscoveryOptions {
    /// The variables of candidate terms: states, known inputs, and the time if it counts.
    pub fn variables(&self, data: &Dataset) -> usize {
        data.dims() + data.controls.len() + usize::from(self.explicit_time)
    }

    /// The library for D variables: the given one, or polynomials of degree 3 with all functions up to D = 4, polynomials of
    /// degree 2 up to D = 10, of degree 1 beyond.
    pub fn library_for(&self, dims: usize) -> LibrarySpec {
        let default = || match dims {
            0..=4 => LibrarySpec::polynomial(3).with_functions(&FunctionFamily::ALL),
            5..=10 => LibrarySpec::polynomial(2),
            _ => LibrarySpec::polynomial(1),
        };
        self.library.clone().unwrap_or_else(default)
    }
}
