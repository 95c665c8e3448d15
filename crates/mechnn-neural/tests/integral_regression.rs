//! The regression on integrated terms: exact on what it can represent, and with coordinates of equal curvature.

use burn::tensor::Tensor;
use mechnn::equation::BasisLibrary;
use mechnn_neural::basis::Monomials;
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
        assert!((size / ripple - 1.0).abs() < 0.1, "direction {direction}: the fit moves by {size}, left was {ripple}");
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
    struct Collect<'a>(&'a burn::tensor::Gradients, Vec<Vec<f64>>);
    impl burn::module::ModuleVisitor for Collect<'_> {
        fn visit_float<const D: usize>(&mut self, param: &burn::module::Param<Tensor<D>>) {
            self.1.push(param.val().grad(self.0).map(to_vec).expect("a gradient"));
        }
    }
    let gradients = loss(&model).backward();
    let mut collect = Collect(&gradients, vec![]);
    burn::module::Module::visit(&model, &mut collect);
    for (index, gradient) in collect.1.iter().enumerate() {
        for entry in (0..gradient.len()).step_by(gradient.len().div_ceil(6)) {
            let difference = (at(index, entry, 1e-5) - at(index, entry, -1e-5)) / 2e-5;
            let error = (gradient[entry] - difference).abs() / (1.0 + difference.abs());
            assert!(error < 1e-6, "{}[{entry}]: {} against {difference}", start[index].name, gradient[entry]);
        }
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
    let seen = size(to_vec(regression(None).with_passes(3).states(window.clone()).expect("fits")));
    // Four numbers fitted to 61 points take up a quarter of an error without structure; a ripple is almost orthogonal to them.
    assert!(seen < 0.25 * size(to_vec(window)), "{seen}");
}
