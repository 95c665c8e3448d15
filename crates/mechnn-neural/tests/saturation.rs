//! Rational terms: their values, and a saturation that is learned.

use burn::tensor::Device;
use mechnn_neural::basis::{Basis, Saturations};
use mechnn_neural::encoder::LearnedVector;
use mechnn_neural::head::{EquationHead, Initial, Latent, LibraryRightHandSide, Source, Steps};
use mechnn_neural::loss::{LossTerms, mean_square};
use mechnn_neural::train::{Adam, Objective, Schedule, Silent, Trainer, TrainerOptions};
use mechnn_neural::{InitialWeights, LayerError, MechanisticBlock, OdeLayer, Window, device, from_slice, to_vec};
use mechnn_solver::{CollocationNodes, Scheme};

#[test]
fn values_are_those_of_the_formula_on_both_sides_of_zero() {
    let device = device();
    let weights = InitialWeights::new(0, &device);
    let times = from_slice(&[0.0; 3], [1, 3, 1], &device);
    for (order, expected) in [
        // x / (a + |x|), a = (1, 3): 0 / 1, 2 / 5; 1 / 2, -3 / 6; -4 / 5, 9 / 12
        (1, [0.0, 0.4, 0.5, -0.5, -0.8, 0.75]),
        // x² / (a + x²): 0 / 1, 4 / 7; 1 / 2, 9 / 12; 16 / 17, 81 / 84
        (2, [0.0, 4.0 / 7.0, 0.5, 0.75, 16.0 / 17.0, 81.0 / 84.0]),
    ] {
        let basis = Saturations::new(order, &[1.0, 3.0], &weights);
        let states = from_slice(&[0.0, 2.0, 1.0, -3.0, -4.0, 9.0], [1, 3, 2], &device);
        assert_eq!(basis.terms(2), 2);
        let values = to_vec(basis.evaluate(states, times.clone()));
        let error = values.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        // The constants are exponentials of logarithms: a few units in the last place.
        assert!(error < 1e-15 * 8.0, "order {order}: {values:?}, expected {expected:?}");
    }
}

const POINTS: usize = 31;
const STEP: f64 = 0.1;
const LARGEST_RATE: f64 = -2.0;
const CONSTANT: f64 = 0.5;

/// Curves of x' = -2 xⁿ / (0.5 + xⁿ) from four starts.
struct Uptake {
    order: i32,
    device: Device,
}

impl Uptake {
    fn curve(&self, start: f64) -> impl Iterator<Item = f64> {
        let order = self.order;
        let rate = move |x: f64| LARGEST_RATE * x.powi(order) / (CONSTANT + x.powi(order));
        // Fourth-order steps of a hundredth: errors below 1e-8.
        let step = move |x: f64| {
            let h = STEP / 10.0;
            let k1 = rate(x);
            let k2 = rate(x + h / 2.0 * k1);
            let k3 = rate(x + h / 2.0 * k2);
            let k4 = rate(x + h * k3);
            x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        };
        std::iter::successors(Some(start), move |&x| Some((0..10).fold(x, |x, _| step(x)))).take(POINTS)
    }

    fn window(&self) -> Window {
        let starts = [0.5, 1.0, 2.0, 4.0];
        let values: Vec<f64> = starts.iter().flat_map(|&start| self.curve(start)).collect();
        let times: Vec<f64> = (0..POINTS).map(|n| STEP * n as f64).collect();
        Window {
            values: from_slice(&values, [starts.len(), POINTS, 1], &self.device),
            times: from_slice(&times, [1, POINTS, 1], &self.device),
        }
    }
}

type Model = MechanisticBlock<LearnedVector, EquationHead<LibraryRightHandSide<Saturations>>>;

impl Objective<Model> for Uptake {
    fn examples(&self) -> usize {
        1
    }

    fn terms(&self, model: &Model, _: &[usize]) -> Result<LossTerms, LayerError> {
        let window = self.window();
        Ok(LossTerms::new().with("fit", mean_square(model.forward(&window)?.states(), window.values)))
    }
}

#[test]
fn a_known_saturation_is_learned() {
    for order in [1, 2] {
        let data = Uptake { order, device: device() };
        let mut weights = InitialWeights::new(1, &data.device);
        // Six times too large, and a rate of zero.
        let basis = Saturations::new(order as usize, &[3.0], &weights);
        let rate = LibraryRightHandSide::new(basis, 1, Source::Shared, &weights);
        let (latent, initial) = (Latent::data(), Initial::Data { points: 1 });
        let head = EquationHead::new(rate, 1, 1, 2, latent, initial, Steps::fixed(STEP)).expect("fits");
        let scheme = Scheme::Collocation { nodes: CollocationNodes::Three };
        let layer = OdeLayer::new(POINTS).with_scheme(scheme);
        let model = MechanisticBlock::new(LearnedVector::plain(0, &mut weights), head, layer);
        let options = TrainerOptions {
            epochs: 800,
            adam: Adam { learning_rate: 0.1, weight_decay: 0.0, ..Adam::default() },
            schedule: Schedule::Step { every: 200, factor: 0.3 },
            ..TrainerOptions::default()
        };
        let trained = Trainer::new(options).train(model, &data, &mut Silent).expect("trains");
        let rate = trained.model.head().right_hand_side();
        let constant = rate.basis().constants()[0];
        let largest = rate.coefficient_values(from_slice(&[], [1, 0], &data.device))[[0, 0, 0]];
        // The latent states are the data, so the equation is exact up to the fourth-order error of the integrals.
        assert!((constant / CONSTANT - 1.0).abs() < 0.01, "order {order}: constant {constant}, true {CONSTANT}");
        assert!((largest / LARGEST_RATE - 1.0).abs() < 0.01, "order {order}: rate {largest}, true {LARGEST_RATE}");
    }
}
