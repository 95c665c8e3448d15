//! A damped sine in noise, fitted by one ODE with free coefficients.
//!
//! y = (sin 2t + 0.5 N(0,1)) exp(-0.1 t), 500 points on [0, 50]; c(t) 500 x 3, forcing 1, no initial values, learned
//! steps, as the public code of the paper.

// In data-flow order.
mod curve;

mod model;

mod fit;

use burn::tensor::Device;
use mechnn_neural::train::{Adam, Schedule, TrainerOptions};
use mechnn_neural::{device, to_vec};
use serde::{Deserialize, Serialize};

use self::curve::{Curve, squared};
use self::fit::Fit;
use self::model::Start;
use super::figure::{Labels, Panel};
use super::{ExperimentError, Figure, Table, Watch};

/// Settings of the damped sine.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `seeds` | 0 to 4 | noise and initial weights |
/// | `points` | 500 | points on [0, `duration`] |
/// | `duration` | 50 | |
/// | `epochs` | 500 | steps of the fit to all points, as the paper |
/// | `learning_rate` | 0.01 | of Adam |
/// | `first_step` | 0.1 | start of the learned steps, between a fifth and five times of it |
/// | `held_out` | 0.5 | share of the points that choose smoothing and stopping |
/// | `smoothing` | 0, 30, 1000 | tried widths of the Gaussian kernel through which c(t) is seen, in points |
/// | `frequencies` | 0.5, 1, 1.5, 2.5, 3.5 | where c(t) starts in fits with a kernel, in radians per unit of time |
/// | `smoothing_epochs` | 600 | most steps of each of these fits |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DampedSine {
    /// Noise and initial weights.
    pub seeds: Vec<u64>,
    /// Points.
    pub points: usize,
    /// Time span.
    pub duration: f64,
    /// Steps of the fit to all points.
    pub epochs: usize,
    /// Of Adam.
    pub learning_rate: f64,
    /// Start of the learned steps.
    pub first_step: f64,
    /// Share of the points that choose smoothing and stopping.
    pub held_out: f64,
    /// Tried widths of the kernel.
    pub smoothing: Vec<f64>,
    /// Where c(t) starts in fits with a kernel.
    pub frequencies: Vec<f64>,
    /// Most steps of each of these fits.
    pub smoothing_epochs: usize,
}

impl Default for DampedSine {
    fn default() -> Self {
        Self {
            seeds: (0..5).collect(),
            points: 500,
            duration: 50.0,
            epochs: 500,
            learning_rate: 0.01,
            first_step: 0.1,
            held_out: 0.5,
            smoothing: vec![0.0, 30.0, 1000.0],
            frequencies: vec![0.5, 1.0, 1.5, 2.5, 3.5],
            smoothing_epochs: 600,
        }
    }
}

impl DampedSine {
    fn options(&self, epochs: usize, seed: u64) -> TrainerOptions {
        TrainerOptions {
            epochs,
            batch: 1,
            adam: Adam { learning_rate: self.learning_rate, ..Adam::default() },
            schedule: Schedule::Constant,
            seed,
            ..TrainerOptions::default()
        }
    }

