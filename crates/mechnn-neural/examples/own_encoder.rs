//! An encoder of your own: growth rates of exponentials from the logarithm of the window.
//!
//! Takes about a second and finds every rate within 0.01 %: the rate is linear in what the encoder looks at. Behind
//! the bounds of a `Parameter` it would not be: a straight line through their sigmoid misses the smallest rate by 3 %
//! at best.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use mechnn::equation::Term;
use mechnn_neural::basis::Monomials;
use mechnn_neural::encoder::Encoder;
use mechnn_neural::head::{EquationHead, Initial, Latent, LibraryRightHandSide, Source, Steps};
use mechnn_neural::loss::{LossTerms, mean_square};
use mechnn_neural::train::{Adam, Objective, Schedule, Silent, Trainer, TrainerOptions};
use mechnn_neural::{InitialWeights, LayerError, MechanisticBlock, OdeLayer, RefusedInput, Window};
use mechnn_neural::{device, from_slice, to_vec};
use mechnn_solver::{CollocationNodes, Scheme};

const POINTS: usize = 21;
const STEP: f64 = 0.05;

/// One feature: a + b ln(x_N / x_1).
#[derive(Module, Debug)]
struct LogarithmicGrowth {
    offset_and_slope: Param<Tensor<1>>,
}

impl Encoder for LogarithmicGrowth {
    fn encode(&self, window: Tensor<3>) -> Result<Tensor<2>, RefusedInput> {
        let [batch, points, _] = window.dims();
        let at = |n: usize| window.clone().slice([0..batch, n..n + 1, 0..1]).reshape([batch, 1]);
        let [offset, slope] = [0, 1].map(|i| self.offset_and_slope.val().narrow(0, i, 1).reshape([1, 1]));
        Ok((at(points - 1) / at(0)).log() * slope + offset)
    }
}

type Network = MechanisticBlock<LogarithmicGrowth, EquationHead<LibraryRightHandSide<Monomials>>>;

struct Exponentials(Vec<f64>);

impl Exponentials {
    fn window(&self, examples: &[usize]) -> Window {
        let curve = |&i: &usize| (0..POINTS).map(move |n| (self.0[i] * STEP * n as f64).exp());
        let values: Vec<f64> = examples.iter().flat_map(curve).collect();
        let times: Vec<f64> = (0..POINTS).map(|n| STEP * n as f64).collect();
        Window {
            values: from_slice(&values, [examples.len(), POINTS, 1], &device()),
            times: from_slice(&times, [1, POINTS, 1], &device()),
        }
    }
}

impl Objective<Network> for Exponentials {
    fn examples(&self) -> usize {
        self.0.len()
    }

    fn terms(&self, network: &Network, examples: &[usize]) -> Result<LossTerms, LayerError> {
        let window = self.window(examples);
        Ok(LossTerms::new().with("fit", mean_square(network.forward(&window)?.states(), window.values)))
    }
}

#[cfg_attr(test, test)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = Exponentials((0..12).map(|i| 0.6 + 0.1 * f64::from(i)).collect());
    let weights = InitialWeights::new(0, &device());
    let rate = LibraryRightHandSide::new(Monomials::new(&[Term::Monomial(vec![1])]), 1, Source::Features, &weights);
    let head = EquationHead::new(rate, 1, 1, 2, Latent::data(), Initial::Data { points: 1 }, Steps::fixed(STEP))?;
    let encoder = LogarithmicGrowth { offset_and_slope: weights.given(&[0.0, 0.0], [2]) };
    let layer = OdeLayer::new(POINTS).with_scheme(Scheme::Collocation { nodes: CollocationNodes::Three });
    let network = Network::new(encoder, head, layer);
    let (adam, schedule) = (Adam { learning_rate: 0.05, ..Adam::default() }, Schedule::Cosine { end: 1e-3 });
    let options = TrainerOptions { epochs: 3000, batch: 12, adam, schedule, ..TrainerOptions::default() };
    let network = Trainer::new(options).train(network, &data, &mut Silent)?.model;
    for (i, truth) in data.0.iter().enumerate() {
        let found = to_vec(network.encoder().encode(data.window(&[i]).values)?)[0];
        assert!((found - truth).abs() < 1e-4 * truth, "rate {found}, true {truth}");
    }
    Ok(())
}
