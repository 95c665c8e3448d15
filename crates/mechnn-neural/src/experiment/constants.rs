//! Constants inside known structures: nested tanh, a learned exponent, a power law, roots of polynomials.

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};
use mechnn_solver::nonlinear::NonlinearSolver;
use mechnn_solver::smoother::{Dynamics, Linearization};
use mechnn_solver::{CollocationNodes, Scheme};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::watcher::train;
use super::{ExperimentError, Table, Watch};
use crate::array::{device, from_slice, to_vec};
use crate::block::MechanisticBlock;
use crate::discovery::preconditioner::transform;
use crate::encoder::LearnedVector;
use crate::error::{LayerError, RefusedInput};
use crate::head::{EquationHead, Initial, Latent, Rate, Steps};
use crate::initial_weights::InitialWeights;
use crate::layer::OdeLayer;
use crate::loss::{LossTerms, mean_square};
use crate::train::{Adam, Objective, Schedule, TrainerOptions};
use crate::window::Window;

/// Settings of the constants.
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `seeds` | 0 to 4 | start of the constants |
/// | `start` | 0.3 | the constants start this share away from round numbers, at random |
/// | `starts` | 6 | random starts of a fit; the one with the smallest misfit counts, and one below 1e-8 ends the search |
/// | `rounds` | 12 | times the constants are preconditioned anew |
/// | `training` | of a round: 300 steps, rate 0.05 falling to 1e-3 of it | see [`TrainerOptions`] |
///
/// The constants are k = k⁰ + s T η with T from the Jacobian J of what is fitted, Tᵀ (JᵀJ + damping) T = 1, and s the present misfit: in
/// η the fit is as curved in every direction, without which Adam stops far from the truth (power law: 25 % off after 3000
/// steps). k⁰ and T are those at the start of each round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Constants {
    /// Start of the constants.
    pub seeds: Vec<u64>,
    /// Random share of the start.
    pub start: f64,
    /// Random starts of a fit.
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

/// A structure with constants k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Structure {
    /// x' = tanh(k0 x + k1 y), y' = tanh(k2 x + k3 y)
    PlanarTanh,
    /// x' = |k0 t² + k1 t|^k2 x² + k3 t
    Riccati,
    /// x' = k0 x^k1
    PowerLaw,
    /// x' = -sqrt|k0 + k1 x + k2 x²| / sqrt|1 + k3 t + k4 t²|: the common scale of both roots is not identifiable, so one
    /// constant is 1 (the paper's 0.5 + 2 x + 0.8 x² over 1 + 0.1 t + 0.2 t²).
    RationalRoot,
}

struct Known {
    name: &'static str,
    truth: &'static [f64],
    /// Round numbers of the right sign.
    start: &'static [f64],
    names: &'static [&'static str],
    reference: &'static [&'static str],
    initial: &'static [f64],
    step: f64,
    points: usize,
}

impl Structure {
    const ALL: [Self; 4] = [Self::PlanarTanh, Self::Riccati, Self::PowerLaw, Self::RationalRoot];

    fn known(self) -> Known {
        match self {
            Self::PlanarTanh => Known {
                name: "planar tanh",
                truth: &[-2.0, 1.0, 1.0, 1.0],
                start: &[-1.0, 0.5, 0.5, 0.5],
                names: &["x' by x", "x' by y", "y' by x", "y' by y"],
                reference: &[""; 4],
                initial: &[0.1, 0.1],
                step: 0.01,
                points: 301,
            },
            Self::Riccati => Known {
                name: "Riccati",
                truth: &[3.0, -1.0, 0.8, 1.0],
                start: &[2.0, -0.5, 1.0, 0.5],
                names: &["of t²", "of t in the power", "exponent", "of t"],
                reference: &["2.997", "-.994", ".8001", ""],
                initial: &[0.5],
                step: 0.001,
                points: 1001,
            },
            Self::PowerLaw => Known {
                name: "power law",
                truth: &[1.6, 0.4],
                start: &[1.0, 1.0],
                names: &["factor", "exponent"],
                reference: &[""; 2],
                initial: &[0.1],
                step: 0.01,
                points: 1001,
            },
            Self::RationalRoot => Known {
                name: "rational root",
                truth: &[0.5, 2.0, 0.8, 0.1, 0.2],
                start: &[1.0, 1.0, 1.0, 0.5, 0.5],
                names: &["numerator 1", "numerator x", "numerator x²", "denominator t", "denominator t²"],
                reference: &["slope field only"; 5],
                initial: &[0.5],
                step: 0.001,
                // The solution meets the root of the numerator, where it is not unique, soon after t = 1.
                points: 901,
            },
        }
    }

