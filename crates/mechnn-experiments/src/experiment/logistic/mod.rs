//! Parameters of logistic growth from trajectories, by an encoder that has seen many others.
//!
//! x' = r x - (r/K) x², r and K from N(3, 0.5²), x(0) from N(0.05, 0.05²), 60 points on [0, 3], fresh noise for every
//! trajectory. A start below 0.01 is drawn again: below 0 the solution escapes to infinity.

// In data-flow order.
mod trajectories;

mod inference;

mod score;

use mechnn::equation::BasisLibrary;
use mechnn_neural::basis::Monomials;
use mechnn_neural::discovery::Windows;
use mechnn_neural::discovery::preconditioner::{gram, transform};
use mechnn_neural::encoder::{ConvolutionStack, IntegralRegression, Mlp, Padding, Readout};
use mechnn_neural::head::{EquationHead, Initial, Latent, LibraryRightHandSide, Source, Steps};
use mechnn_neural::train::{Adam, Schedule, TrainerOptions};
use mechnn_neural::{Activation, InitialWeights, MechanisticBlock, OdeLayer, device, from_slice, to_vec};
use mechnn_solver::{CollocationNodes, Scheme};
use ndarray::Array2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use self::inference::{Inference, InferenceLoss};
use self::score::Score;
use self::trajectories::{DURATION, Trajectories};
use super::figure::{Labels, Panel};
use super::watcher::train;
use super::{ExperimentError, Figure, Table, Watch};

/// Settings of the logistic inference.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `seeds` | 0 to 4 | trajectories, noise, initial weights |
/// | `trajectories` | 5000 | to train on |
/// | `unseen` | 500 | to test on |
/// | `points` | 61 | on [0, 3]; the paper has 60, collocation needs an odd number |
/// | `noise` | 1e-3 | standard deviation |
/// | `more_noise` | 0.01, 0.05 | other levels; first seed only |
/// | `channels` | 8, 16 | of the convolutions; the paper has 64, 128, 256, 256, 128, 128 |
/// | `kernel` | 5 | points of a kernel |
/// | `training` | 20 epochs, batch 64, rate 1e-3 falling to 2e-5, ε 1e-12 | see [`TrainerOptions`]; the paper has 150 |
///
/// The loss ends at the variance of the noise, 1e-6, and its gradient by single weights far below the usual ε of Adam,
/// 1e-8.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Logistic {
    /// Trajectories, noise, initial weights.
    pub seeds: Vec<u64>,
    /// Trajectories to train on.
    pub trajectories: usize,
    /// Trajectories to test on.
    pub unseen: usize,
    /// Points on [0, 3].
    pub points: usize,
    /// Standard deviation of the noise.
    pub noise: f64,
    /// Other levels of noise.
    pub more_noise: Vec<f64>,
    /// Channels of the convolutions.
    pub channels: Vec<usize>,
    /// Points of a kernel.
    pub kernel: usize,
    /// The training.
    pub training: TrainerOptions,
}

impl Default for Logistic {
    fn default() -> Self {
        Self {
            seeds: (0..5).collect(),
            trajectories: 5000,
            unseen: 500,
            points: 61,
            noise: 1e-3,
            more_noise: vec![0.01, 0.05],
            channels: vec![8, 16],
            kernel: 5,
            training: TrainerOptions {
                epochs: 20,
                batch: 64,
                adam: Adam { learning_rate: 1e-3, epsilon: 1e-12, ..Adam::default() },
                schedule: Schedule::Cosine { end: 0.02 },
                clip: Some(10.0),
                ..TrainerOptions::default()
            },
        }
    }
}

/// Regressions of a window, the second and later ones with terms along the curve found before.
const PASSES: usize = 3;

/// What is changed in a fit.
#[derive(Clone, Copy, PartialEq)]
enum Variant {
    Full,
    /// As [`Self::Full`], not trained: the least-squares regression on the integrated terms.
    Regression,
    /// The network says the coefficients, as in the paper, in the basis in which the mean fit has equal curvature.
    Plain,
    /// No consistency loss, so that latent states are free.
    NoConsistency,
    /// Nonlinear terms on the curve of the regression instead of latent states.
    DataStates,
    /// No block, trained on the truth.
    Supervised,
}

