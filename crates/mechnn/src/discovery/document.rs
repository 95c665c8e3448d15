//! The machine form of a result: one JSON document, its schema named and versioned.

use std::collections::BTreeMap;

use serde::Serialize;

use super::result::DiscoveryResult;
use crate::data::Dataset;
use crate::equation::{EquationDocument, SparseModel};

/// Name and version of the document's form; the number rises when a field changes its meaning or leaves.
pub const SCHEMA: &str = "mechnn.discovery/1";

/// What `mechnn discover --format json` prints; documented field by field in `docs/src/reference/discovery-json.md`.
///
/// Numbers are finite: what is not (the R2 of a rollout that diverged) is null.
#[derive(Debug, Clone, Serialize)]
pub struct DiscoveryDocument {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Version of this crate.
    pub version: &'static str,
    /// Name of the time variable.
    pub time: String,
    /// One entry for each state, in the order of the columns.
    pub equations: Vec<EquationDocument>,
    /// Whether every simulation from the estimated start stays finite over its data's span.
    pub stable: bool,
    /// Estimated standard deviation of the noise of each state, in the data's units; absent from
    /// [`DiscoveryDocument::unfinished`].
    pub noise: BTreeMap<String, Option<f64>>,
    /// Wall-clock time of the search.
    pub seconds: f64,
    /// One plain sentence.
    pub verdict: String,
    /// Terms kept.
    pub terms: usize,
    /// Terms tried.
    pub candidates: usize,
    /// One entry for each trajectory.
    pub trajectories: Vec<TrajectoryDocument>,
    /// Whether the search was stopped before it was done.
    pub interrupted: bool,
}

/// The evidence from one trajectory.
#[derive(Debug, Clone, Serialize)]
pub struct TrajectoryDocument {
    /// Its name.
    pub name: String,
    /// Estimated states at its first time.
    pub start: BTreeMap<String, f64>,
    /// Variance-weighted R2 of the simulation against the data.
    pub rollout_r2: Option<f64>,
    /// Variance-weighted R2 of the estimated states.
    pub fit_r2: Option<f64>,
    /// How long the simulation stays within 20 % of the states' standard deviations.
    pub valid_time: f64,
}

impl DiscoveryDocument {
    /// The document of a result. `state` is the column's name; `rhs` and `expression` use the names of
    /// [`Dataset::python_names`], which differ from it only where it is no identifier.
    ///
    /// # Errors
    /// If a number that must be finite is not.
    pub fn new(data: &Dataset, result: &DiscoveryResult, seconds: f64) -> Result<Self, serde_json::Error> {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let named = |values: &[f64]| data.states.iter().cloned().zip(values.iter().copied()).collect();
        let trajectories = data
            .trajectories
            .iter()
            .zip(&result.trajectories)
            .map(|(trajectory, fitted)| TrajectoryDocument {
                name: trajectory.name.clone(),
                start: named(&fitted.states.row(0).to_vec()),
                rollout_r2: finite(fitted.rollout_r2),
                fit_r2: finite(fitted.fit_r2),
                valid_time: fitted.valid_time,
            })
            .collect();
        let noise = data.states.iter().cloned().zip(result.noise.iter().map(|&noise| finite(noise))).collect();
        Ok(Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            time: data.time.clone(),
            equations: equations(data, &result.model)?,
            stable: result.is_stable(),
            noise,
            seconds,
            verdict: result.verdict().to_string(),
            terms: result.model.term_count(),
            candidates: result.candidates,
            trajectories,
            interrupted: result.interrupted,
        })
    }
    /// The document of a search that was stopped in the middle of a step: the equations so far, of which neither the
    /// standard errors nor a simulation are known. They count as unstable.
    ///
    /// # Errors
    /// If a coefficient is not finite.
    pub fn unfinished(
        data: &Dataset,
        model: &SparseModel,
        candidates: usize,
        seconds: f64,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            time: data.time.clone(),
            equations: equations(data, model)?,
            stable: false,
            noise: data.states.iter().map(|state| (state.clone(), None)).collect(),
            seconds,
            verdict: "Stopped before the end: these equations have not been simulated.".to_owned(),
            terms: model.term_count(),
            candidates,
            trajectories: Vec::new(),
            interrupted: true,
        })
    }
}

/// The equations under the names of their columns.
fn equations(data: &Dataset, model: &SparseModel) -> Result<Vec<EquationDocument>, serde_json::Error> {
    let named = |(mut equation, column): (EquationDocument, &String)| {
        equation.state.clone_from(column);
        equation
    };
    Ok(model.equation_documents::<serde_json::Error>()?.into_iter().zip(&data.states).map(named).collect())
}
