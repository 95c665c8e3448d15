//! The machine form of a result: one JSON document, its schema named and versioned.

use std::collections::BTreeMap;

use serde::Serialize;

use super::discovery_result::DiscoveryResult;
use super::document_entries::{
    DirectionDocument, HeldOutDocument, NoisePartsDocument, OutlierDocument, ParetoDocument, ResidualsDocument,
    StateDocument, StructureDocument, TermWeightDocument, TrajectoryDocument,
};
use crate::data::{Dataset, NoiseModel};
use crate::discovery::evidence::Column;
use crate::discovery::request::ModelConstraints;
use crate::equation::{EquationDocument, ModelUnits, SparseModel};

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
    /// Names of the known inputs; usually none.
    pub controls: Vec<String>,
    /// What was known of the equations before the search; left out where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraints: Option<ModelConstraints>,
    /// One entry for each state, in the order of the columns.
    pub equations: Vec<EquationDocument>,
    /// Whether every simulation from the estimated start stays finite over its data's span.
    pub stable: bool,
    /// Estimated standard deviation of the noise of each state, in the data's units; absent from
    /// [`DiscoveryDocument::unfinished`].
    pub noise: BTreeMap<String, Option<f64>>,
    /// What the noise depends on; absent from [`DiscoveryDocument::unfinished`], as all evidence.
    pub noise_model: Option<NoiseModel>,
    /// The noise as a fraction of each state's value, if it is proportional; empty otherwise.
    pub noise_fraction: BTreeMap<String, Option<f64>>,
    /// The noise of each measured state x as `σ² = a² + (b x)²`; absent from [`DiscoveryDocument::unfinished`].
    pub noise_parts: BTreeMap<String, NoisePartsDocument>,
    /// Observations that contradict all others, and were treated as missing.
    pub outliers: Vec<OutlierDocument>,
    /// Wall-clock time of the search.
    pub seconds: f64,
    /// What may be concluded, in plain words.
    pub verdict: String,
    /// Terms of the equations.
    pub terms: usize,
    /// Those of them that were chosen: not what is known, holds by definition or follows from other coefficients.
    pub chosen_terms: usize,
    /// Terms tried.
    pub candidates: usize,
    /// How well each state is described, the worst first; empty in [`DiscoveryDocument::unfinished`].
    pub states: Vec<StateDocument>,
    /// What is peculiar about the columns.
    pub columns: Vec<Column>,
    /// States whose equations could not be expressed, and which were taken as known while the others were searched.
    pub taken_as_known: Vec<String>,
    /// One entry for each trajectory.
    pub trajectories: Vec<TrajectoryDocument>,
    /// One entry for each state whose residuals can be judged.
    pub residuals: Vec<ResidualsDocument>,
    /// Combinations of coefficients that the data leave open, widest first.
    pub undetermined: Vec<DirectionDocument>,
    /// The structures that were compared in the end, the heaviest first, down to a weight of 0.01.
    pub structures: Vec<StructureDocument>,
    /// The terms of these with the weight of all that have them, by state, the heaviest first, down to 0.01.
    pub term_weights: Vec<TermWeightDocument>,
    /// Alternatives by size, fewest terms first.
    pub front: Vec<ParetoDocument>,
    /// Whether the search was stopped before it was done.
    pub interrupted: bool,
}

/// Name and version of the form of [`SharedDocument`].
pub const SHARED_SCHEMA: &str = "mechnn.discovery-per-trajectory/1";

/// What `mechnn discover --per-trajectory --format json` prints.
#[derive(Debug, Clone, Serialize)]
pub struct SharedDocument {
    /// [`SHARED_SCHEMA`].
    pub schema: &'static str,
    /// Version of this crate.
    pub version: &'static str,
    /// Wall-clock time of the search.
    pub seconds: f64,
    /// Structures that were compared on all trajectories.
    pub compared: usize,
    /// One document for each trajectory; the terms of their equations are the same.
    pub results: Vec<DiscoveryDocument>,
}

impl SharedDocument {
    /// The documents of all trajectories as one.
    pub fn new(results: Vec<DiscoveryDocument>, compared: usize, seconds: f64) -> Self {
        Self { schema: SHARED_SCHEMA, version: env!("CARGO_PKG_VERSION"), seconds, compared, results }
    }
}

