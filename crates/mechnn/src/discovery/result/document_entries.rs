//! The entries of a discovery document.

use std::collections::BTreeMap;

use serde::Serialize;

use super::discovery_result::ParetoModel;
use super::outlier::Outlier;
use crate::data::Dataset;
use crate::discovery::evidence::{Description, Direction, Finding, Forecast, HeldOut, Prediction, StateEvidence};

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
    /// The prediction of its last rows by a refit without them; null where it is too short for that.
    pub held_out: Option<HeldOutDocument>,
}

/// A prediction of rows that were left out of a refit.
#[derive(Debug, Clone, Serialize)]
pub struct HeldOutDocument {
    /// Rows left out.
    pub rows: usize,
    /// Variance-weighted R2 over them.
    pub r2: Option<f64>,
    /// Root mean square error over the noise.
    pub error: Option<f64>,
    /// What the right equations would have for it on average.
    pub expected_error: Option<f64>,
    /// What it says: `confirmed`, `missed`, `at_rest`, `repeats` or `vague`.
    pub prediction: &'static str,
    /// What the better forecast without equations has for the error.
    pub rival_error: Option<f64>,
    /// The period of that forecast; left out where it is a constant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rival_period: Option<f64>,
}

/// How well one state is described.
#[derive(Debug, Clone, Serialize)]
pub struct StateDocument {
    /// Its name.
    pub state: String,
    /// What its equation is: `found`, `doubtful`, `not_found` or `at_rest`.
    pub finding: Finding,
    /// How well it is described, the worst first: `unexplained`, `partial`, `within_noise`, `local`, `reproduced`
    /// or `at_rest`.
    pub description: Description,
    /// R2 of the simulation against this state alone, of the worst trajectory.
    pub rollout_r2: Option<f64>,
    /// R2 of the estimated states against this state alone.
    pub fit_r2: Option<f64>,
    /// Whether nothing but the error of the computation is left.
    pub exact: bool,
}

/// The noise of a state x as `σ² = a² + (b x)²`.
#[derive(Debug, Clone, Serialize)]
pub struct NoisePartsDocument {
    /// a, in the unit of the state.
    pub additive: f64,
    /// b, a fraction of the state.
    pub proportional: f64,
}

/// An observation that contradicts all others.
#[derive(Debug, Clone, Serialize)]
pub struct OutlierDocument {
    /// The trajectory.
    pub trajectory: String,
    /// Number of the row among the trajectory's, from 1.
    pub row: usize,
    /// Its time.
    pub time: f64,
    /// The state.
    pub state: String,
    /// What was observed.
    pub value: f64,
    /// What the fitted states say.
    pub expected: Option<f64>,
    /// How far that is, in standard deviations of the noise there.
    pub deviations: Option<f64>,
}

impl OutlierDocument {
    pub(super) fn new(data: &Dataset, outlier: &Outlier) -> Self {
        let trajectory = &data.trajectories[outlier.trajectory];
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        Self {
            trajectory: trajectory.name.clone(),
            row: outlier.row + 1,
            time: trajectory.times[outlier.row],
            state: data.states[outlier.state].clone(),
            value: outlier.value,
            expected: finite(outlier.expected),
            deviations: finite(outlier.deviations),
        }
    }
}

/// Whether what is left of a state's data looks like noise.
#[derive(Debug, Clone, Serialize)]
pub struct ResidualsDocument {
    /// The state.
    pub state: String,
    /// Correlation of a residual with the next.
    pub autocorrelation: f64,
    /// Independent ones stay within plus and minus this 99 times of 100.
    pub bound: f64,
    /// Whether they do.
    pub white: bool,
}

/// Coefficients that may change together without the data noticing.
#[derive(Debug, Clone, Serialize)]
pub struct DirectionDocument {
    /// Standard deviation of the coefficient that changes most, as a fraction of its size.
    pub relative_deviation: f64,
    /// Who takes part.
    pub parts: Vec<PartDocument>,
}

/// A coefficient's part in a direction.
#[derive(Debug, Clone, Serialize)]
pub struct PartDocument {
    /// State in whose equation it is.
    pub state: String,
    /// The term without its coefficient.
    pub expression: String,
    /// Which of the numbers inside the expression it is, from 0; left out for the coefficient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constant: Option<usize>,
    /// By how much of its size it changes, the largest change being 1.
    pub weight: f64,
}

/// A structure that was compared in the end, see [`WeightedModel`](crate::discovery::WeightedModel).
#[derive(Debug, Clone, Serialize)]
pub struct StructureDocument {
    /// Its weight among all that were compared.
    pub weight: f64,
    /// The right-hand sides, in the order of the states.
    pub equations: Vec<String>,
}

/// A term and the weight of the structures that have it.
#[derive(Debug, Clone, Serialize)]
pub struct TermWeightDocument {
    /// State in whose equation it is.
    pub state: String,
    /// The term without its coefficient.
    pub expression: String,
    /// Between 0 and 1.
    pub weight: f64,
    /// Whether the equations have it.
    pub kept: bool,
}

/// A structure on the front of size and misfit.
#[derive(Debug, Clone, Serialize)]
pub struct ParetoDocument {
    /// Number of terms.
    pub terms: usize,
    /// Minus twice the log-likelihood, up to a constant.
    pub deviance: f64,
    /// Deviance plus the penalty of the terms; the lowest is chosen.
    pub criterion: f64,
    /// The right-hand sides, in the order of the states.
    pub equations: Vec<String>,
    /// Whether it is the result.
    pub chosen: bool,
}

impl HeldOutDocument {
    pub(super) fn new(held_out: &HeldOut) -> Self {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        Self {
            rows: held_out.rows,
            r2: finite(held_out.r2),
            error: finite(held_out.error),
            expected_error: finite(held_out.expected_error),
            prediction: match held_out.prediction() {
                Prediction::Confirmed => "confirmed",
                Prediction::Missed => "missed",
                Prediction::AtRest => "at_rest",
                Prediction::Repeats => "repeats",
                Prediction::Vague => "vague",
            },
            rival_error: finite(held_out.rival_error),
            rival_period: match held_out.rival {
                Forecast::Seasonal { period } => Some(period),
                Forecast::Constant => None,
            },
        }
    }
}

impl StateDocument {
    pub(super) fn new(own: &StateEvidence, finding: Finding) -> Self {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        Self {
            state: own.state.clone(),
            finding,
            description: own.description,
            rollout_r2: finite(own.rollout_r2),
            fit_r2: finite(own.fit_r2),
            exact: own.is_exact,
        }
    }
}

impl DirectionDocument {
    pub(super) fn new(direction: &Direction) -> Self {
        let parts = direction.parts.iter().map(|part| PartDocument {
            state: part.state.clone(),
            expression: part.expression.clone(),
            constant: part.constant,
            weight: part.weight,
        });
        Self { relative_deviation: direction.relative_deviation, parts: parts.collect() }
    }
}

impl ParetoDocument {
    pub(super) fn new(model: &ParetoModel) -> Self {
        Self {
            terms: model.model.term_count(),
            deviance: model.deviance,
            criterion: model.criterion,
            equations: model.model.rhs_python(),
            chosen: model.chosen,
        }
    }
}
