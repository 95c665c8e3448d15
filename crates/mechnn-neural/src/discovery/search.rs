//! Training, thresholding, training again.

use burn::tensor::{Device, Tensor};
use mechnn::data::Dataset;
use mechnn::equation::{BasisLibrary, Equation, FittedTerm, SparseModel};
use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::preconditioner::{gram, transform};
use super::{DiscoveryError, Discretisation, LatentStates, NeuralDiscoveryOptions, Windows};
use crate::basis::Monomials;
use crate::block::MechanisticBlock;
use crate::encoder::{Encoder, LearnedVector, Mlp};
use crate::error::LayerError;
use crate::head::{EquationHead, Initial, Latent, LibraryRightHandSide, OdeHead, Source, Steps};
use crate::layer::OdeLayer;
use crate::loss::{LossTerms, scaled_mean_square};
use crate::network::{Activation, InitialWeights};
use crate::train::{EpochRecord, Objective, Observer, Stop, Trainer};
use crate::window::Window;

/// The model of the paper's Lorenz experiment.
type Model = MechanisticBlock<LearnedVector, EquationHead<LibraryRightHandSide<Monomials>>>;

/// The result of a neural discovery.
#[derive(Debug, Clone)]
pub struct NeuralDiscovery {
    /// The equations; standard errors are not known and NaN.
    pub model: SparseModel,
    /// Every cycle.
    pub cycles: Vec<Cycle>,
    /// Coefficients at the start, D P.
    pub candidates: usize,
    /// Number of trained parameters.
    pub parameters: usize,
    /// True if the observer ended the search before it was done.
    pub interrupted: bool,
}

/// What one cycle of training and thresholding did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cycle {
    /// From 1.
    pub cycle: usize,
    /// Terms kept after it.
    pub terms: usize,
    /// Its epochs.
    pub epochs: Vec<EpochRecord>,
}

struct WindowLoss<'a> {
    windows: &'a Windows,
    device: Device,
    /// Fit differences instead of the solution.
    differences: bool,
}

impl Objective<Model> for WindowLoss<'_> {
    fn examples(&self) -> usize {
        self.windows.len()
    }

    fn terms(&self, model: &Model, examples: &[usize]) -> Result<LossTerms, LayerError> {
        let window = self.windows.batch(examples, &self.device);
        if self.differences {
            return self.difference_terms(model, &window);
        }
        let output = model.forward(&window)?;
        let scale = self.windows.scale();
        let mut terms =
            LossTerms::new().with("fit", scaled_mean_square(output.states(), window.values.clone(), scale));
        if let Some(latent) = output.head.latent {
            terms = terms.with("consistency", scaled_mean_square(latent, window.values, scale));
        }
        Ok(terms)
    }
}

impl WindowLoss<'_> {
    /// Without the solver: forcing against central differences at the inner points, in units of the states' scale and
    /// the duration of the window.
    fn difference_terms(&self, model: &Model, window: &Window) -> Result<LossTerms, LayerError> {
        let features = model.encoder().encode(window.values.clone())?;
        let head = model.head().ode(features, window)?;
        let [batch, points, dims] = window.values.dims();
        let inner = |x: &Tensor<3>, from: usize| {
            let length = x.dims()[0];
            x.clone().slice([0..length, from..from + points - 2, 0..x.dims()[2]])
        };
        let elapsed = inner(&window.times, 2) - inner(&window.times, 0);
        let differences =
            (inner(&window.values, 2) - inner(&window.values, 0)) / elapsed.expand([batch, points - 2, dims]);
        let duration = window.times.clone().slice([0..1, points - 1..points, 0..1])
            - window.times.clone().slice([0..1, 0..1, 0..1]);
        let scale = self.windows.scale();
        let fit = scaled_mean_square(inner(&head.ode.forcing, 1) * duration.clone(), differences * duration, scale);
        let terms = LossTerms::new().with("fit", fit);
        Ok(match head.latent {
            Some(latent) => terms.with("consistency", scaled_mean_square(latent, window.values.clone(), scale)),
            None => terms,
        })
    }
}

