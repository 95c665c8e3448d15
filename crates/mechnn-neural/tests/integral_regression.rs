//! The regression on integrated terms: exact on what it can represent, and with coordinates of equal curvature.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor};
use mechnn::equation::BasisLibrary;
use mechnn_neural::basis::{Monomials, Saturations};
use mechnn_neural::encoder::{Encoder, IntegralRegression, Mlp};
use mechnn_neural::train::{NamedValues, parameters, with_parameters};
use mechnn_neural::{Activation, InitialWeights, RefusedInput, device, from_slice, to_vec};

const POINTS: usize = 61;
const STEP: f64 = 0.05;

type Regression = IntegralRegression<Monomials, Mlp>;

fn regression(network: Option<Mlp>) -> Regression {
    let basis = Monomials::new(BasisLibrary::polynomial(1, 2).terms());
    IntegralRegression::new(basis, network, 1, POINTS, STEP).expect("an odd number of points")
}

/// x' = r x - (r/K) x² from x0, and a ripple of size `ripple` that no equation explains.
fn logistic(parameters: &[(f64, f64, f64)], ripple: f64) -> Tensor<3> {
    let curve = |&(r, k, x0): &(f64, f64, f64)| {
        (0..POINTS).map(move |n| {
            let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
            k / (1.0 + (k / x0 - 1.0) * (-r * STEP * n as f64).exp()) + sign * ripple
        })
    };
    let values: Vec<f64> = parameters.iter().flat_map(curve).collect();
    from_slice(&values, [parameters.len(), POINTS, 1], &device())
}

#[test]
fn coefficients_of_clean_curves_are_found() {
    let known = [(2.0, 3.0, 0.05), (3.5, 2.5, 0.2), (3.0, 4.0, 0.01)];
    let found = to_vec(regression(None).encode(logistic(&known, 0.0)).expect("fits"));
    for ((r, k, start), found) in known.iter().zip(found.chunks_exact(4)) {
        // Order four at h = 0.05 and rates of 3: (0.15)^4 is 5e-4.
        let (expected, limit) = ([0.0, *r, -r / k, *start], 1e-3);
        for (expected, found) in expected.iter().zip(found) {
            assert!((expected - found).abs() < limit, "{found}, expected {expected} for r {r}, K {k}");
        }
    }
}

#[test]
fn a_correction_of_size_one_changes_the_fit_by_what_the_regression_leaves() {
    let ripple = 0.01;
    let window = logistic(&[(3.0, 3.0, 0.05)], ripple);
    let before = to_vec(regression(None).encode(window.clone()).expect("fits"));
    for direction in 0..4 {
        let weights = InitialWeights::new(0, &device());
        let network = Mlp::new(&[2 * POINTS, 4], Activation::Tanh, &mut InitialWeights::new(0, &device()));
        let mut values = parameters(&network.expect("two widths").with_zero_output(&weights));
        values[1].values[direction] = 1.0;
        let network = Mlp::new(&[2 * POINTS, 4], Activation::Tanh, &mut InitialWeights::new(0, &device()));
        let network = with_parameters(network.expect("two widths"), &values);
        let after = to_vec(regression(Some(network)).encode(window.clone()).expect("fits"));
        let change: Vec<f64> = after.iter().zip(&before).map(|(a, b)| a - b).collect();
        // The change of the solution; trapezoids are enough for a size.
        let x = to_vec(window.clone());
        let rate: Vec<f64> = x.iter().map(|x| change[0] + change[1] * x + change[2] * x * x).collect();
        let mut integral = vec![change[3]];
        for pair in rate.windows(2) {
            integral.push(integral[integral.len() - 1] + 0.5 * STEP * (pair[0] + pair[1]));
        }
        let size = (integral.iter().map(|f| f * f).sum::<f64>() / POINTS as f64).sqrt();
        assert!(
            (size / ripple - 1.0).abs() < 0.1,
            "direction {direction}: the fit moves by {size}, left was {ripple}"
        );
    }
}

#[test]
fn gradients_reach_the_network() {
    let window = logistic(&[(3.0, 3.0, 0.05), (2.0, 4.0, 0.1)], 0.01);
    let network = Mlp::new(&[2 * POINTS, 4, 4], Activation::Tanh, &mut InitialWeights::new(3, &device()));
    let model = regression(Some(network.expect("two widths")));
    let loss = |model: &Regression| {
        let features = model.encode(window.clone()).expect("fits");
        (features.clone() * features.sin()).sum()
    };
    let start = parameters(&model);
    let at = |index: usize, entry: usize, h: f64| {
        let mut values: Vec<NamedValues> = start.clone();
        values[index].values[entry] += h;
        to_vec(loss(&with_parameters(model.clone(), &values)))[0]
    };
    for (index, gradient) in gradients_of(&model, loss(&model)).iter().enumerate() {
        for entry in (0..gradient.len()).step_by(gradient.len().div_ceil(6)) {
            let difference = (at(index, entry, 1e-5) - at(index, entry, -1e-5)) / 2e-5;
            let error = (gradient[entry] - difference).abs() / (1.0 + difference.abs());
            assert!(error < 1e-6, "{}[{entry}]: {} against {difference}", start[index].name, gradient[entry]);
        }
    }
}

