//! How well parameters of unseen curves were found.

use mechnn_neural::to_vec;

use super::inference::Inference;
use super::trajectories::Trajectories;
use crate::experiment::ExperimentError;

/// Of one fit on unseen trajectories.
pub(super) struct Score {
    pub(super) r: f64,
    pub(super) r_over_k: f64,
    pub(super) bias: f64,
    /// Last mean square of the training, if there was one.
    pub(super) fit: Option<f64>,
    /// True and found r and r/K.
    pub(super) pairs: [Vec<(f64, f64)>; 2],
}

impl Score {
    pub(super) fn of<M: Inference>(model: &M, unseen: &Trajectories) -> Result<Self, ExperimentError> {
        let all: Vec<usize> = (0..unseen.truth.len()).collect();
        let found = to_vec(model.coefficients(&unseen.window(&all))?);
        let column = |p: usize| found.iter().skip(p).step_by(3).copied().collect::<Vec<_>>();
        let truth = |p: usize| unseen.truth.iter().map(|row| row[p]).collect::<Vec<_>>();
        let bias = column(0).iter().map(|b| b.abs()).sum::<f64>() / all.len() as f64;
        let pairs = [1, 2].map(|p| {
            let sign = if p == 2 { -1.0 } else { 1.0 };
            let mut pairs: Vec<(f64, f64)> =
                truth(p).iter().zip(column(p)).map(|(&truth, found)| (sign * truth, sign * found)).collect();
            pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
            pairs
        });
        let (r, r_over_k) = (determination(&column(1), &truth(1)), determination(&column(2), &truth(2)));
        Ok(Self { r, r_over_k, bias, fit: None, pairs })
    }
}

/// R2 = 1 - squared error / variance of the truth.
fn determination(found: &[f64], truth: &[f64]) -> f64 {
    let mean = truth.iter().sum::<f64>() / truth.len() as f64;
    let error: f64 = found.iter().zip(truth).map(|(f, t)| (f - t).powi(2)).sum();
    1.0 - error / truth.iter().map(|t| (t - mean).powi(2)).sum::<f64>()
}
