//! Gradients of every encoder and head with respect to their own parameters, against central differences.

use burn::module::Module;
use burn::tensor::Tensor;
use mechnn::equation::BasisLibrary;
use mechnn_neural::basis::{Basis, Joined, Monomials, Powers, Saturations, TanhUnits, Trigonometric};
use mechnn_neural::encoder::{
    ConvolutionStack, Encoder, LearnedVector, Mlp, Padding, PairwiseDifferences, Readout, ResidualSizes,
    ResidualStack, SmoothedVector,
};
use mechnn_neural::head::{
    EquationHead, FreeHead, FreeShape, Initial, Latent, LibraryRightHandSide, OdeHead, Parameter,
    ParametricRightHandSide, Source, StepAxis, Steps, Variation,
};
use mechnn_neural::loss::mean_square;
use mechnn_neural::train::{NamedValues, parameters, with_parameters};
use mechnn_neural::{
    Activation, InitialWeights, MechanisticBlock, OdeLayer, PositiveBounds, Window, device, from_slice, to_vec,
};

const POINTS: usize = 8;
const BOUNDS: PositiveBounds = PositiveBounds { low: 0.02, high: 0.5 };

fn weights() -> InitialWeights {
    InitialWeights::new(7, &device())
}

/// Three windows of smooth positive curves, `[3, POINTS, dims]`.
fn window(dims: usize) -> Window {
    let device = device();
    let value = |i: usize| {
        let (b, n, d) = (i / (POINTS * dims), i / dims % POINTS, i % dims);
        1.5 + (0.3 * n as f64 + b as f64 + 0.7 * d as f64).sin()
    };
    let values: Vec<f64> = (0..3 * POINTS * dims).map(value).collect();
    let times: Vec<f64> = (0..POINTS).map(|n| 0.1 * n as f64).collect();
    Window {
        values: from_slice(&values, [3, POINTS, dims], &device),
        times: from_slice(&times, [1, POINTS, 1], &device),
    }
}

/// Compares the gradients of `loss` with differences in up to 12 numbers of every parameter.
fn check<M: Module>(name: &str, model: &M, loss: impl Fn(&M) -> Tensor<1>) {
    let start = parameters(model);
    assert!(!start.is_empty(), "{name} has no parameters");
    let grads = loss(model).backward();
    let analytic = gradient_values(model, &grads);
    for (index, parameter) in start.iter().enumerate() {
        let stride = parameter.values.len().div_ceil(12).max(1);
        for at in (0..parameter.values.len()).step_by(stride) {
            let shifted = |h: f64| {
                let mut values: Vec<NamedValues> = start.clone();
                values[index].values[at] += h;
                to_vec(loss(&with_parameters(model.clone(), &values)))[0]
            };
            let h = 1e-5;
            let difference = (shifted(h) - shifted(-h)) / (2.0 * h);
            let actual = analytic[index].as_ref().map_or(0.0, |g| g[at]);
            // Truncation 1e-10 and rounding 1e-11 times the size of the loss and its third derivatives.
            let error = (actual - difference).abs() / (1.0 + difference.abs());
            assert!(error < 1e-6, "{name}: {}[{at}] is {actual}, difference {difference}", parameter.name);
        }
    }
    let is_reached = analytic.iter().flatten().any(|g| g.iter().any(|&x| x != 0.0));
    assert!(is_reached, "{name}: no gradient reaches a parameter");
}

fn gradient_values<M: Module>(model: &M, grads: &burn::tensor::Gradients) -> Vec<Option<Vec<f64>>> {
    use burn::module::{ModuleVisitor, Param};
    struct Collect<'a>(&'a burn::tensor::Gradients, Vec<Option<Vec<f64>>>);
    impl ModuleVisitor for Collect<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.1.push(param.val().grad(self.0).map(to_vec));
        }
    }
    let mut collect = Collect(grads, vec![]);
    model.visit(&mut collect);
    collect.1
}

fn check_encoder<E: Encoder>(name: &str, encoder: E, dims: usize, features: usize) {
    let window = window(dims);
    let encoded = encoder.encode(window.values.clone()).expect("fits");
    assert_eq!(encoded.dims()[1], features, "{name}");
    check(name, &encoder, |encoder| {
        let features = encoder.encode(window.values.clone()).expect("fits");
        (features.clone() * features.sin()).sum()
    });
}

fn check_head<E: Encoder, H: OdeHead>(name: &str, encoder: E, head: H, dims: usize) {
    let window = window(dims);
    let block = MechanisticBlock::new(encoder, head, OdeLayer::new(POINTS));
    check(name, &block, |block| {
        let output = block.forward(&window).expect("a regular problem");
        let fit = mean_square(output.states(), window.values.clone());
        match output.head.latent.clone() {
            Some(latent) => fit + mean_square(output.states(), latent),
            None => fit,
        }
    });
}