    fn dims(self) -> usize {
        self.known().initial.len()
    }

    /// Right-hand side `[B, N, D]` for constants k.
    fn rate(self, k: &Tensor<1>, x: Tensor<3>, t: Tensor<3>) -> Tensor<3> {
        let k = |i: usize| k.clone().narrow(0, i, 1).reshape([1, 1, 1]);
        match self {
            Self::PlanarTanh => {
                let [batch, points, _] = x.dims();
                let state = |d: usize| x.clone().slice([0..batch, 0..points, d..d + 1]);
                let unit = |i: usize| (state(0) * k(i) + state(1) * k(i + 1)).tanh();
                Tensor::cat(vec![unit(0), unit(2)], 2)
            }
            Self::Riccati => power(t.clone() * t.clone() * k(0) + t.clone() * k(1), k(2)) * x.clone() * x + t * k(3),
            Self::PowerLaw => power(x, k(1)) * k(0),
            Self::RationalRoot => {
                let root = |q: Tensor<3>| power(q, k(0) * 0.0 + 0.5);
                let above = root(x.clone() * k(1) + x.clone() * x * k(2) + k(0));
                -above / root(t.clone() * k(3) + t.clone() * t * k(4) + 1.0)
            }
        }
    }
}

/// |x|^p, with 1e-12 below the logarithm so that its derivative is finite at 0.
fn power(x: Tensor<3>, exponent: Tensor<3>) -> Tensor<3> {
    ((x.abs() + 1e-12).log() * exponent).exp()
}

/// The structure in plain numbers, for the data.
impl Dynamics for Structure {
    fn dims(&self) -> usize {
        Structure::dims(*self)
    }

    fn parameters(&self) -> usize {
        0
    }

    fn rate(&self, t: f64, x: &[f64], _: &[f64], rate: &mut [f64]) {
        let k = self.known().truth;
        match self {
            Self::PlanarTanh => {
                rate[0] = (k[0] * x[0] + k[1] * x[1]).tanh();
                rate[1] = (k[2] * x[0] + k[3] * x[1]).tanh();
            }
            Self::Riccati => rate[0] = (k[0] * t * t + k[1] * t).abs().powf(k[2]) * x[0] * x[0] + k[3] * t,
            Self::PowerLaw => rate[0] = k[0] * x[0].abs().powf(k[1]),
            Self::RationalRoot => {
                let above = (k[0] + k[1] * x[0] + k[2] * x[0] * x[0]).abs();
                rate[0] = -(above / (1.0 + k[3] * t + k[4] * t * t).abs()).sqrt();
            }
        }
    }

    fn linearize(&self, t: f64, x: &[f64], theta: &[f64], out: &mut Linearization) {
        Dynamics::rate(self, t, x, theta, &mut out.rate);
        let k = self.known().truth;
        match self {
            Self::PlanarTanh => {
                for d in 0..2 {
                    let slope = 1.0 - out.rate[d] * out.rate[d];
                    out.by_state[2 * d] = slope * k[2 * d];
                    out.by_state[2 * d + 1] = slope * k[2 * d + 1];
                }
            }
            Self::Riccati => out.by_state[0] = 2.0 * (k[0] * t * t + k[1] * t).abs().powf(k[2]) * x[0],
            Self::PowerLaw => out.by_state[0] = k[1] * out.rate[0] / x[0],
            Self::RationalRoot => {
                let above = k[0] + k[1] * x[0] + k[2] * x[0] * x[0];
                out.by_state[0] = 0.5 * out.rate[0] * (k[1] + 2.0 * k[2] * x[0]) / above;
            }
        }
    }
}

