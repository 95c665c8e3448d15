//! Constants inside known structures: nested tanh, a learned exponent, a power law, roots of polynomials.

// In data-flow order.
mod structure;

mod structure_right_hand_side;

mod misfit;

use mechnn_neural::encoder::LearnedVector;
use mechnn_neural::head::{EquationHead, Initial, Latent, Steps};
use mechnn_neural::train::{Adam, Schedule, TrainerOptions};
use mechnn_neural::{InitialWeights, MechanisticBlock, OdeLayer, device, to_vec};
use mechnn_solver::{CollocationNodes, Scheme};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use self::misfit::{Block, Misfit};
use self::structure::Structure;
use self::structure_right_hand_side::StructureRightHandSide;
use super::figure::{Labels, Panel};
use super::watcher::train;
use super::{ExperimentError, Figure, Table, Watch};

/// Settings of the constants.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `seeds` | 0 to 4 | start of the constants |
/// | `start` | 0.3 | the constants start this share away from round numbers, at random |
/// | `candidates` | 20 | random constants a start is the best of, by misfit |
/// | `starts` | 6 | starts of a fit; the one with the smallest misfit counts, and one below 1e-8 ends the search |
/// | `rounds` | 12 | times the constants are preconditioned anew; the last one lowers the misfit by less than a tenth |
/// | `training` | of a round: 300 steps, rate 0.05 falling to 1e-3 of it | see [`TrainerOptions`] |
///
/// The constants are k = k⁰ + s T η with T from the Jacobian J of what is fitted, Tᵀ (JᵀJ + damping) T = 1, and s the
/// present misfit: in η the fit is as curved in every direction, without which Adam stops far from the truth (power
/// law: 25 % off after 3000 steps). k⁰ and T are those at the start of each round, and so is the unit of the loss, s²:
/// without it the gradient falls below the ε of Adam as soon as the misfit is near 1e-5, and the constants of the
/// rational root stay where they are then, up to 800 % off, though the data hold them to a ten-thousandth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Constants {
    /// Start of the constants.
    pub seeds: Vec<u64>,
    /// Random share of the start.
    pub start: f64,
    /// Random constants a start is the best of.
    pub candidates: usize,
    /// Starts of a fit.
    pub starts: usize,
    /// Times the constants are preconditioned anew.
    pub rounds: usize,
    /// The training of a round.
    pub training: TrainerOptions,
}

impl Default for Constants {
    fn default() -> Self {
        Self {
            seeds: (0..5).collect(),
            start: 0.3,
            candidates: 20,
            starts: 6,
            rounds: 12,
            training: TrainerOptions {
                epochs: 300,
                batch: 1,
                adam: Adam { learning_rate: 0.05, ..Adam::default() },
                schedule: Schedule::Cosine { end: 1e-3 },
                ..TrainerOptions::default()
            },
        }
    }
}

impl Constants {
    /// Runs all fits.
    ///
    /// # Errors
    /// [`ExperimentError`].
    pub fn run(&self, watch: &mut dyn Watch) -> Result<Table, ExperimentError> {
        let Some(&first) = self.seeds.first() else {
            let (name, value, expected) = ("seeds", "empty".to_owned(), "at least one");
            return Err(ExperimentError::Setting { name, value, expected });
        };
        let mut table = Table::new("Constants inside known structures");
        let mut panels = vec![];
        for structure in Structure::ALL {
            let known = structure.known();
            let fits = self.seeds.iter().map(|&seed| self.fit(structure, seed, Variant::Full, watch));
            let fits = fits.collect::<Result<Vec<_>, _>>()?;
            for (p, (name, truth)) in known.names.iter().zip(known.truth).enumerate() {
                let text = format!("{}: {name}, true {truth}", known.name);
                table.row(text, known.reference[p], fits.iter().map(|fit| fit.constants[p]).collect());
            }
            let error = |fit: &Found| {
                let errors =
                    fit.constants.iter().zip(known.truth).map(|(k, truth)| 100.0 * ((k - truth) / truth).abs());
                errors.fold(0.0, f64::max)
            };
            table.row(format!("{}: largest error, %", known.name), "", fits.iter().map(error).collect());
            let (times, points): (Vec<f64>, Vec<f64>) = fits.iter().flat_map(Found::path).unzip();
            let (line_times, line): (Vec<f64>, Vec<f64>) = fits.iter().take(1).flat_map(Found::path).unzip();
            let column = |values: &[f64]| Array2::from_shape_fn((values.len(), 1), |(n, _)| values[n]);
            let (points, line) = (column(&points), column(&line));
            panels.push(Panel { name: known.name.to_owned(), times, points, line_times, line });
            for (text, variant) in [
                ("without the block, on differences of the data", Variant::Differences),
                ("second-order rows instead of collocation (ablation)", Variant::Taylor),
            ] {
                let fit = self.fit(structure, first, variant, watch)?;
                table.row(format!("{}: {text}: largest error, %", known.name), "", vec![error(&fit)]);
            }
        }
        table.note(
            "Noise-free data of tolerance 1e-10. The constants start up to the share `start` away from round \
            numbers of the right sign, not from the truth.",
        );
        table.note(
            "The rational root ends at t = 0.9: soon after t = 1 the solution meets a root of the numerator, where \
            it is not unique. The common scale of both roots is not identifiable; one constant is fixed.",
        );
        let title = "Misfit after every round, all seeds";
        let labels = Labels { title, line: "first seed", horizontal: "round", states: &["log10 misfit"] };
        table.figures.push(Figure::new("constants", &labels, &panels)?);
        Ok(table)
    }

