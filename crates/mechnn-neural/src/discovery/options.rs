//! The numbers of a neural discovery.

use mechnn::equation::LibrarySpec;
use mechnn_solver::{CollocationNodes, EquationRows, Scheme};
use serde::{Deserialize, Serialize};

use crate::train::{Adam, Schedule, TrainerOptions};

/// Settings of [`discover`](super::discover).
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `library` | `poly:2` | candidate terms |
/// | `window` | 51 | points of a window; collocation needs an odd number |
/// | `discretisation` | `collocation` | scheme of the solver |
/// | `cycles` | 10 | cycles of training and thresholding |
/// | `threshold` | 0.1 | terms with a smaller coefficient, in data units, are removed after every cycle |
/// | `vector` | 64 | length of the learned vector behind the coefficients |
/// | `width` | 256 | hidden width of both networks; the paper has 1024 |
/// | `latent` | `correction` | where nonlinear terms are evaluated |
/// | `precondition` | true | coefficients in the basis in which the fit has equal curvature |
/// | `training` | 4 epochs of each cycle, batch 512, rate 5e-4 falling to a tenth | see [`TrainerOptions`] |
///
/// Loss terms: `fit`, solution against data (right-hand side against differences without a solver); `consistency`,
/// latent states against data; both in units of each state's standard deviation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NeuralDiscoveryOptions {
    /// Candidate terms.
    pub library: LibrarySpec,
    /// Points of a window.
    pub window: usize,
    /// Scheme of the solver.
    pub discretisation: Discretisation,
    /// Cycles of training and thresholding.
    pub cycles: usize,
    /// Smallest coefficient that is kept.
    pub threshold: f64,
    /// Length of the learned vector.
    pub vector: usize,
    /// Hidden width of the networks.
    pub width: usize,
    /// Where nonlinear terms are evaluated.
    pub latent: LatentStates,
    /// Whether coefficients are preconditioned.
    pub precondition: bool,
    /// Training of one cycle.
    pub training: TrainerOptions,
}

impl Default for NeuralDiscoveryOptions {
    fn default() -> Self {
        Self {
            library: LibrarySpec::polynomial(2),
            window: 51,
            discretisation: Discretisation::Collocation,
            cycles: 10,
            threshold: 0.1,
            vector: 64,
            width: 256,
            latent: LatentStates::Correction,
            precondition: true,
            training: TrainerOptions {
                epochs: 4,
                batch: 512,
                adam: Adam { learning_rate: 5e-4, ..Adam::default() },
                schedule: Schedule::Cosine { end: 0.1 },
                ..TrainerOptions::default()
            },
        }
    }
}

/// The scheme of the solver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Discretisation {
    /// Three-point collocation, order 4, equations and initial values exact.
    Collocation,
    /// The default rows of S-MNN, order 2, with the second derivative as an unknown.
    Taylor,
    /// No solver: the right-hand side is fitted to central differences of the data. To compare with.
    Differences,
}

impl Discretisation {
    pub(super) fn scheme(self) -> Scheme {
        match self {
            Self::Collocation | Self::Differences => Scheme::Collocation { nodes: CollocationNodes::Three },
            Self::Taylor => Scheme::Taylor,
        }
    }

    pub(super) fn equation_rows(self) -> EquationRows {
        EquationRows::Soft
    }

    /// K for a first-order equation.
    pub(super) fn orders(self) -> usize {
        match self {
            Self::Collocation | Self::Differences => 2,
            Self::Taylor => 3,
        }
    }
}

/// Where nonlinear terms are evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LatentStates {
    /// On the data.
    Data,
    /// On what a network makes of the window, as in the paper.
    Network,
    /// On the data plus what a network adds; it starts at zero.
    Correction,
}
