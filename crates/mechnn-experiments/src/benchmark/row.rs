//! The result of one run.

use serde::{Deserialize, Serialize};

use super::Method;
use super::condition::Drop;
use super::score::Structure;
use super::system::Start;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// By itself.
    Finished,
    /// At the time limit, with the equations it had.
    TimeLimit,
    /// With an error and without equations.
    Failed,
    /// With a panic, which is a bug.
    Panicked,
}

/// One run: what was fitted, what was found, and how good it is. All numbers are finite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Id of the system.
    pub system: u32,
    /// Its name.
    pub name: String,
    /// D, the number of states.
    pub dim: usize,
    /// Kind of the right-hand side.
    pub class: String,
    /// The start that was fitted.
    pub start: Start,
    /// σ of the noise.
    pub noise: f64,
    /// Part of the rows that was dropped.
    pub drop: Drop,
    /// Seed of noise and mask.
    pub seed: u32,
    /// What found the equations.
    pub method: Method,
    /// How the run ended.
    pub outcome: Outcome,
    /// R2 from the true initial value of the fitted trajectory; 0 if the simulation fails.
    pub r2_reconstruction: f64,
    /// R2 from the other initial value; 0 if the simulation fails.
    pub r2_generalisation: f64,
    /// The terms against the true ones.
    pub structure: Structure,
    /// Largest relative error of a coefficient, if the terms are exact.
    pub worst_coefficient_error: Option<f64>,
    /// Terms found, over all equations.
    pub terms: usize,
    /// Processor time of the fit.
    pub core_seconds: f64,
    /// Right-hand sides in full precision, joined by `; `; empty without equations.
    pub equations: String,
    /// Why there are none; empty with equations.
    pub message: String,
}