/// From this weight on structures and terms are listed.
const LISTED: f64 = 0.01;

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
            .zip(&result.evidence.held_out)
            .map(|((trajectory, fitted), held_out)| TrajectoryDocument {
                name: trajectory.name.clone(),
                start: named(&fitted.states.row(0).to_vec()),
                rollout_r2: finite(fitted.rollout_r2),
                fit_r2: finite(fitted.fit_r2),
                valid_time: fitted.valid_time,
                held_out: held_out.as_ref().map(HeldOutDocument::new),
            })
            .collect();
        let finite_named =
            |values: &[f64]| data.states.iter().cloned().zip(values.iter().map(|&x| finite(x))).collect();
        let of_states = data.states.iter().zip(&result.evidence.residuals);
        let residuals = of_states.filter_map(|(state, residuals)| {
            residuals.map(|residuals| ResidualsDocument {
                state: state.clone(),
                autocorrelation: residuals.autocorrelation,
                bound: residuals.bound,
                white: residuals.is_white(),
            })
        });
        let noise_parts = data.states.iter().zip(&result.noise_parts).filter_map(|(state, parts)| {
            let parts = NoisePartsDocument { additive: parts.additive, proportional: parts.proportional };
            (parts.additive.is_finite() && parts.proportional.is_finite()).then(|| (state.clone(), parts))
        });
        let states = result.evidence.states_worst_first();
        let states = states.into_iter().map(|own| StateDocument::new(own, result.finding(own)));
        let structures = result
            .evidence
            .weighted_models
            .iter()
            .filter(|own| own.weight >= LISTED)
            .map(|own| StructureDocument { weight: own.weight, equations: own.model.rhs_python() });
        let variables = result.model.variables();
        let of_terms = result.term_weights().into_iter().filter(|own| own.weight >= LISTED);
        let term_weights = of_terms.map(|own| TermWeightDocument {
            state: data.states[own.state].clone(),
            expression: own.term.python(&variables),
            weight: own.weight,
            kept: own.kept,
        });
        Ok(Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            time: data.time.clone(),
            controls: data.controls.clone(),
            constraints: None,
            equations: equations(data, &result.model)?,
            stable: result.is_stable(),
            noise: finite_named(&result.noise),
            noise_model: result.noise_model(),
            noise_fraction: result.noise_fractions().map_or_else(BTreeMap::new, |noise| finite_named(&noise)),
            noise_parts: noise_parts.collect(),
            outliers: result.outliers.iter().map(|one| OutlierDocument::new(data, one)).collect(),
            seconds,
            verdict: result.conclusion(),
            terms: result.model.term_count(),
            chosen_terms: result.chosen_terms,
            candidates: result.candidates,
            states: states.collect(),
            columns: result.columns.clone(),
            taken_as_known: result.taken_as_known.clone(),
            trajectories,
            residuals: residuals.collect(),
            undetermined: result.evidence.undetermined.iter().map(DirectionDocument::new).collect(),
            structures: structures.collect(),
            term_weights: term_weights.collect(),
            front: result.pareto_front.iter().map(ParetoDocument::new).collect(),
            interrupted: result.interrupted,
        })
    }

    /// The same with what was known before the search.
    #[must_use]
    pub fn with_constraints(mut self, constraints: &ModelConstraints) -> Self {
        self.constraints = Some(constraints.clone()).filter(|constraints| !constraints.is_empty());
        self
    }

    /// The same with the units of the model's numbers.
    #[must_use]
    pub fn with_units(mut self, model: &SparseModel, units: &ModelUnits) -> Self {
        for ((document, equation), units) in self.equations.iter_mut().zip(&model.equations).zip(&units.equations) {
            let written = equation.terms.iter().zip(units).filter(|(fitted, _)| fitted.coefficient != 0.0);
            for (term, (_, units)) in document.terms.iter_mut().zip(written) {
                if let Ok(units) = units {
                    term.unit = Some(units.coefficient.to_string());
                    term.constant_units = units.constants.iter().map(ToString::to_string).collect();
                }
            }
        }
        self
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
            controls: data.controls.clone(),
            constraints: None,
            equations: equations(data, model)?,
            stable: false,
            noise: data.states.iter().map(|state| (state.clone(), None)).collect(),
            noise_model: None,
            noise_fraction: BTreeMap::new(),
            noise_parts: BTreeMap::new(),
            outliers: Vec::new(),
            seconds,
            verdict: "Stopped before the end: these equations have not been simulated.".to_owned(),
            terms: model.term_count(),
            chosen_terms: model.term_count(),
            candidates,
            states: Vec::new(),
            columns: Vec::new(),
            taken_as_known: Vec::new(),
            trajectories: Vec::new(),
            residuals: Vec::new(),
            undetermined: Vec::new(),
            structures: Vec::new(),
            term_weights: Vec::new(),
            front: Vec::new(),
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
