//! A search by the direct method, as it was asked for.

use std::path::PathBuf;

use mechnn::data::Dataset;
use mechnn::discovery::{DiscoveryOptions, ModelConstraints, Robust};
use mechnn::equation::LibrarySpec;

use super::noise_arg::NoiseArg;
use super::refusal::Refusal;
use super::search_args::SearchArgs;
use super::unit_assignment::UnitAssignment;
use crate::failure::Failure;
use crate::option::{Format, SettingsArg};

/// One set of equations for all trajectories.
#[derive(Debug)]
pub(crate) struct DirectSearch {
    pub(in super::super) options: SearchOptions,
    threshold: f64,
    constraints: ModelConstraints,
    /// Whether the best equations of every size are printed.
    pub(in super::super) front: bool,
}

/// One structure for all trajectories, numbers of each its own.
#[derive(Debug)]
pub(in super::super) struct PerTrajectorySearch {
    pub(in super::super) options: SearchOptions,
}

/// What both of them know.
#[derive(Debug)]
pub(in super::super) struct SearchOptions {
    library: Option<LibrarySpec>,
    terms: Vec<String>,
    explicit_time: bool,
    noise: NoiseArg,
    robust: Robust,
    settings: SettingsArg,
    simplify: bool,
    pub(in super::super) units: Vec<UnitAssignment>,
    pub(in super::super) format: Format,
    pub(in super::super) output: Option<Output>,
}

/// Where the run is written.
#[derive(Debug)]
pub(in super::super) struct Output {
    pub(in super::super) folder: PathBuf,
    pub(in super::super) overwrite: bool,
}

impl From<SearchArgs> for DirectSearch {
    /// Nothing is said of the noise and of outliers, and nothing is known of the equations.
    fn from(args: SearchArgs) -> Self {
        Self::new(args, NoiseArg::default(), Robust::default(), ModelConstraints::default())
    }
}

impl DirectSearch {
    pub(super) fn new(args: SearchArgs, noise: NoiseArg, robust: Robust, constraints: ModelConstraints) -> Self {
        let (threshold, front) = (args.threshold.unwrap_or(0.0), args.pareto);
        Self { options: SearchOptions::new(args, noise, robust), threshold, constraints, front }
    }

    /// The options of the library.
    pub(in super::super) fn discovery_options(&self, data: &Dataset) -> Result<DiscoveryOptions, Failure> {
        let (threshold, constraints) = (self.threshold, self.constraints.clone());
        self.options.discovery_options(data, |options| DiscoveryOptions { threshold, constraints, ..options })
    }
}

impl PerTrajectorySearch {
    /// # Errors
    /// What has no meaning for one structure with numbers of each trajectory.
    pub(super) fn new(
        args: SearchArgs,
        noise: NoiseArg,
        robust: Robust,
        constraints: &ModelConstraints,
    ) -> Result<Self, Refusal> {
        if args.pareto {
            return Err(Refusal::FrontPerTrajectory);
        }
        refuse_per_trajectory(constraints, args.threshold.unwrap_or(0.0))?;
        Ok(Self { options: SearchOptions::new(args, noise, robust) })
    }

    /// The options of the library.
    pub(in super::super) fn discovery_options(&self, data: &Dataset) -> Result<DiscoveryOptions, Failure> {
        let options = self.options.discovery_options(data, |options| options)?;
        // `--set` may have brought them back.
        refuse_per_trajectory(&options.constraints, options.threshold)?;
        Ok(options)
    }
}

/// What the library would ignore in a search for one structure with numbers of each trajectory.
fn refuse_per_trajectory(constraints: &ModelConstraints, threshold: f64) -> Result<(), Refusal> {
    if !constraints.is_empty() {
        return Err(Refusal::ModelPerTrajectory);
    }
    if threshold > 0.0 {
        return Err(Refusal::ThresholdPerTrajectory);
    }
    Ok(())
}

impl SearchOptions {
    /// The threshold and the front belong to [`DirectSearch`]; whoever calls this has looked at them.
    fn new(args: SearchArgs, noise: NoiseArg, robust: Robust) -> Self {
        let SearchArgs {
            library,
            terms,
            explicit_time,
            settings,
            no_simplify,
            threshold: _,
            units,
            pareto: _,
            format,
            output,
            overwrite,
        } = args;
        let output = output.map(|folder| Output { folder, overwrite });
        Self { library, terms, explicit_time, noise, robust, settings, simplify: !no_simplify, units, format, output }
    }

    /// Those of the library: what was typed, `own` of the way of searching, and what `--set` changes.
    fn discovery_options(
        &self,
        data: &Dataset,
        own: impl FnOnce(DiscoveryOptions) -> DiscoveryOptions,
    ) -> Result<DiscoveryOptions, Failure> {
        self.settings.apply(own(DiscoveryOptions {
            library: self.library.clone(),
            extra_terms: self.terms.clone(),
            noise_model: self.noise.model(),
            noise_std: self.noise.standard_deviations(data)?,
            robust: self.robust,
            explicit_time: self.explicit_time,
            simplify: self.simplify,
            ..DiscoveryOptions::default()
        }))
    }
}