#[test]
fn gradients_of_encoders() {
    let mut w = weights();
    let mlp = Mlp::new(&[POINTS * 2, 6, 5], Activation::Tanh, &mut w).expect("two widths");
    check_encoder("perceptron", mlp, 2, 5);
    for (padding, readout) in [(Padding::Zero, Readout::Flatten), (Padding::Circular, Readout::Mean)] {
        let stack = ConvolutionStack::new(&[2, 3, 4], 3, POINTS, 5, padding, readout, Activation::Elu, &mut w);
        check_encoder("convolutions", stack.expect("odd kernel"), 2, 5);
    }
    let sizes = ResidualSizes { inputs: 2, filters: 3, kernel: 5, blocks: 2, outputs: 4 };
    let residual = ResidualStack::new(sizes, Padding::Circular, Activation::Gelu, &mut w).expect("odd kernel");
    check_encoder("residual network", residual, 2, POINTS * 4);
    let mlp = Mlp::new(&[POINTS * 6, 4], Activation::Tanh, &mut w).expect("two widths");
    check_encoder("pairwise differences", PairwiseDifferences::new(3, 2, mlp), 6, 4);
    check_encoder("smoothed vector", SmoothedVector::new(5, 3, 1.5, &mut w), 2, 15);
    let mlp = Mlp::new(&[3, 6, 5], Activation::Relu, &mut w).expect("two widths");
    let vector = LearnedVector::through(3, mlp, &mut w).expect("fits");
    check_encoder("learned vector", vector, 2, 5);
}

#[test]
fn gradients_of_the_free_head() {
    let mut w = weights();
    for (coupled, coefficients, forcing, initial) in [
        (true, Variation::Constant, Some(Variation::Point), Initial::Data { points: 2 }),
        (false, Variation::Point, Some(Variation::Constant), Initial::Features { derivatives: 2 }),
        (true, Variation::Point, None, Initial::None),
    ] {
        let shape = FreeShape { points: POINTS, dims: 2, orders: 3, coupled, coefficients, forcing };
        let steps = Steps::per_example(StepAxis::EachIntervalAndDimension, BOUNDS, 0.1, POINTS, 2);
        let head = FreeHead::new(shape, initial, steps);
        let encoder = Mlp::new(&[POINTS * 2, 5, head.features()], Activation::Tanh, &mut w).expect("two widths");
        check_head("free head", encoder, head, 2);
        let steps = Steps::global(StepAxis::EachInterval, BOUNDS, 0.1, POINTS, 2, &w);
        let head = FreeHead::new(shape, initial, steps);
        let encoder = LearnedVector::plain(head.features(), &mut w);
        check_head("free head with global steps", encoder, head, 2);
    }
}

fn check_basis<B: Basis>(name: &str, basis: B, source: Source) {
    let mut w = weights();
    let rate = LibraryRightHandSide::new(basis, 2, source, &w);
    let widths = [POINTS * 2, 5, POINTS * 2];
    let latent = Mlp::new(&widths, Activation::Tanh, &mut w).expect("two widths");
    let latent = Latent::correction(latent, &[1.0, 2.0], &[0.5, 3.0]);
    let steps = Steps::global(StepAxis::EachDimension, BOUNDS, 0.1, POINTS, 2, &w);
    let head = EquationHead::new(rate, 2, 1, 3, latent, Initial::Latent { points: 1 }, steps).expect("fits");
    let encoder = Mlp::new(&[POINTS * 2, 5, head.features().max(1)], Activation::Tanh, &mut w).expect("two widths");
    match head.features() {
        0 => check_head(name, LearnedVector::plain(0, &mut w), head, 2),
        _ => check_head(name, encoder, head, 2),
    }
}

#[test]
fn gradients_of_libraries() {
    let w = weights();
    let monomials = || Monomials::new(BasisLibrary::polynomial(2, 2).terms());
    check_basis("monomials from features", monomials(), Source::Features);
    check_basis("trigonometric", Trigonometric::new(&[1.0, 2.0]), Source::Features);
    check_basis("nested tanh", TanhUnits::new(2, 3, &mut weights()), Source::Features);
    check_basis("learned powers", Powers::new(&[0.8, 1.4], &w), Source::Features);
    for order in [1, 2, 3] {
        let name = format!("saturations of order {order}");
        check_basis(&name, Saturations::new(order, &[0.5, 3.0], &w), Source::Features);
    }
    let saturations = Joined::new(Saturations::new(1, &[0.5, 3.0], &w), Saturations::new(2, &[2.0, 0.8], &w));
    check_basis("saturations of two orders", saturations, Source::Features);
    let joined = Joined::new(monomials(), Powers::new(&[0.5, 1.5], &w));
    check_basis("joined, shared coefficients", joined, Source::Shared);
}

#[test]
fn gradients_of_parametric_equations() {
    let mut w = weights();
    let parameter = |name: &str, start: f64| Parameter { name: name.into(), low: 0.1, high: 5.0, start };
    for source in [Source::Shared, Source::Features] {
        let parameters = vec![parameter("r", 1.0), parameter("k", 0.4)];
        let rate = ParametricRightHandSide::new(&["r*x - k*x**2", "r*k - y"], &["x", "y"], parameters, source, &w);
        let (latent, initial) = (Latent::data(), Initial::Data { points: 1 });
        let rate = rate.expect("polynomials");
        let head = EquationHead::new(rate, 2, 1, 3, latent, initial, Steps::from_times()).expect("fits");
        match source {
            Source::Shared => check_head("parametric, shared", LearnedVector::plain(0, &mut w), head, 2),
            Source::Features => {
                let encoder = Mlp::new(&[POINTS * 2, 4, 2], Activation::Tanh, &mut w).expect("two widths");
                check_head("parametric, from features", encoder, head, 2);
            }
        }
    }
}
