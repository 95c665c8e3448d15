//! Nonlinear terms by latent states against the nonlinear solver, on one curve.
//!
//! x' = c0 + c1 x + c2 x² with three unknown coefficients and an unknown start, from one noisy curve of logistic
//! growth with r = K = 3. The linear solver needs states on which x² is evaluated: the data, or latent states tied to
//! the solution by the consistency loss. [`NonlinearSolver`](mechnn_solver::nonlinear::NonlinearSolver) needs none;
//! its derivative is implicit.

// In data-flow order.
mod implicit;

mod model;

use std::time::Instant;

use mechnn::data::{Dataset, Trajectory};
use mechnn::equation::BasisLibrary;
use mechnn_neural::basis::Monomials;
use mechnn_neural::discovery::Windows;
use mechnn_neural::discovery::preconditioner::{gram, transform};
use mechnn_neural::encoder::{LearnedVector, Mlp};
use mechnn_neural::head::{EquationHead, Initial, Latent, LibraryRightHandSide, Source, Steps};
use mechnn_neural::train::{Adam, Schedule, TrainerOptions};
use mechnn_neural::{Activation, InitialWeights, MechanisticBlock, OdeLayer, device, from_slice};
use mechnn_solver::{CollocationNodes, Scheme};
use ndarray::{Array2, array};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use self::model::{NonlinearModel, fit};
use super::figure::{Labels, Panel};
use super::{ExperimentError, Figure, Table, Watch};

/// Settings of the comparison.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `seeds` | 0 to 4 | noise and initial weights |
/// | `noise` | 1e-3, 0.01, 0.05 | standard deviations |
/// | `points` | 61 | on [0, 3], an odd number |
/// | `width` | 64 | of the network of the latent states |
/// | `training` | 6000 steps, rate 1e-3 to 1e-5, β₂ 0.9, norm at most 1 | the same for all methods |
///
/// The gradient falls by six orders and has no noise of mini-batches. With β₂ = 0.999 the first gradients slow down a
/// thousand steps, and none of the methods arrives. With a rate of 0.02 the nonlinear solver is led to coefficients
/// without a solution up to the last point: x' = c0 + c1 x + c2 x² with a little too negative c0 falls to -∞.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NonlinearTerms {
    /// Noise and initial weights.
    pub seeds: Vec<u64>,
    /// Standard deviations of the noise.
    pub noise: Vec<f64>,
    /// Points on [0, 3].
    pub points: usize,
    /// Width of the network of the latent states.
    pub width: usize,
    /// The training.
    pub training: TrainerOptions,
}

impl Default for NonlinearTerms {
    fn default() -> Self {
        Self {
            seeds: (0..5).collect(),
            noise: vec![1e-3, 0.01, 0.05],
            points: 61,
            width: 64,
            training: TrainerOptions {
                epochs: 6000,
                batch: 1,
                adam: Adam { learning_rate: 1e-3, beta2: 0.9, epsilon: 1e-12, ..Adam::default() },
                schedule: Schedule::Cosine { end: 0.01 },
                clip: Some(1.0),
                ..TrainerOptions::default()
            },
        }
    }
}

/// True coefficients of 1, x, x², and the start.
const TRUTH: [f64; 3] = [0.0, 3.0, -1.0];
const START: f64 = 0.05;
const DURATION: f64 = 3.0;
/// Where the coefficients start: growth at another rate to another capacity.
const GUESS: [f64; 3] = [0.0, 1.0, -0.5];

/// Where x² is evaluated.
#[derive(Clone, Copy)]
enum Method {
    Data,
    Latent { consistency: f64 },
    Nonlinear,
}

impl Method {
    fn short(self) -> &'static str {
        match self {
            Self::Data => "terms on the data",
            Self::Latent { consistency: 0.0 } => "latent, not consistent",
            Self::Latent { .. } => "latent, consistent",
            Self::Nonlinear => "nonlinear solver",
        }
    }
}

/// Largest error of a coefficient in units of the largest one, %; error of the solution; time.
struct Score {
    coefficient: f64,
    solution: f64,
    seconds: f64,
    times: Vec<f64>,
    data: Vec<f64>,
    states: Vec<f64>,
}