impl Logistic {
    /// Runs all fits.
    ///
    /// # Errors
    /// [`ExperimentError`].
    pub fn run(&self, watch: &mut dyn Watch) -> Result<Table, ExperimentError> {
        let Some(&first) = self.seeds.first() else {
            let (name, value, expected) = ("seeds", "empty".to_owned(), "at least one");
            return Err(ExperimentError::Setting { name, value, expected });
        };
        let mut table = Table::new("Parameters of logistic growth on unseen trajectories");
        let scores = self.seeds.iter().map(|&seed| self.fit(seed, self.noise, Variant::Full, watch));
        let scores = scores.collect::<Result<Vec<_>, _>>()?;
        let list = |part: fn(&Score) -> f64| scores.iter().map(part).collect::<Vec<_>>();
        table.row("R2 of r", "plots only (at least 0.99)", list(|s| s.r));
        table.row("R2 of r/K", "plots only (at least 0.99)", list(|s| s.r_over_k));
        table.row("mean |bias|", ".2 to .4 in places (below 0.02)", list(|s| s.bias));
        let left = scores.iter().filter_map(|s| s.fit).map(|fit| fit / (self.noise * self.noise));
        let free = 1.0 - 4.0 / self.points as f64;
        let wanted = format!("{free:.3}: four numbers fitted to {} points", self.points);
        table.row("mean square of the fit over the variance of the noise", wanted, left.collect());
        let mut panels = vec![];
        let mut draw = |score: &Score, noise: f64| {
            for (name, pairs) in ["r", "r/K"].iter().zip(&score.pairs) {
                let (truth, found): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
                panels.push(Panel::curve(format!("{name}, noise {noise}"), &truth, &found, &truth));
            }
        };
        draw(&scores[0], self.noise);
        let mut single = |name: String, noise: f64, variant: Variant| -> Result<(), ExperimentError> {
            let score = self.fit(first, noise, variant, watch)?;
            if variant == Variant::Full {
                draw(&score, noise);
            }
            table.row(format!("{name}: R2 of r"), "", vec![score.r]);
            table.row(format!("{name}: R2 of r/K"), "", vec![score.r_over_k]);
            table.row(format!("{name}: mean |bias|"), "", vec![score.bias]);
            Ok(())
        };
        let regression = "the same before training (regression alone)";
        single(regression.to_owned(), self.noise, Variant::Regression)?;
        for &noise in &self.more_noise {
            single(format!("noise {noise}"), noise, Variant::Full)?;
            single(format!("noise {noise}, before training (regression alone)"), noise, Variant::Regression)?;
        }
        for (name, variant) in [
            ("without consistency loss (ablation)", Variant::NoConsistency),
            ("no latent states, terms on the curve of the regression (ablation)", Variant::DataStates),
            ("network says the coefficients, no regression (ablation; the paper's way)", Variant::Plain),
            ("same network without the block, trained on the true parameters", Variant::Supervised),
        ] {
            single(name.to_owned(), self.noise, variant)?;
        }
        table.note(format!(
            "Channels {:?} with kernels of {} (paper: 64-128-256-256-128-128), {} epochs (paper: 150), batch {}; known \
             step. A learned step would make r a free scale: only the product of rate and step is seen by the solver.",
            self.channels, self.kernel, self.training.epochs, self.training.batch
        ));
        // Of the levels between, the last: four panels have room.
        let last = panels.split_off(panels.len() - 2);
        panels.truncate(2);
        panels.extend(last);
        let title = "Unseen trajectories, first seed";
        let labels = Labels { title, line: "found = true", horizontal: "true", states: &["found"] };
        table.figures.push(Figure::new("logistic", &labels, &panels)?);
        Ok(table)
    }