/// Finds sparse equations: trains coefficients and latent states on all windows, removes small terms, repeats.
///
/// # Errors
/// [`DiscoveryError`].
pub fn discover(
    data: &Dataset,
    options: &NeuralDiscoveryOptions,
    seed: u64,
    observer: &mut dyn Observer,
) -> Result<NeuralDiscovery, DiscoveryError> {
    check(options)?;
    let device = crate::array::device();
    let windows = Windows::new(data, options.window)?;
    let library = options.library.build(data.dims());
    let mut model = build(&windows, &library, options, seed, &device)?;
    let differences = options.discretisation == Discretisation::Differences;
    let objective = WindowLoss { windows: &windows, device, differences };
    let mut keep = Array2::from_elem((data.dims(), library.len()), true);
    let gram = gram(&windows, &library, !differences);
    let mut coefficients = Array2::zeros(keep.dim());
    let mut cycles = vec![];
    let mut interrupted = false;
    for cycle in 1..=options.cycles {
        let features = model.encoder().features();
        let matrix = match options.precondition {
            true => transform(&gram, &keep, windows.scale()),
            false => selection(&keep),
        };
        model = model.map_head(|head| -> Result<_, DiscoveryError> {
            let rate = head.right_hand_side().clone().precondition(matrix.view(), coefficients.view(), features)?;
            Ok(head.with_right_hand_side(rate))
        })?;
        // Another order of the windows in every cycle.
        let mut training = options.training.clone();
        training.seed = training.seed.wrapping_add(seed.wrapping_mul(1009)).wrapping_add(cycle as u64);
        let checkpoints = observer.checkpoints().map(|place| place.of(&format!("cycle {cycle}")));
        // Weights alone do not say which terms are left.
        let extra = serde_json::json!({ "keep": keep.rows().into_iter().map(|row| row.to_vec()).collect::<Vec<_>>() });
        let trained = Trainer { options: training, checkpoints, extra: extra.to_string() }
            .train_or_resume(model, &objective, observer)
            .map_err(|source| DiscoveryError::Training { cycle, source })?;
        model = trained.model;
        let features = model.encoder().features();
        let values = model.head().right_hand_side().coefficient_values(features).index_axis_move(Axis(0), 0);
        for ((index, keep), &value) in keep.indexed_iter_mut().zip(&values) {
            *keep &= value.abs() >= options.threshold;
            coefficients[index] = if *keep { value } else { 0.0 };
        }
        let terms = keep.iter().filter(|&&keep| keep).count();
        cycles.push(Cycle { cycle, terms, epochs: trained.history });
        if trained.stop == Stop::Observer {
            interrupted = true;
            break;
        }
    }
    let parameters = burn::module::Module::num_params(&model);
    let model = sparse_model(data, &library, &coefficients)?;
    Ok(NeuralDiscovery { model, cycles, candidates: keep.len(), parameters, interrupted })
}

fn check(options: &NeuralDiscoveryOptions) -> Result<(), DiscoveryError> {
    let settings = [
        ("cycles", options.cycles as f64, options.cycles >= 1, "at least 1"),
        ("threshold", options.threshold, options.threshold >= 0.0, "0 or more"),
        ("vector", options.vector as f64, options.vector >= 1, "at least 1"),
        ("width", options.width as f64, options.width >= 1, "at least 1"),
    ];
    match settings.into_iter().find(|(_, _, is_valid, _)| !is_valid) {
        Some((name, value, _, expected)) => Err(DiscoveryError::Setting { name, value: value.to_string(), expected }),
        None => Ok(()),
    }
}

/// The identity without the rows of removed terms.
fn selection(keep: &Array2<bool>) -> ndarray::Array3<f64> {
    let (dims, terms) = keep.dim();
    ndarray::Array3::from_shape_fn((dims, terms, terms), |(d, p, q)| f64::from(p == q && keep[(d, p)]))
}

fn build(
    windows: &Windows,
    library: &BasisLibrary,
    options: &NeuralDiscoveryOptions,
    seed: u64,
    device: &Device,
) -> Result<Model, DiscoveryError> {
    let mut weights = InitialWeights::new(seed, device);
    let (dims, width) = (windows.dims(), options.width);
    let network = Mlp::new(&[options.vector, width, width, dims * library.len()], Activation::Relu, &mut weights)?;
    let encoder = LearnedVector::through(options.vector, network, &mut weights)?;
    let rate = LibraryRightHandSide::new(Monomials::new(library.terms()), dims, Source::Features, &weights);
    let size = windows.points() * dims;
    let mut network = || Mlp::new(&[size, width, width, size], Activation::Relu, &mut weights);
    let latent = match options.latent {
        LatentStates::Data => Latent::data(),
        LatentStates::Network => Latent::network(network()?, windows.scale()),
        LatentStates::Correction => {
            Latent::correction(network()?.with_zero_output(&weights), windows.scale(), windows.scale())
        }
    };
    let steps = windows.uniform_step().map_or_else(Steps::from_times, Steps::fixed);
    let orders = options.discretisation.orders();
    let head = EquationHead::new(rate, dims, 1, orders, latent, Initial::Latent { points: 1 }, steps)?;
    let layer = OdeLayer::new(windows.points())
        .with_scheme(options.discretisation.scheme())
        .with_equation_rows(options.discretisation.equation_rows());
    Ok(MechanisticBlock::new(encoder, head, layer))
}

fn sparse_model(
    data: &Dataset,
    library: &BasisLibrary,
    coefficients: &Array2<f64>,
) -> Result<SparseModel, DiscoveryError> {
    let equation = |row: ndarray::ArrayView1<'_, f64>| {
        let terms = library.terms().iter().zip(row).filter(|&(_, &coefficient)| coefficient != 0.0);
        let fitted = |(term, &coefficient): (&mechnn::equation::Term, &f64)| FittedTerm {
            term: term.clone(),
            coefficient,
            standard_error: f64::NAN,
            constant_errors: Vec::new(),
        };
        Equation { terms: terms.map(fitted).collect() }
    };
    let equations = coefficients.rows().into_iter().map(equation).collect();
    Ok(SparseModel::new(data.python_time(), data.python_names(), equations)?)
}