impl NonlinearTerms {
    /// Runs all fits.
    ///
    /// # Errors
    /// [`ExperimentError`].
    pub fn run(&self, watch: &mut dyn Watch) -> Result<Table, ExperimentError> {
        let mut table = Table::new("Nonlinear terms: latent states against the nonlinear solver");
        let methods = [
            ("terms on the data", Method::Data),
            ("latent states, consistency loss", Method::Latent { consistency: 1.0 }),
            ("latent states, no consistency loss (ablation)", Method::Latent { consistency: 0.0 }),
            ("nonlinear solver, implicit derivative", Method::Nonlinear),
        ];
        let most = self.noise.iter().copied().fold(0.0, f64::max);
        let mut panels = vec![];
        for &noise in &self.noise {
            for (name, method) in methods {
                let scores = self.seeds.iter().map(|&seed| self.fit(seed, noise, method, name, watch));
                let scores = scores.collect::<Result<Vec<_>, _>>()?;
                if let Some(Score { times, data, states, .. }) = scores.first().filter(|_| noise == most) {
                    panels.push(Panel::curve(method.short(), times, data, states));
                }
                let list = |part: fn(&Score) -> f64| scores.iter().map(part).collect::<Vec<_>>();
                let text = format!("noise {noise}, {name}:");
                table.row(format!("{text} largest error of a coefficient, % of r"), "", list(|s| s.coefficient));
                table.row(format!("{text} root mean square error to the clean curve"), "", list(|s| s.solution));
                table.row(format!("{text} seconds"), "", list(|s| s.seconds));
            }
        }
        table.note(format!(
            "x' = c0 + c1 x + c2 x² with unknown coefficients and start, {} points of one curve (truth 0, 3, -1, \
             from 0.05), all from the same guess (0, 1, -0.5), in the same preconditioned coordinates, with the same \
             optimiser and {} steps. Times are of a shared machine.",
            self.points, self.training.epochs
        ));
        let title = format!("Nonlinear terms, noise {most}, first seed");
        let labels = Labels { title: &title, line: "solution", horizontal: "t", states: &["x"] };
        table.figures.push(Figure::new("nonlinear_terms", &labels, &panels)?);
        Ok(table)
    }

    fn fit(
        &self,
        seed: u64,
        noise: f64,
        method: Method,
        name: &str,
        watch: &mut dyn Watch,
    ) -> Result<Score, ExperimentError> {
        let device = device();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let step = DURATION / (self.points - 1).max(1) as f64;
        let times: Vec<f64> = (0..self.points).map(|n| step * n as f64).collect();
        let capacity = -TRUTH[1] / TRUTH[2];
        let growth = |t: &f64| capacity / (1.0 + (capacity / START - 1.0) * (-TRUTH[1] * t).exp());
        let clean: Vec<f64> = times.iter().map(growth).collect();
        let noisy: Vec<f64> = clean
            .iter()
            .map(|x| {
                let z: f64 = StandardNormal.sample(&mut random);
                x + noise * z
            })
            .collect();
        let values = Array2::from_shape_fn((self.points, 1), |(n, _)| noisy[n]);
        let curve = Trajectory::new("curve", times.clone(), values)?;
        let windows = Windows::new(&Dataset::new("t", vec!["x".to_owned()], vec![curve])?, self.points)?;
        let window = windows.batch(&[0], &device);

        let mut weights = InitialWeights::new(seed, &device);
        let library = BasisLibrary::polynomial(1, 2);
        let matrix =
            transform(&gram(&windows, &library, true), &Array2::from_elem((1, library.len()), true), windows.scale());
        let rate = LibraryRightHandSide::new(Monomials::new(library.terms()), 1, Source::Shared, &weights);
        let guess = array![[GUESS[0], GUESS[1], GUESS[2]]];
        let rate = rate.precondition(matrix.view(), guess.view(), from_slice(&[0.0], [1, 1], &device))?;
        let mut options = self.training.clone();
        options.seed = seed;
        let run = format!("seed {seed}, noise {noise}, {name}");
        let started = Instant::now();
        let (coefficients, states) = match method {
            Method::Nonlinear => {
                let model = NonlinearModel { rate, start: weights.given(&noisy[..1], [1]) };
                fit(model, options, window, watch, &run)?
            }
            Method::Data | Method::Latent { .. } => {
                let latent = match method {
                    Method::Latent { consistency } => {
                        options.weights.insert("consistency".to_owned(), consistency);
                        let widths = [self.points, self.width, self.points];
                        let network = Mlp::new(&widths, Activation::Elu, &mut weights)?;
                        Latent::correction(network.with_zero_output(&weights), &[1.0], &[1.0])
                    }
                    _ => Latent::data(),
                };
                let (initial, steps) = (Initial::Features { derivatives: 1 }, Steps::fixed(step));
                let head = EquationHead::new(rate, 1, 1, 2, latent, initial, steps)?;
                let scheme = Scheme::Collocation { nodes: CollocationNodes::Three };
                let start = LearnedVector::starting_at(&noisy[..1], &weights);
                let layer = OdeLayer::new(self.points).with_scheme(scheme);
                fit(MechanisticBlock::new(start, head, layer), options, window, watch, &run)?
            }
        };
        let largest = coefficients.iter().zip(TRUTH).map(|(c, truth)| (c - truth).abs()).fold(0.0, f64::max);
        let square = states.iter().zip(&clean).map(|(u, x)| (u - x).powi(2)).sum::<f64>() / clean.len() as f64;
        let seconds = started.elapsed().as_secs_f64();
        let (coefficient, solution) = (100.0 * largest / TRUTH[1], square.sqrt());
        Ok(Score { coefficient, solution, seconds, times, data: noisy, states })
    }
}
