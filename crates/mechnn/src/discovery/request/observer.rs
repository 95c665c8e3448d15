//! Watching a discovery, and stopping it.

use std::ops::ControlFlow;

use serde::Serialize;

use crate::equation::SparseModel;

/// What a discovery is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stage {
    /// Smoothing the states, estimating the noise, and proposing equations by regression.
    Proposals,
    /// Comparing structures while the equations hold loosely: the states follow the data.
    LooseEquations,
    /// Comparing structures while the equations hold tightly: the states follow them.
    TightEquations,
    /// Fitting the best structure with a model error as small as the data bear, and judging it.
    Refinement,
}

/// A completed step of a search: a structure better than all before it in its stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Fraction of the whole that is done, an estimate.
    pub fraction: f64,
    /// Model error at which structures are compared in this stage, over a typical step, in units of the noise.
    pub model_error: f64,
    /// Terms in the model.
    pub terms: usize,
    /// Gauss-Newton iterations of this step.
    pub iterations: usize,
    /// Sum of squared residuals over the noise variance, data part.
    pub data_misfit: f64,
    /// Sum of squared defects over the model-error variance.
    pub model_misfit: f64,
    /// Information criterion; lower is better. Only steps of the same stage can be compared by it.
    pub criterion: f64,
    /// The equations at this point.
    #[serde(skip)]
    pub model: Option<SparseModel>,
}

/// Receives progress; the discovery itself never prints.
pub trait Observer {
    /// Called when a stage begins.
    fn stage(&mut self, _stage: Stage) {}

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
