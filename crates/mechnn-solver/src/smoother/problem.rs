//! What is estimated from what.

use thiserror::Error;

use super::normal_equations::NormalEquations;
use super::relative_noise::RelativeNoise;
use crate::dynamics::Dynamics;

/// One observed trajectory on its grid of N points.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Strictly increasing, `[N]`.
    pub times: Vec<f64>,
    /// `[N, D]` row-major; NaN where nothing was observed.
    pub observations: Vec<f64>,
    /// Standard deviation of the noise of each observation in units of [`SmootherProblem::noise`].
    pub relative_noise: RelativeNoise,
}

impl Segment {
    /// Standard deviation of observation `index` of the flattened `[N, D]`, for noise `[D]`.
    pub(super) fn noise(&self, index: usize, noise: &[f64]) -> f64 {
        noise[index % noise.len()] * self.relative_noise.at(index)
    }
}

/// Observations, a model with unknown parameters, and how far each may be trusted.
#[derive(Clone, Copy)]
pub struct SmootherProblem<'a> {
    /// The model.
    pub dynamics: &'a dyn Dynamics,
    /// Trajectories that share the parameters.
    pub segments: &'a [Segment],
    /// Standard deviation of the observation noise, `[D]`.
    pub noise: &'a [f64],
    /// Standard deviation of the model error accumulated over `reference_step`, `[D]`.
    pub model_error: &'a [f64],
    /// The model error over a step h has standard deviation `model_error * sqrt(h / reference_step)`.
    pub reference_step: f64,
    /// Prior precision of each parameter about zero, `[P]`.
    pub prior_precision: &'a [f64],
}

/// States at all points of all segments, and parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// `[sum of N, D]` row-major, segments one after another.
    pub states: Vec<f64>,
    /// `[P]`
    pub parameters: Vec<f64>,
}

/// The parts of the objective.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Objective {
    /// Sum of squared observation residuals over the noise variance.
    pub data: f64,
    /// Sum of squared defects over the model-error variance.
    pub dynamics: f64,
    /// Prior of the parameters.
    pub prior: f64,
}

impl Objective {
    /// What is minimised.
    pub fn total(&self) -> f64 {
        self.data + self.dynamics + self.prior
    }
}

/// Why a smoothing problem has no answer.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum SmootherError {
    /// A size does not fit.
    #[error("`{input}` has length {found}, expected {expected}")]
    Length {
        /// Name of the input.
        input: &'static str,
        /// Expected length.
        expected: usize,
        /// Length found.
        found: usize,
    },
    /// The starting point or the model's value at it is not finite.
    #[error("the objective is not finite at the starting point")]
    NotFinite,
    /// The observations do not determine states and parameters, even with strong damping.
    #[error("the normal equations are singular at point {point} (relative pivot {ratio:e})")]
    Singular {
        /// Grid point over all segments; their number for a parameter.
        point: usize,
        /// Relative pivot.
        ratio: f64,
    },
}

impl SmootherProblem<'_> {
    /// Number of points of all segments.
    pub fn points(&self) -> usize {
        self.segments.iter().map(|segment| segment.times.len()).sum()
    }

    /// The dynamics of one segment.
    pub(super) fn dynamics_of(&self, segment: usize) -> &dyn Dynamics {
        self.dynamics.of_segment(segment).unwrap_or(self.dynamics)
    }

    pub(super) fn check(&self, estimate: &Estimate) -> Result<(), SmootherError> {
        let (dims, parameters) = (self.dynamics.dims(), self.dynamics.parameters());
        let expect = |input, found: usize, expected| match found == expected {
            true => Ok(()),
            false => Err(SmootherError::Length { input, expected, found }),
        };
        for segment in self.segments {
            expect("observations", segment.observations.len(), segment.times.len() * dims)?;
            if let RelativeNoise::OfEach(relative) = &segment.relative_noise {
                expect("relative_noise", relative.len(), segment.times.len() * dims)?;
            }
        }
        expect("noise", self.noise.len(), dims)?;
        expect("model_error", self.model_error.len(), dims)?;
        expect("prior_precision", self.prior_precision.len(), parameters)?;
        expect("states", estimate.states.len(), self.points() * dims)?;
        expect("parameters", estimate.parameters.len(), parameters)
    }

    /// The objective at an estimate; infinite where the model is not finite.
    pub fn objective(&self, estimate: &Estimate) -> Objective {
        NormalEquations::default().objective(self, estimate)
    }
}
