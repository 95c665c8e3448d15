//! What a discovery finds.

use ndarray::Array2;

use super::contender::{TermWeight, term_weights};
use super::evidence::Evidence;
use super::observer::Progress;
use super::options::NoiseModel;
use super::verdict::Verdict;
use crate::equation::{Rollout, RolloutStatus, SparseModel, Term};

/// A discovered system with the evidence for it; everything in the data's units.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DiscoveryResult {
    /// The equations, with standard errors.
    pub model: SparseModel,
    /// Covariance of the numbers of the equations, coefficients in the order of the terms and then inner constants, `[P, P]`: second
    /// moments about the values in `model`, also where these are simple numbers and not the estimates.
    pub covariance: Array2<f64>,
    /// Estimated standard deviation of the noise, `[D]`, NaN for states that were not measured; where it is proportional, at the root mean square of the state.
    pub noise: Vec<f64>,
    /// What the noise depends on.
    pub noise_model: NoiseModel,
    /// One for each trajectory.
    pub trajectories: Vec<FittedTrajectory>,
    /// Whether the residuals are noise, what the data leave open, and how held-out rows are predicted.
    pub evidence: Evidence,
    /// The best structures of each size that the search compared, fewest terms first; no larger one explains the data
    /// worse. One of them is the model's.
    pub front: Vec<Alternative>,
    /// Coefficients the search started from.
    pub candidates: usize,
    /// Terms that are combinations of simpler ones on these data (a constant column makes such), and so were not tried.
    pub indistinct: Vec<Term>,
    /// Every step taken.
    pub history: Vec<Progress>,
    /// True if the observer ended the search before it was done.
    pub interrupted: bool,
}

/// A structure on the front of size and misfit.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Alternative {
    /// Minus twice the log-likelihood with the noise at its best, up to a constant.
    pub deviance: f64,
    /// Deviance plus the price of the terms; the lowest is chosen.
    pub criterion: f64,
    /// Its equations, without standard errors, with a small model error allowed and before anything is simplified.
    pub model: SparseModel,
    /// Whether its terms are those of the result.
    pub chosen: bool,
}

/// How the model does on one trajectory, on a grid that contains the trajectory's times.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FittedTrajectory {
    /// Times of the grid: those of the data, with points between them where the data are sparse, `[M]`.
    pub times: Vec<f64>,
    /// Where the data's times are in the grid, `[N]`.
    pub observed_at: Vec<usize>,
    /// Estimated states, `[M, D]`.
    pub states: Array2<f64>,
    /// Standard error of the estimated states, given that these are the right terms, `[M, D]`; what it leaves out is in
    /// `docs/src/concepts/uncertainty.md`.
    pub state_std: Array2<f64>,
    /// The model simulated from the estimated start.
    pub rollout: Rollout,
    /// Variance-weighted R2 of the rollout against the data.
    pub rollout_r2: f64,
    /// The same of the estimated states, which obey the equations up to the small model error.
    pub fit_r2: f64,
    /// How long the rollout stays within 20 % of each state's standard deviation of the estimated states.
    pub valid_time: f64,
}

impl DiscoveryResult {
    /// True if every rollout stays finite over its data's span.
    pub fn is_stable(&self) -> bool {
        self.trajectories.iter().all(|trajectory| trajectory.rollout.status == RolloutStatus::Finished)
    }

    /// How far the equations can be trusted, judged on the data they were found from.
    pub fn verdict(&self) -> Verdict {
        let of_states = self.evidence.residuals.iter().zip(&self.noise);
        let measured: Vec<_> =
            of_states.filter(|(_, noise)| !noise.is_nan()).map(|(residuals, _)| *residuals).collect();
        Verdict::new(&self.trajectories, &measured)
    }

    /// The weight of every term that some structure has that was compared in the end, by state, and the heaviest first; none where
    /// the terms were given.
    pub fn term_weights(&self) -> Vec<TermWeight> {
        term_weights(&self.evidence.contenders, &self.model)
    }

    /// What the user may conclude, in plain words: the verdict, and what the other evidence adds.
    pub fn conclusion(&self) -> String {
        let verdict = self.verdict();
        match self.evidence.remark(&verdict, &self.model) {
            Some(remark) => format!("{verdict} {remark}"),
            None => verdict.to_string(),
        }
    }

    /// The noise as a fraction of each state's value, `[D]`, if it is proportional; of the root mean square of the
    /// estimated states, NaN where they are all 0.
    pub fn noise_fractions(&self) -> Option<Vec<f64>> {
        let size = |d: usize| {
            let squares = self.trajectories.iter().flat_map(|x| x.states.column(d).to_vec()).map(|x| x * x);
            let count: usize = self.trajectories.iter().map(|x| x.states.nrows()).sum();
            (squares.sum::<f64>() / count as f64).sqrt()
        };
        let fraction = |(d, noise): (usize, &f64)| noise / size(d);
        (self.noise_model == NoiseModel::Proportional).then(|| self.noise.iter().enumerate().map(fraction).collect())
    }
}
