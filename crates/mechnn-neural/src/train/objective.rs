//! What is minimised.

use crate::error::LayerError;
use crate::loss::LossTerms;

/// The loss of a model on some examples.
pub trait Objective<M>: Sync {
    /// Number of examples to train on.
    fn examples(&self) -> usize;

    /// Loss terms on the examples with these indices, each term a mean over them.
    ///
    /// # Errors
    /// [`LayerError`] of the model.
    fn terms(&self, model: &M, examples: &[usize]) -> Result<LossTerms, LayerError>;

    /// A number to stop early by and to choose the best epoch with, on examples that are not trained on; smaller is
    /// better. Without one, the mean training loss of the epoch is used.
    ///
    /// # Errors
    /// [`LayerError`] of the model.
    fn validation(&self, model: &M) -> Result<Option<f64>, LayerError> {
        let _ = model;
        Ok(None)
    }
}
