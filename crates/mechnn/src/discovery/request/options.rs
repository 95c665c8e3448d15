//! What can be chosen.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::model_constraints::ModelConstraints;
use super::robust::Robust;
use super::tuning::{Tuning, TuningError};
use crate::data::{Dataset, NoiseModel};
use crate::equation::{FunctionFamily, LibrarySpec};
use crate::setting::{NotASetting, set};

/// Choices of a discovery; the defaults are meant to be left alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DiscoveryOptions {
    /// Candidate terms. Default: chosen by the number of states, see [`DiscoveryOptions::library_for`].
    pub library: Option<LibrarySpec>,
    /// Further candidate terms for every equation, as expressions over the states: `x/(1 + x**2)`. A factor in front
    /// is ignored, numbers inside are where inner constants start. Default none.
    pub extra_terms: Vec<String>,
    /// What the noise depends on. Default: whichever the data make more likely.
    pub noise_model: Option<NoiseModel>,
    /// Standard deviation of the noise of each measured state, in its unit and the same everywhere, where it is
    /// known, `[D]`. Default: estimated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise_std: Option<Vec<f64>>,
    /// Whether single observations that contradict all others are treated as missing and named in the result. Default:
    /// those that Gaussian noise would hardly ever produce.
    pub robust: Robust,
    /// Whether terms may depend on the time itself: polynomials that have it as a variable, and with the families
    /// `trig` and `exp` oscillations and exponentials in time. Extra terms may depend on it in any case. Default
    /// false.
    pub explicit_time: bool,
    /// Whether coefficients that the data cannot tell from simple numbers are set to them: whole numbers, and pairs
    /// of the same size. Their standard errors are those of free coefficients, and by how far they were moved.
    /// Default true.
    pub simplify: bool,
    /// Fewest intervals of the grid: shorter data are refined between the observations. Default 200.
    pub min_intervals: usize,
    /// Drop terms whose coefficient, in scaled variables, is below this in absolute value. Default 0: the evidence
    /// alone decides.
    pub threshold: f64,
    /// What is known of the equations before the search. Default nothing.
    #[serde(skip_serializing_if = "ModelConstraints::is_empty")]
    pub constraints: ModelConstraints,
    /// How far the search looks, and what structures cost.
    #[serde(skip_serializing_if = "Tuning::is_default")]
    pub tuning: Tuning,
}

impl Default for DiscoveryOptions {
    fn default() -> Self {
        Self {
            library: None,
            extra_terms: Vec::new(),
            noise_model: None,
            noise_std: None,
            robust: Robust::Auto,
            explicit_time: false,
            simplify: true,
            min_intervals: 200,
            threshold: 0.0,
            constraints: ModelConstraints::default(),
            tuning: Tuning::default(),
        }
    }
}

/// Why an option cannot be changed as a text says.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SettingError {
    /// The text sets nothing.
    #[error(transparent)]
    NotASetting(#[from] NotASetting),
    /// There is no such option, or the value is none for it.
    #[error("{problem}")]
    Option {
        /// What is wrong, with the names there are.
        problem: String,
    },
    /// A constant of the method is out of its range.
    #[error(transparent)]
    Tuning(#[from] TuningError),
}

impl DiscoveryOptions {
    /// With one option changed by its name in the configuration, as in `tuning.beam=20`.
    ///
    /// # Errors
    /// [`SettingError`].
    pub fn with_setting(&self, text: &str) -> Result<Self, SettingError> {
        let mut table =
            toml::Table::try_from(self).map_err(|error| SettingError::Option { problem: error.to_string() })?;
        set(&mut table, text)?;
        let no_option = |error: toml::de::Error| SettingError::Option { problem: error.message().to_owned() };
        let changed: Self = table.try_into().map_err(no_option)?;
        changed.tuning.check()?;
        Ok(changed)
    }

    /// The variables of candidate terms: states, known inputs, and the time if it counts.
    pub fn variables(&self, data: &Dataset) -> usize {
        data.dims() + data.controls.len() + usize::from(self.explicit_time)
    }

    /// The library for D variables: the given one, or polynomials of degree 3 with the functions of
    /// [`FunctionFamily::DEFAULT`] up to D = 4, polynomials of
    /// degree 2 up to D = 10, of degree 1 beyond.
    pub fn library_for(&self, dims: usize) -> LibrarySpec {
        let default = || match dims {
            0..=4 => LibrarySpec::polynomial(3).with_functions(FunctionFamily::DEFAULT),
            5..=10 => LibrarySpec::polynomial(2),
            _ => LibrarySpec::polynomial(1),
        };
        self.library.clone().unwrap_or_else(default)
    }
}

#[cfg(test)]
mod tests {
    use super::{DiscoveryOptions, NoiseModel, SettingError};

    #[test]
    fn an_option_is_changed_by_its_name() {
        let default = DiscoveryOptions::default();
        let changed =
            default.with_setting("tuning.beam=20").and_then(|options| options.with_setting("library=poly:2"));
        let changed = changed.and_then(|options| options.with_setting("noise_model=additive")).expect("three options");
        assert_eq!((changed.tuning.beam, changed.noise_model), (20, Some(NoiseModel::Additive)));
        assert_eq!(changed.library.map(|library| library.to_string()), Some("poly:2".to_owned()));
        assert!(default.with_setting("tuning.beem=20").is_err_and(|error| error.to_string().contains("beem")));
        assert!(matches!(default.with_setting("tuning.beam=wide"), Err(SettingError::Option { .. })));
        assert!(
            matches!(default.with_setting("tuning.beam=0"), Err(SettingError::Tuning(error)) if error.name == "beam")
        );
        assert!(matches!(default.with_setting("tuning"), Err(SettingError::NotASetting(_))));
    }
}