    fn fit(&self, seed: u64, noise: f64, variant: Variant, watch: &mut dyn Watch) -> Result<Score, ExperimentError> {
        let device = device();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let training = Trajectories::new(self.trajectories, self.points, noise, &mut random, &device);
        let unseen = Trajectories::new(self.unseen, self.points, noise, &mut random, &device);
        let mut weights = InitialWeights::new(seed, &device);
        // A regression shows its residual to the network beside the window.
        let mut stack = |inputs: usize, features: usize| {
            let channels: Vec<usize> = std::iter::once(inputs).chain(self.channels.iter().copied()).collect();
            let (padding, readout) = (Padding::Zero, Readout::Flatten);
            ConvolutionStack::new(
                &channels,
                self.kernel,
                self.points,
                features,
                padding,
                readout,
                Activation::Elu,
                &mut weights,
            )
        };
        let mut options = self.training.clone();
        options.seed = seed;
        let name = match variant {
            Variant::Full => "full",
            Variant::Regression => "regression",
            Variant::Plain => "plain",
            Variant::NoConsistency => "no consistency loss",
            Variant::DataStates => "no latent states",
            Variant::Supervised => "supervised",
        };
        let run = format!("seed {seed}, noise {noise}, {name}");
        let library = BasisLibrary::polynomial(1, 2);
        let basis = Monomials::new(library.terms());
        if variant == Variant::Supervised {
            return self.score(stack(1, library.len())?, options, &training, &unseen, &run, watch);
        }
        if variant == Variant::NoConsistency {
            options.weights.insert("consistency".to_owned(), 0.0);
        }
        let step = DURATION / (self.points - 1) as f64;
        let network = match variant {
            Variant::Plain => stack(1, library.len())?,
            _ => stack(2, library.len() + 1)?,
        };
        let all: Vec<usize> = (0..self.trajectories).collect();
        let regression =
            IntegralRegression::<_, Mlp>::new(basis.clone(), None, 1, self.points, step)?.with_passes(PASSES);
        let left = to_vec(regression.residual_size(training.window(&all).values)?);
        // Latent states are corrected in units of what the regression leaves, about the noise.
        let unit = (left.iter().map(|s| s * s).sum::<f64>() / left.len() as f64).sqrt();
        let latent = match variant {
            Variant::DataStates => Latent::data(),
            _ => {
                let network = Mlp::new(&[self.points, 64, self.points], Activation::Elu, &mut weights)?;
                Latent::correction(network.with_zero_output(&weights), &[1.0], &[unit])
            }
        };
        let mut rate = LibraryRightHandSide::new(basis.clone(), 1, Source::Features, &weights);
        if variant == Variant::Plain {
            let windows = Windows::new(&training.dataset()?, self.points)?;
            let keep = Array2::from_elem((1, library.len()), true);
            let matrix = transform(&gram(&windows, &library, true), &keep, windows.scale());
            let zero = from_slice(&vec![0.0; library.len()], [1, library.len()], &device);
            rate = rate.precondition(matrix.view(), Array2::zeros((1, library.len())).view(), zero)?;
        }
        let initial = match variant {
            Variant::Plain => Initial::Latent { points: 1 },
            _ => Initial::Features { derivatives: 1 },
        };
        let head = EquationHead::new(rate, 1, 1, 2, latent, initial, Steps::fixed(step))?;
        let scheme = Scheme::Collocation { nodes: CollocationNodes::Three };
        let layer = OdeLayer::new(self.points).with_scheme(scheme);
        if variant == Variant::Plain {
            let model = MechanisticBlock::new(network, head, layer);
            return self.score(model, options, &training, &unseen, &run, watch);
        }
        let network = network.with_zero_output(&weights);
        let encoder = IntegralRegression::new(basis, Some(network), 1, self.points, step)?.with_passes(PASSES);
        let model = MechanisticBlock::new(encoder, head, layer);
        match variant {
            Variant::Regression => Score::of(&model, &unseen),
            _ => self.score(model, options, &training, &unseen, &run, watch),
        }
    }

    fn score<M: Inference>(
        &self,
        model: M,
        options: TrainerOptions,
        training: &Trajectories,
        unseen: &Trajectories,
        run: &str,
        watch: &mut dyn Watch,
    ) -> Result<Score, ExperimentError> {
        let trained = train(model, options, &InferenceLoss(training), watch, run)?;
        let fit = trained.history.last().and_then(|epoch| epoch.terms.get("fit")).copied();
        Ok(Score { fit, ..Score::of(&trained.model, unseen)? })
    }
}