    fn fit(
        &self,
        structure: Structure,
        seed: u64,
        variant: Variant,
        watch: &mut dyn Watch,
    ) -> Result<Found, ExperimentError> {
        let known = structure.known();
        let device = device();
        let weights = InitialWeights::new(seed, &device);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (orders, scheme) = match variant {
            Variant::Taylor => (3, Scheme::Taylor),
            _ => (2, Scheme::Collocation { nodes: CollocationNodes::Three }),
        };
        let dims = known.initial.len();
        let build = |k: &[f64], matrix: Vec<f64>| -> Result<Block, ExperimentError> {
            let rate = StructureRightHandSide::new(structure, k, matrix, &weights);
            let (initial, steps) = (Initial::Data { points: 1 }, Steps::fixed(known.step));
            let head = EquationHead::new(rate, dims, 1, orders, Latent::data(), initial, steps)?;
            let layer = OdeLayer::new(known.points).with_scheme(scheme);
            Ok(MechanisticBlock::new(LearnedVector::starting_at(&[], &weights), head, layer))
        };
        let still = |k: &[f64]| build(k, vec![0.0; k.len() * k.len()]);
        let misfit = Misfit::new(structure, variant == Variant::Differences, &device)?;
        let name = match variant {
            Variant::Full => "block",
            Variant::Differences => "differences",
            Variant::Taylor => "second order",
        };
        let mut best: Option<Found> = None;
        for attempt in 1..=self.starts {
            let (mut least, mut k) = (f64::INFINITY, known.start.to_vec());
            for _ in 0..self.candidates {
                let share = |k: &f64| k * (1.0 + self.start * random.random_range(-1.0..=1.0));
                let candidate: Vec<f64> = known.start.iter().map(share).collect();
                let size = misfit.of(&still(&candidate)?)?;
                if size < least {
                    (least, k) = (size, candidate);
                }
            }
            let mut misfits = vec![least];
            for round in 1..=self.rounds {
                let model = build(&k, misfit.preconditioner(&k, still)?)?;
                let mut options = self.training.clone();
                options.seed = seed;
                let run = format!("{}, seed {seed}, {name}, start {attempt}, round {round}", known.name);
                let trained = train(model, options, &misfit.in_units_of(least), watch, &run)?;
                let moved = to_vec(trained.best_model().head().right_hand_side().constants());
                let (before, now) = (least, misfit.of(&still(&moved)?)?);
                if now < before {
                    (least, k) = (now, moved);
                }
                misfits.push(least);
                if now > STALLED * before {
                    break;
                }
            }
            if best.as_ref().is_none_or(|best| best.misfits.last().is_none_or(|misfit| least < *misfit)) {
                best = Some(Found { constants: k, misfits });
            }
            if least < FITTED {
                break;
            }
        }
        let (name, value, expected) = ("starts", "0".to_owned(), "at least 1");
        best.ok_or(ExperimentError::Setting { name, value, expected })
    }
}

/// The best start of a fit.
struct Found {
    constants: Vec<f64>,
    /// Misfit at the start and after every round.
    misfits: Vec<f64>,
}

impl Found {
    /// Common logarithms of the misfits by round.
    fn path(&self) -> impl Iterator<Item = (f64, f64)> {
        self.misfits.iter().enumerate().map(|(round, misfit)| (round as f64, misfit.log10()))
    }
}

/// A round that leaves more than this share of the misfit ends a start.
const STALLED: f64 = 0.9;

/// Misfit, root mean square, below which there is nothing left to fit: the data have errors of 1e-10.
const FITTED: f64 = 1e-8;

#[derive(Clone, Copy, PartialEq)]
enum Variant {
    Full,
    Differences,
    Taylor,
}