/// The gradient of every parameter, in the order of [`parameters`].
fn gradients_of<M: Module>(model: &M, loss: Tensor<1>) -> Vec<Vec<f64>> {
    struct Collect<'a>(&'a Gradients, Vec<Vec<f64>>);
    impl ModuleVisitor for Collect<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.1.push(param.val().grad(self.0).map(to_vec).expect("a gradient"));
        }
    }
    let gradients = loss.backward();
    let mut collect = Collect(&gradients, vec![]);
    model.visit(&mut collect);
    collect.1
}

/// A head reads both features and states; one regression gives them, with the gradients that two would have.
#[test]
fn one_regression_serves_features_and_states() {
    let window = logistic(&[(3.0, 3.0, 0.05), (2.0, 4.0, 0.1)], 0.01);
    // A basis with a trained constant: the gradient flows through the regression itself, and through the network.
    let weights = InitialWeights::new(5, &device());
    let network = Mlp::new(&[2 * POINTS, 4, 2], Activation::Tanh, &mut InitialWeights::new(3, &device()));
    let basis = Saturations::new(1, &[1.5], &weights);
    let model = IntegralRegression::new(basis, Some(network.expect("two widths")), 1, POINTS, STEP);
    let model = model.expect("an odd number of points").with_passes(2);
    let loss = |features: Tensor<2>, states: Tensor<3>| (features.clone() * features.sin()).sum() + states.cos().sum();
    let (features, states) = model.encode_with_states(window.clone()).expect("fits");
    let (again, apart) = (model.encode(window.clone()), model.encode_with_states(window));
    let (again, apart) = (again.expect("fits"), apart.expect("fits").1);
    assert_eq!(to_vec(features.clone()), to_vec(again.clone()));
    assert_eq!(to_vec(states.clone()), to_vec(apart.clone()));
    let (once, twice) = (gradients_of(&model, loss(features, states)), gradients_of(&model, loss(again, apart)));
    for (index, (once, twice)) in once.iter().flatten().zip(twice.iter().flatten()).enumerate() {
        // Contributions are added at another place of the graph: equal up to rounding.
        assert!((once - twice).abs() <= 1e-10 * (1.0 + twice.abs()), "number {index}: {once} once, {twice} twice");
    }
}

#[test]
fn other_windows_are_refused() {
    let shape = |points: usize, dims: usize| from_slice(&vec![1.0; points * dims], [1, points, dims], &device());
    for (window, wrong) in [(shape(59, 1), 1), (shape(POINTS, 2), 2)] {
        match regression(None).encode(window) {
            Err(RefusedInput::Shape { axis, .. }) => assert_eq!(axis, wrong),
            other => panic!("expected a refusal, got {:?}", other.map(|features| features.dims())),
        }
    }
    let basis = Monomials::new(BasisLibrary::polynomial(1, 2).terms());
    assert!(IntegralRegression::<Monomials, Mlp>::new(basis, None, 1, 60, STEP).is_err());
}

#[test]
fn more_passes_take_the_noise_out_of_the_squares() {
    // x² of noise of variance v is too large by v on average, so one pass finds another bias and slope.
    let window = logistic(&[(3.0, 3.0, 0.05)], 0.2);
    let error = |passes: usize| {
        let found = to_vec(regression(None).with_passes(passes).encode(window.clone()).expect("fits"));
        [0.0, 3.0, -1.0].iter().zip(found).map(|(truth, found)| (truth - found).abs()).fold(0.0, f64::max)
    };
    assert!(error(3) < 0.3 * error(1), "{} after three passes, {} after one", error(3), error(1));
}

#[test]
fn the_head_sees_the_curve_of_the_regression() {
    let known = [(3.0, 3.0, 0.05)];
    let (clean, window) = (to_vec(logistic(&known, 0.0)), logistic(&known, 0.2));
    let size = |states: Vec<f64>| {
        let sum: f64 = states.iter().zip(&clean).map(|(u, x)| (u - x).powi(2)).sum();
        (sum / POINTS as f64).sqrt()
    };
    let seen = size(to_vec(regression(None).with_passes(3).encode_with_states(window.clone()).expect("fits").1));
    // Four numbers fitted to 61 points take up a quarter of an error without structure; a ripple is almost orthogonal
    // to them.
    assert!(seen < 0.25 * size(to_vec(window)), "{seen}");
}
