//! Gradients through the layer against central differences, for every input.

use burn::tensor::{Device, Tensor};
use mechnn_neural::{OdeLayer, OdeTensors, StepsTensor, device, from_slice, to_vec};
use mechnn_solver::{EquationRows, Scheme};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const POINTS: usize = 7;

/// The five inputs as numbers, each with its shape.
#[derive(Clone)]
struct Inputs {
    coefficients: (Vec<f64>, [usize; 5]),
    forcing: (Vec<f64>, [usize; 3]),
    initial: (Vec<f64>, [usize; 4]),
    steps: (Vec<f64>, Vec<usize>),
    weights: Vec<f64>,
}

fn random(rng: &mut ChaCha8Rng, length: usize, low: f64, high: f64) -> Vec<f64> {
    (0..length).map(|_| rng.random_range(low..high)).collect()
}

impl Inputs {
    /// Two coupled dimensions of second order; what is broadcast differs with the seed.
    fn random(seed: u64, per_dimension: bool) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let batch = 3;
        let broadcast = |rng: &mut ChaCha8Rng, full: usize| if rng.random_bool(0.5) { 1 } else { full };
        let shape = [broadcast(&mut rng, batch), broadcast(&mut rng, POINTS), 2, 2, 3];
        let mut coefficients = random(&mut rng, shape.iter().product(), -0.4, 0.4);
        for (index, value) in coefficients.iter_mut().enumerate() {
            // The highest derivative of each equation's own dimension keeps the system regular.
            let (equation, dim, order) = (index / 6 % 2, index / 3 % 2, index % 3);
            if equation == dim && order == 2 {
                *value += 1.0;
            }
        }
        let forcing = [batch, broadcast(&mut rng, POINTS), 2];
        let mut steps = vec![broadcast(&mut rng, batch), broadcast(&mut rng, POINTS - 1)];
        if per_dimension {
            steps.push(2);
        }
        Self {
            coefficients: (coefficients, shape),
            forcing: (random(&mut rng, forcing.iter().product(), -1.0, 1.0), forcing),
            initial: (random(&mut rng, batch * 4, -1.0, 1.0), [batch, 1, 2, 2]),
            steps: (random(&mut rng, steps.iter().product(), 0.1, 0.3), steps),
            weights: random(&mut rng, 3, 0.5, 2.0),
        }
    }

    fn numbers(&mut self, input: usize) -> &mut Vec<f64> {
        match input {
            0 => &mut self.coefficients.0,
            1 => &mut self.forcing.0,
            2 => &mut self.initial.0,
            3 => &mut self.steps.0,
            _ => &mut self.weights,
        }
    }

    fn tensors(&self, device: &Device) -> OdeTensors {
        let steps = match self.steps.1[..] {
            [b, n] => StepsTensor::Shared(from_slice(&self.steps.0, [b, n], device).require_grad()),
            [b, n, d] => StepsTensor::PerDimension(from_slice(&self.steps.0, [b, n, d], device).require_grad()),
            _ => unreachable!("steps have two or three axes"),
        };
        OdeTensors {
            coefficients: from_slice(&self.coefficients.0, self.coefficients.1, device).require_grad(),
            forcing: from_slice(&self.forcing.0, self.forcing.1, device).require_grad(),
            initial: Some(from_slice(&self.initial.0, self.initial.1, device).require_grad()),
            steps,
            weights: Some(from_slice(&self.weights, [3], device).require_grad()),
        }
    }
}

/// A nonlinear function of all values, so that the cotangent differs everywhere.
fn loss(values: Tensor<4>) -> Tensor<1> {
    let weights: Vec<f64> = (0..values.dims().iter().product()).map(|i| (i as f64).sin()).collect();
    let weights = from_slice(&weights, values.dims(), &values.device());
    (values.clone() * weights + values.clone() * values * 0.5).sum()
}

fn check(seed: u64, layer: &OdeLayer, per_dimension: bool) {
    let device = device();
    let mut inputs = Inputs::random(seed, per_dimension);
    let ode = inputs.tensors(&device);
    let output = layer.forward(&ode).expect("a regular problem");
    let grads = loss(output.values).backward();
    let steps = match &ode.steps {
        StepsTensor::Shared(steps) => to_vec(steps.grad(&grads).expect("tracked")),
        StepsTensor::PerDimension(steps) => to_vec(steps.grad(&grads).expect("tracked")),
    };
    let gradients = [
        ("coefficients", to_vec(ode.coefficients.grad(&grads).expect("tracked"))),
        ("forcing", to_vec(ode.forcing.grad(&grads).expect("tracked"))),
        ("initial values", to_vec(ode.initial.as_ref().expect("given").grad(&grads).expect("tracked"))),
        ("steps", steps),
        ("weights", to_vec(ode.weights.as_ref().expect("given").grad(&grads).expect("tracked"))),
    ];
    assert_eq!(output.backward.error(), None);

    let value = |inputs: &Inputs| to_vec(loss(layer.forward(&inputs.tensors(&device)).expect("regular").values))[0];
    for (input, (name, gradient)) in gradients.iter().enumerate() {
        let scale = gradient.iter().fold(1.0_f64, |largest, g| largest.max(g.abs()));
        for index in 0..gradient.len() {
            // Error of central differences: 1e-10 by truncation, 1e-11 by rounding, both relative to the loss's scale.
            let h = 1e-5;
            let original = inputs.numbers(input)[index];
            inputs.numbers(input)[index] = original + h;
            let above = value(&inputs);
            inputs.numbers(input)[index] = original - h;
            let below = value(&inputs);
            inputs.numbers(input)[index] = original;
            let difference = (above - below) / (2.0 * h);
            let error = (gradient[index] - difference).abs() / scale;
            let actual = gradient[index];
            assert!(error < 1e-6, "seed {seed}, {layer:?}: {name}[{index}] is {actual}, difference {difference}");
        }
    }
}

#[test]
fn gradients_of_all_inputs_match_differences() {
    for seed in 0..6 {
        for scheme in [Scheme::Taylor, Scheme::TaylorCentral, Scheme::Pade] {
            check(seed, &OdeLayer::new(POINTS).with_scheme(scheme), false);
        }
    }
}

#[test]
fn gradients_with_a_clock_per_dimension() {
    for seed in 10..14 {
        check(seed, &OdeLayer::new(POINTS), true);
    }
}

#[test]
fn gradients_with_exact_equations() {
    for seed in 20..24 {
        check(seed, &OdeLayer::new(POINTS).with_equation_rows(EquationRows::Hard), false);
    }
}