/// A structure with trained constants k = base + matrix η.
#[derive(Module, Debug)]
struct StructureRate {
    /// η, `[1, P]`.
    moved: Param<Tensor<2>>,
    #[module(skip)]
    base: Vec<f64>,
    /// Row-major, transposed.
    #[module(skip)]
    matrix: Vec<f64>,
    #[module(skip)]
    structure: Structure,
}

impl StructureRate {
    fn new(structure: Structure, base: &[f64], matrix: Vec<f64>, weights: &InitialWeights) -> Self {
        let moved = weights.given(&vec![0.0; base.len()], [1, base.len()]);
        Self { moved, base: base.to_vec(), matrix, structure }
    }

    fn constants(&self) -> Tensor<1> {
        let count = self.base.len();
        let moved = self.moved.val();
        let matrix = from_slice(&self.matrix, [count, count], &moved.device());
        let base = from_slice(&self.base, [1, count], &moved.device());
        (moved.matmul(matrix) + base).reshape([count])
    }
}

impl Rate for StructureRate {
    fn features(&self) -> usize {
        0
    }

    fn evaluate(&self, _: Tensor<2>, states: Tensor<3>, times: Tensor<3>) -> Result<Tensor<3>, RefusedInput> {
        Ok(self.structure.rate(&self.constants(), states, times))
    }
}

type Block = MechanisticBlock<LearnedVector, EquationHead<StructureRate>>;

/// With the block: solution against data. Without: right-hand side against differences of the data.
struct ConstantsLoss {
    window: Window,
    /// Central differences at the inner points, `[1, N - 2, D]`.
    differences: Option<Tensor<3>>,
}

impl Objective<Block> for ConstantsLoss {
    fn examples(&self) -> usize {
        1
    }

    fn terms(&self, model: &Block, _: &[usize]) -> Result<LossTerms, LayerError> {
        let (found, wanted) = self.fitted(model)?;
        Ok(LossTerms::new().with("fit", mean_square(found, wanted)))
    }
}

impl ConstantsLoss {
    /// What is fitted, and to what.
    fn fitted(&self, model: &Block) -> Result<(Tensor<3>, Tensor<3>), LayerError> {
        let Some(differences) = &self.differences else {
            return Ok((model.forward(&self.window)?.states(), self.window.values.clone()));
        };
        let rate = model.head().rate();
        let rate = rate.evaluate(model.encoder().features(), self.window.values.clone(), self.window.times.clone())?;
        let [batch, points, dims] = rate.dims();
        Ok((rate.slice([0..batch, 1..points - 1, 0..dims]), differences.clone()))
    }

