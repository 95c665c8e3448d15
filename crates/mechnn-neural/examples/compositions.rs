//! Blocks compose: two blocks in one network, a layer after a block, a block inside a residual network.
//!
//! Takes about a second. Each network is trained on one window for 150 steps and must lower its loss tenfold.

use burn::module::Module;
use burn::tensor::Tensor;
use mechnn_neural::encoder::{LearnedVector, Linear};
use mechnn_neural::head::{FreeHead, FreeShape, Initial, OdeHead, Steps, Variation};
use mechnn_neural::loss::{LossTerms, mean_square};
use mechnn_neural::train::{Adam, Objective, Silent, Trainer, TrainerOptions};
use mechnn_neural::{InitialWeights, LayerError, MechanisticBlock, OdeLayer, Window, device, from_slice};

const POINTS: usize = 30;

type Block = MechanisticBlock<LearnedVector, FreeHead>;

fn block(weights: &mut InitialWeights) -> Block {
    let shape = FreeShape {
        points: POINTS,
        dims: 1,
        orders: 3,
        coupled: true,
        coefficients: Variation::Constant,
        forcing: Some(Variation::Point),
    };
    let head = FreeHead::new(shape, Initial::Features { derivatives: 2 }, Steps::fixed(0.1));
    MechanisticBlock::new(LearnedVector::plain(head.features(), weights), head, OdeLayer::new(POINTS))
}

/// The second block sees the solution of the first; their sum is the output.
#[derive(Module, Debug)]
struct TwoBlocks {
    first: Block,
    second: Block,
}

/// A decoder: an affine map of the solution at every point.
#[derive(Module, Debug)]
struct Decoded {
    block: Block,
    decoder: Linear,
}

/// x + block(x)
#[derive(Module, Debug)]
struct Residual {
    block: Block,
}

trait Network: Module {
    fn output(&self, window: &Window) -> Result<Tensor<3>, LayerError>;
}

impl Network for TwoBlocks {
    fn output(&self, window: &Window) -> Result<Tensor<3>, LayerError> {
        let first = self.first.forward(window)?.states();
        let next = Window { values: first.clone(), times: window.times.clone() };
        Ok(first + self.second.forward(&next)?.states())
    }
}

impl Network for Decoded {
    fn output(&self, window: &Window) -> Result<Tensor<3>, LayerError> {
        let states = self.block.forward(window)?.states();
        Ok(self.decoder.forward(states.reshape([POINTS, 1])).reshape([1, POINTS, 1]))
    }
}

impl Network for Residual {
    fn output(&self, window: &Window) -> Result<Tensor<3>, LayerError> {
        Ok(window.values.clone() + self.block.forward(window)?.states())
    }
}

struct Target(Window, Tensor<3>);

impl<N: Network> Objective<N> for Target {
    fn examples(&self) -> usize {
        1
    }

    fn terms(&self, network: &N, _: &[usize]) -> Result<LossTerms, LayerError> {
        Ok(LossTerms::new().with("fit", mean_square(network.output(&self.0)?, self.1.clone())))
    }
}

fn trains<N: Network>(network: N, target: &Target) -> Result<(), Box<dyn std::error::Error>> {
    let adam = Adam { learning_rate: 0.03, ..Adam::default() };
    let options = TrainerOptions { epochs: 150, batch: 1, adam, ..TrainerOptions::default() };
    let history = Trainer::new(options).train(network, target, &mut Silent)?.history;
    let (first, last) = (history[0].loss, history[149].loss);
    assert!(last < 0.1 * first, "loss {first} before, {last} after");
    Ok(())
}

#[cfg_attr(test, test)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let device = device();
    let curve = |f: fn(f64) -> f64| (0..POINTS).map(|n| f(0.1 * n as f64)).collect::<Vec<f64>>();
    let tensor = |values: Vec<f64>| from_slice(&values, [1, POINTS, 1], &device);
    let window = Window { values: tensor(curve(f64::cos)), times: tensor(curve(|t| t)) };
    let target = Target(window, tensor(curve(|t| 2.0 * (1.5 * t).sin() + 1.0)));
    let mut weights = InitialWeights::new(1, &device);
    trains(TwoBlocks { first: block(&mut weights), second: block(&mut weights) }, &target)?;
    trains(Decoded { block: block(&mut weights), decoder: Linear::new(1, 1, &mut weights) }, &target)?;
    trains(Residual { block: block(&mut weights) }, &target)
}
