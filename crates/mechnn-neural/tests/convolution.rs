//! Padding of convolutions: with the other end, shifts of a periodic window commute with the network; with zeros they
//! do not.

use burn::tensor::Tensor;
use mechnn_neural::encoder::{ConvolutionStack, Encoder, Padding, Readout, ResidualSizes, ResidualStack};
use mechnn_neural::{Activation, InitialWeights, RefusedInput, device, from_slice, to_vec};

const POINTS: usize = 11;
const CHANNELS: usize = 2;
const SHIFT: usize = 3;

/// Two windows without any symmetry, `[2, POINTS, CHANNELS]`.
fn window() -> Tensor<3> {
    let values: Vec<f64> = (0..2 * POINTS * CHANNELS).map(|i| (0.7 * (i * i) as f64).sin()).collect();
    from_slice(&values, [2, POINTS, CHANNELS], &device())
}

/// Point n of the result is point n - SHIFT of `x`, around the ends; `[B, N, C]`.
fn shifted(x: Tensor<3>) -> Tensor<3> {
    let [batch, points, channels] = x.dims();
    let end = x.clone().slice([0..batch, points - SHIFT..points, 0..channels]);
    let rest = x.slice([0..batch, 0..points - SHIFT, 0..channels]);
    Tensor::cat(vec![end, rest], 1)
}

fn largest_difference<const RANK: usize>(a: Tensor<RANK>, b: Tensor<RANK>) -> f64 {
    to_vec((a - b).abs()).into_iter().fold(0.0, f64::max)
}

/// Above the rounding of sums of thirty numbers near 1 in another order.
const ROUNDING: f64 = 1e-13;
/// Below the effect of an end on the features of these networks.
const EFFECT: f64 = 1e-3;

#[test]
fn features_of_a_mean_do_not_change_when_a_periodic_window_is_shifted() {
    let difference = |padding| {
        let mut weights = InitialWeights::new(3, &device());
        let channels = [CHANNELS, 4, 5];
        let (readout, activation) = (Readout::Mean, Activation::Tanh);
        let stack = ConvolutionStack::new(&channels, 5, POINTS, 6, padding, readout, activation, &mut weights);
        let encode = |x| stack.as_ref().expect("odd kernel").encode(x).expect("fits");
        largest_difference(encode(window()), encode(shifted(window())))
    };
    assert!(difference(Padding::Circular) < ROUNDING, "{:e}", difference(Padding::Circular));
    assert!(difference(Padding::Zero) > EFFECT, "{:e}", difference(Padding::Zero));
}

#[test]
fn features_of_points_shift_with_a_periodic_window() {
    let outputs = 3;
    let (circular, zero) = (residual(Padding::Circular, outputs), residual(Padding::Zero, outputs));
    let per_point = |stack: &ResidualStack, x| {
        let features = stack.encode(x).expect("fits");
        features.reshape([2, POINTS, outputs])
    };
    let moved = |stack: &ResidualStack| {
        largest_difference(per_point(stack, shifted(window())), shifted(per_point(stack, window())))
    };
    assert!(moved(&circular) < ROUNDING, "{:e}", moved(&circular));
    assert!(moved(&zero) > EFFECT, "{:e}", moved(&zero));
    // The weights are the same, and four convolutions of three points reach four points far: between the ends it makes
    // no difference what lies beyond them.
    let middle = |stack: &ResidualStack| per_point(stack, window()).slice([0..2, 4..POINTS - 4, 0..outputs]);
    assert!(largest_difference(middle(&circular), middle(&zero)) < ROUNDING);
}

/// Four convolutions: the first, two in the block, the last.
fn residual(padding: Padding, outputs: usize) -> ResidualStack {
    let sizes = ResidualSizes { inputs: CHANNELS, filters: 4, kernel: 3, blocks: 1, outputs };
    ResidualStack::new(sizes, padding, Activation::Tanh, &mut InitialWeights::new(5, &device())).expect("odd kernel")
}

#[test]
fn a_kernel_of_more_than_one_period_on_each_side_is_refused() {
    let mut weights = InitialWeights::new(3, &device());
    let (padding, readout, activation) = (Padding::Circular, Readout::Mean, Activation::Tanh);
    let stack = ConvolutionStack::new(&[CHANNELS, 4], 9, POINTS, 6, padding, readout, activation, &mut weights);
    let stack = stack.expect("odd kernel");
    let of_points = |points: usize| {
        let window = window().slice([0..2, 0..points, 0..CHANNELS]);
        stack.encode(window).map(|features| features.dims())
    };
    assert_eq!(of_points(4).expect("four points on each side of the middle"), [2, 6]);
    let meaning = "points of half a kernel at least";
    let refused = RefusedInput::Shape { input: "window", axis: 1, meaning, expected: 4, found: 3 };
    assert_eq!(of_points(3), Err(refused));
}