    /// s T, row-major and transposed, at constants `k`; `build` makes a model with given constants.
    fn preconditioner(
        &self,
        k: &[f64],
        build: impl Fn(&[f64]) -> Result<Block, ExperimentError>,
    ) -> Result<Vec<f64>, ExperimentError> {
        let (found, wanted) = self.fitted(&build(k)?)?;
        let misfit = to_vec(mean_square(found, wanted))[0].sqrt();
        let count = k.len();
        let mut columns = Vec::with_capacity(count);
        for p in 0..count {
            let at = |h: f64| -> Result<Vec<f64>, ExperimentError> {
                let mut moved = k.to_vec();
                moved[p] += h;
                Ok(to_vec(self.fitted(&build(&moved)?)?.0))
            };
            let h = 1e-5 * k[p].abs().max(0.1);
            let (above, below) = (at(h)?, at(-h)?);
            columns.push(above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * h)).collect::<Vec<f64>>());
        }
        let rows = columns[0].len() as f64;
        let product =
            |(p, q): (usize, usize)| columns[p].iter().zip(&columns[q]).map(|(a, b)| a * b).sum::<f64>() / rows;
        let mut gram = Array2::from_shape_fn((count, count), product);
        for p in 0..count {
            // As in Levenberg-Marquardt: η of size one moves no constant by more than half of itself.
            gram[(p, p)] += (misfit / (0.5 * k[p].abs().max(0.1))).powi(2);
        }
        let matrix = transform(&gram, &Array2::from_elem((1, count), true), &[misfit]);
        Ok((0..count * count).map(|i| matrix[(0, i % count, i / count)]).collect())
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
        for structure in Structure::ALL {
            let known = structure.known();
            let fits = self.seeds.iter().map(|&seed| self.fit(structure, seed, Variant::Full, watch));
            let fits = fits.collect::<Result<Vec<_>, _>>()?;
            for (p, (name, truth)) in known.names.iter().zip(known.truth).enumerate() {
                let text = format!("{}: {name}, true {truth}", known.name);
                table.row(text, known.reference[p], fits.iter().map(|fit| fit[p]).collect());
            }
            let error = |fit: &Vec<f64>| {
                let errors = fit.iter().zip(known.truth).map(|(k, truth)| 100.0 * ((k - truth) / truth).abs());
                errors.fold(0.0, f64::max)
            };
            table.row(format!("{}: largest error, %", known.name), "", fits.iter().map(error).collect());
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
        Ok(table)
    }

    fn fit(
        &self,
        structure: Structure,
        seed: u64,
        variant: Variant,
        watch: &mut dyn Watch,
    ) -> Result<Vec<f64>, ExperimentError> {
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
            let rate = StructureRate::new(structure, k, matrix, &weights);
            let (initial, steps) = (Initial::Data { points: 1 }, Steps::fixed(known.step));
            let head = EquationHead::new(rate, dims, 1, orders, Latent::data(), initial, steps)?;
            let layer = OdeLayer::new(known.points).with_scheme(scheme);
            Ok(MechanisticBlock::new(LearnedVector::starting_at(&[], &weights), head, layer))
        };
        let objective = ConstantsLoss::new(structure, variant == Variant::Differences, &device)?;
        let name = match variant {
            Variant::Full => "block",
            Variant::Differences => "differences",
            Variant::Taylor => "second order",
        };
        let mut best: Option<(f64, Vec<f64>)> = None;
        for attempt in 1..=self.starts {
            let mut k: Vec<f64> =
                known.start.iter().map(|k| k * (1.0 + self.start * random.random_range(-1.0..=1.0))).collect();
            let mut misfit = f64::INFINITY;
            for round in 1..=self.rounds {
                let still = |k: &[f64]| build(k, vec![0.0; k.len() * k.len()]);
                let model = build(&k, objective.preconditioner(&k, still)?)?;
                let mut options = self.training.clone();
                options.seed = seed;
                let run = format!("{}, seed {seed}, {name}, start {attempt}, round {round}", known.name);
                let trained = train(model, options, &objective, watch, &run)?;
                misfit = trained.best_epoch.map_or(misfit, |(_, loss)| loss.sqrt());
                k = to_vec(trained.best_model().head().rate().constants());
            }
            if best.as_ref().is_none_or(|(least, _)| misfit < *least) {
                best = Some((misfit, k));
            }
            if misfit < FITTED {
                break;
            }
        }
        let (name, value, expected) = ("starts", "0".to_owned(), "at least 1");
        best.map(|(_, k)| k).ok_or(ExperimentError::Setting { name, value, expected })
    }
}

/// Misfit, root mean square, below which there is nothing left to fit: the data have errors of 1e-10.
const FITTED: f64 = 1e-8;

#[derive(Clone, Copy, PartialEq)]
enum Variant {
    Full,
    Differences,
    Taylor,
}

impl ConstantsLoss {
    fn new(structure: Structure, on_differences: bool, device: &Device) -> Result<Self, ExperimentError> {
        let known = structure.known();
        let times: Vec<f64> = (0..known.points).map(|n| known.step * n as f64).collect();
        let solver = NonlinearSolver::with_tolerance(1e-10, 1e-12);
        let states = solver.solve(&structure, &[], known.initial, &times)?.states;
        let dims = known.initial.len();
        let values: Vec<f64> = states.iter().copied().collect();
        let inner = known.points - 2;
        let difference = |i: usize| (values[i + 2 * dims] - values[i]) / (2.0 * known.step);
        let differences: Vec<f64> = (0..inner * dims).map(difference).collect();
        Ok(Self {
            window: Window {
                values: from_slice(&values, [1, known.points, dims], device),
                times: from_slice(&times, [1, known.points, 1], device),
            },
            differences: on_differences.then(|| from_slice(&differences, [1, inner, dims], device)),
        })
    }
}