    /// Runs all fits.
    ///
    /// # Errors
    /// [`ExperimentError`].
    pub fn run(&self, watch: &mut dyn Watch) -> Result<Table, ExperimentError> {
        if self.points < 10 || self.seeds.is_empty() || !(0.0..0.9).contains(&self.held_out) {
            let (name, expected) = ("points, seeds, held_out", "at least 10, at least one, 0 to 0.9");
            let value = format!("{}, {}, {}", self.points, self.seeds.len(), self.held_out);
            return Err(ExperimentError::Setting { name, value, expected });
        }
        let device = device();
        let mut panels = vec![];
        let (mut all, mut all_clean, mut fixed, mut smooth, mut smooth_fixed, mut chosen, mut plain) =
            (vec![], vec![], vec![], vec![], vec![], vec![], vec![]);
        for &seed in &self.seeds {
            let curve = Curve::new(self, seed);
            let noise = squared(&curve.noisy, &curve.clean);
            for learned in [true, false] {
                let fit = Fit::new(&curve, false, &device);
                let run =
                    format!("seed {seed}, all points, {}", if learned { "learned steps" } else { "fixed steps" });
                let trained = fit.train(
                    self.block(seed, Start::Free, learned, &device),
                    self.options(self.epochs, seed),
                    watch,
                    &run,
                )?;
                let states = fit.states(&trained.model)?;
                let is_drawn = learned && seed == self.seeds[0];
                if is_drawn {
                    panels.push(Panel::curve("free coefficients", &curve.times, &curve.noisy, &states));
                }
                if learned {
                    all.push(squared(&states, &curve.noisy) / noise);
                    all_clean.push(squared(&states, &curve.clean));
                } else {
                    fixed.push(squared(&states, &curve.noisy) / noise);
                }
                let Smoothed { width, states, .. } = self.smoothed(&curve, seed, learned, &device, watch)?;
                let clean = squared(&states, &curve.clean);
                if is_drawn {
                    panels.push(Panel::curve("smoothing chosen", &curve.times, &curve.noisy, &states));
                }
                if learned {
                    smooth.push(clean);
                    chosen.push(width);
                } else {
                    smooth_fixed.push(clean);
                }
            }
            let fit = Fit::new(&curve, true, &device);
            let options = self.options(5 * self.smoothing_epochs, seed);
            let trained =
                fit.train(self.perceptron(seed, &device)?, options, watch, &format!("seed {seed}, perceptron"))?;
            let states = fit.states(&trained.best_model())?;
            if seed == self.seeds[0] {
                panels.push(Panel::curve("perceptron", &curve.times, &curve.noisy, &states));
            }
            plain.push(squared(&states, &curve.clean));
        }
        let spread = self.coefficient_spread(&device, watch)?;

        let mut table = Table::new("Damped sine in noise");
        table.row("SSE / noise energy, all points, learned steps", "0.57 to 0.65 (at most 0.57)", all);
        table.row("the same, fixed steps (ablation)", "", fixed);
        table.row("its squared error to the clean signal", "3.56 to 5.32", all_clean);
        table.row("squared error to the clean signal, smoothing and stopping by held-out points", "below 3.0", smooth);
        table.row("width of the kernel chosen, points", "", chosen);
        table.row("the same, fixed steps (ablation)", "", smooth_fixed);
        table.row("the same, perceptron of equal size without the block, five times as many steps", "", plain);
        table.row(
            "std / |mean| of c(t) over initial weights on the same data, median over t",
            ".8 (independent seeds)",
            spread,
        );
        table.note(
            "Free time-varying coefficients are not identifiable: fits of equal quality from different initial \
            weights have different c(t) (last row). Read the solution, not the coefficients.",
        );
        let title = "Damped sine in noise, first seed";
        let labels = Labels { title, line: "fit", horizontal: "t", states: &["y"] };
        table.figures.push(Figure::new("damped_sine", &labels, &panels)?);
        Ok(table)
    }

    /// The fit that held-out points choose.
    fn smoothed(
        &self,
        curve: &Curve,
        seed: u64,
        learned: bool,
        device: &Device,
        watch: &mut dyn Watch,
    ) -> Result<Smoothed, ExperimentError> {
        let mut best: Option<Smoothed> = None;
        let starts = self.smoothing.iter().flat_map(|&width| match width > 0.0 {
            true => self.frequencies.iter().map(|&frequency| Start::Smooth { width, frequency }).collect(),
            false => vec![Start::Free],
        });
        for start in starts {
            let fit = Fit::new(curve, true, device);
            let steps = if learned { "learned" } else { "fixed" };
            let (width, frequency) = match start {
                Start::Free => (0.0, 0.0),
                Start::Smooth { width, frequency } => (width, frequency),
            };
            let run = format!("seed {seed}, smoothing {width} from {frequency}, {steps} steps");
            let options = self.options(self.smoothing_epochs, seed);
            let trained = fit.train(self.block(seed, start, learned, device), options, watch, &run)?;
            let score = trained.best_epoch.map_or(f64::INFINITY, |(_, score)| score);
            let states = fit.states(&trained.best_model())?;
            if best.as_ref().is_none_or(|best| score < best.score) {
                best = Some(Smoothed { score, width, states });
            }
        }
        let (name, value, expected) = ("smoothing", "empty".to_owned(), "at least one width");
        best.ok_or(ExperimentError::Setting { name, value, expected })
    }

    /// How far fits of the same data from different initial weights agree on c(t): std over |mean|, median over
    /// points.
    fn coefficient_spread(&self, device: &Device, watch: &mut dyn Watch) -> Result<Vec<f64>, ExperimentError> {
        let curve = Curve::new(self, self.seeds[0]);
        let mut fits: Vec<Vec<f64>> = vec![];
        for init in 0..5 {
            let fit = Fit::new(&curve, false, device);
            let model = self.block(1000 + init, Start::Free, true, device);
            let run = format!("initial weights {init}, same data");
            let trained = fit.train(model, self.options(self.epochs, init), watch, &run)?;
            fits.push(to_vec(trained.model.encoder().coefficients.features()));
        }
        let count = fits.len() as f64;
        let mut ratios: Vec<f64> = (0..fits[0].len())
            .map(|i| {
                let mean = fits.iter().map(|fit| fit[i]).sum::<f64>() / count;
                let variance = fits.iter().map(|fit| (fit[i] - mean).powi(2)).sum::<f64>() / (count - 1.0);
                variance.sqrt() / mean.abs()
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        Ok(vec![ratios[ratios.len() / 2]])
    }
}

/// A smoothed fit.
struct Smoothed {
    /// Error on the held-out points.
    score: f64,
    /// Of the kernel, points.
    width: f64,
    states: Vec<f64>,
}
