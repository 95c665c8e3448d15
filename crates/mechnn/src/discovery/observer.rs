//! Watching a discovery, and stopping it.

use std::ops::ControlFlow;

use serde::Serialize;

use crate::equation::SparseModel;

/// What a discovery is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stage {
    /// Comparing structures; a step is a better one.
    Structure,
}

/// A completed step of a discovery.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// What was done.
    pub stage: Stage,
    /// Fraction of the whole that is done, an estimate.
    pub fraction: f64,
    /// Model error of this step, in units of the noise.
    pub model_error: f64,
    /// Terms in the model.
    pub terms: usize,
    /// Gauss-Newton iterations of this step.
    pub iterations: usize,
    /// Sum of squared residuals over the noise variance, data part.
    pub data_misfit: f64,
    /// Sum of squared defects over the model-error variance.
    pub model_misfit: f64,
    /// Information criterion; lower is better, comparable between the steps of one search.
    pub criterion: f64,
    /// The equations at this point.
    #[serde(skip)]
    pub model: Option<SparseModel>,
}

/// Receives progress; the discovery itself never prints.
pub trait Observer {
    /// Called after every step. `Break` ends the discovery with the best model so far.
    fn step(&mut self, progress: &Progress) -> ControlFlow<()>;
}

/// An observer that watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn step(&mut self, _progress: &Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
