//! The numbers of a training, each documented and defaulted here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TrainingError;

/// Settings of a [`Trainer`](super::Trainer).
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `epochs` | 100 | passes over the examples | at least 1 |
/// | `batch` | 64 | examples of a step | at least 1 |
/// | `adam` | see [`Adam`] | optimiser | |
/// | `schedule` | `Constant` | learning rate over the epochs | |
/// | `clip` | none | largest norm of the gradient; longer ones are shortened | positive |
/// | `patience` | none | epochs without a better validation loss before stopping | at least 1 |
/// | `weights` | 1 each | weights of the loss terms by name; 0 leaves a term out | finite |
/// | `seed` | 0 | order of the examples | |
/// | `threads` | none | threads of this training; the results do not depend on it | at least 1 |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainerOptions {
    /// Passes over the examples.
    pub epochs: usize,
    /// Examples of a step.
    pub batch: usize,
    /// Optimiser.
    pub adam: Adam,
    /// Learning rate over the epochs.
    pub schedule: Schedule,
    /// Largest norm of the gradient.
    pub clip: Option<f64>,
    /// Epochs without a better validation loss before stopping.
    pub patience: Option<usize>,
    /// Weights of the loss terms.
    pub weights: BTreeMap<String, f64>,
    /// Seed of the order of the examples.
    pub seed: u64,
    /// Threads; absent means those of the caller.
    pub threads: Option<usize>,
}

impl Default for TrainerOptions {
    fn default() -> Self {
        Self {
            epochs: 100,
            batch: 64,
            adam: Adam::default(),
            schedule: Schedule::Constant,
            clip: None,
            patience: None,
            weights: BTreeMap::new(),
            seed: 0,
            threads: None,
        }
    }
}

impl TrainerOptions {
    /// Refuses settings outside their ranges.
    pub(super) fn check(&self) -> Result<(), TrainingError> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        let share = |x: f64| (0.0..1.0).contains(&x);
        let settings = [
            ("epochs", self.epochs as f64, self.epochs >= 1, "at least 1"),
            ("batch", self.batch as f64, self.batch >= 1, "at least 1"),
            ("adam.learning_rate", self.adam.learning_rate, positive(self.adam.learning_rate), "positive"),
            ("adam.beta1", self.adam.beta1, share(self.adam.beta1), "0 to 1, without 1"),
            ("adam.beta2", self.adam.beta2, share(self.adam.beta2), "0 to 1, without 1"),
            ("adam.epsilon", self.adam.epsilon, positive(self.adam.epsilon), "positive"),
            ("adam.weight_decay", self.adam.weight_decay, self.adam.weight_decay >= 0.0, "0 or more"),
            ("clip", self.clip.unwrap_or(1.0), positive(self.clip.unwrap_or(1.0)), "positive"),
            ("patience", self.patience.unwrap_or(1) as f64, self.patience != Some(0), "at least 1"),
            ("threads", self.threads.unwrap_or(1) as f64, self.threads != Some(0), "at least 1"),
        ];
        match settings.into_iter().find(|(_, _, is_valid, _)| !is_valid) {
            Some((name, value, _, expected)) => {
                Err(TrainingError::Setting { name, value: value.to_string(), expected })
            }
            None => Ok(()),
        }
    }
}

/// Adam with decoupled weight decay (AdamW), all in f64.
///
/// $$ m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
/// w \leftarrow (1 - \eta\lambda)\, w - \eta\, \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon} $$
///
/// | Name | Default | Symbol | Range |
/// |---|---|---|---|
/// | `learning_rate` | 1e-3 | η | positive |
/// | `beta1` | 0.9 | β₁ | 0 to 1, without 1 |
/// | `beta2` | 0.999 | β₂ | 0 to 1, without 1 |
/// | `epsilon` | 1e-8 | ε, outside the root (PyTorch; burn's default is 1e-5) | positive |
/// | `weight_decay` | 0 | λ | 0 or more |
///
/// References: Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Adam {
    /// η
    pub learning_rate: f64,
    /// β₁
    pub beta1: f64,
    /// β₂
    pub beta2: f64,
    /// ε
    pub epsilon: f64,
    /// λ
    pub weight_decay: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 }
    }
}

/// Factor of the learning rate at an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Schedule {
    /// 1.
    #[default]
    Constant,
    /// From 1 to `end` along half a cosine over all epochs.
    Cosine {
        /// Factor at the last epoch.
        end: f64,
    },
    /// Multiplied by `factor` after every `every` epochs.
    Step {
        /// Epochs between two changes.
        every: usize,
        /// Factor of a change.
        factor: f64,
    },
}

impl Schedule {
    /// Factor at `epoch` of `epochs`, both from 0.
    pub fn factor(self, epoch: usize, epochs: usize) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine { end } => {
                let share = epoch as f64 / epochs.saturating_sub(1).max(1) as f64;
                end + (1.0 - end) * 0.5 * (1.0 + (std::f64::consts::PI * share).cos())
            }
            Self::Step { every, factor } => factor.powi((epoch / every.max(1)) as i32),
        }
    }
}
