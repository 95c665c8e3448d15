//! A layer after a block: a decoder makes the output of the solution, point by point.
//!
//! Takes about a second: 150 steps on one window lower the loss tenfold.

use burn::module::Module;
use burn::tensor::Tensor;
use mechnn_neural::encoder::Mlp;
use mechnn_neural::head::{FreeHead, FreeShape, Initial, OdeHead, Steps, Variation};
use mechnn_neural::loss::{LossTerms, mean_square};
use mechnn_neural::train::{Adam, Objective, Silent, Trainer, TrainerOptions};
use mechnn_neural::{
    Activation, InitialWeights, LayerError, Linear, MechanisticBlock, OdeLayer, RefusedInput, Window, device,
    from_slice,
};

const POINTS: usize = 30;

/// u'' from constant coefficients and a free forcing; a perceptron reads the window.
fn block(weights: &mut InitialWeights) -> Result<Block, RefusedInput> {
    let (coefficients, forcing) = (Variation::Constant, Some(Variation::Point));
    let shape = FreeShape { points: POINTS, dims: 1, orders: 3, coupled: true, coefficients, forcing };
    let head = FreeHead::new(shape, Initial::Features { derivatives: 2 }, Steps::fixed(0.1));
    let encoder = Mlp::new(&[POINTS, 16, head.features()], Activation::Tanh, weights)?;
    Ok(MechanisticBlock::new(encoder, head, OdeLayer::new(POINTS)))
}

type Block = MechanisticBlock<Mlp, FreeHead>;

#[derive(Module, Debug)]
struct Network {
    block: Block,
    decoder: Linear,
}

impl Network {
    fn output(&self, window: &Window) -> Result<Tensor<3>, LayerError> {
        let states = self.block.forward(window)?.states();
        Ok(self.decoder.forward(states.reshape([POINTS, 1])).reshape([1, POINTS, 1]))
    }
}

/// The curve that the network shall make of a window.
struct Target(Window, Tensor<3>);

impl Objective<Network> for Target {
    fn examples(&self) -> usize {
        1
    }

    fn terms(&self, network: &Network, _: &[usize]) -> Result<LossTerms, LayerError> {
        Ok(LossTerms::new().with("fit", mean_square(network.output(&self.0)?, self.1.clone())))
    }
}

#[cfg_attr(test, test)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let curve = |f: fn(f64) -> f64| {
        let values: Vec<f64> = (0..POINTS).map(|n| f(0.1 * n as f64)).collect();
        from_slice(&values, [1, POINTS, 1], &device())
    };
    let window = Window { values: curve(f64::cos), times: curve(|t| t) };
    let target = Target(window, curve(|t| 2.0 * (1.5 * t).sin() + 1.0));
    let mut weights = InitialWeights::new(1, &device());
    let network = Network { block: block(&mut weights)?, decoder: Linear::new(1, 1, &mut weights) };
    let adam = Adam { learning_rate: 0.03, ..Adam::default() };
    let options = TrainerOptions { epochs: 150, batch: 1, adam, ..TrainerOptions::default() };
    let history = Trainer::new(options).train(network, &target, &mut Silent)?.history;
    let (first, last) = (history[0].loss, history[149].loss);
    assert!(last < 0.1 * first, "loss {first} before, {last} after");
    Ok(())
}
