//! `mechnn solve` with a cotangent: every gradient has its input's shape, and broadcast axes are summed.

use ndarray::{ArrayD, IxDyn};

use crate::support::arrays::{Arrays, POINTS, problem, varied};
use crate::support::process::Folder;

fn solve(arrays: &Arrays, options: &[&str]) -> Arrays {
    let folder = Folder::new();
    folder.write("problem.npz", arrays.bytes());
    folder.mechnn(&[&["-q", "solve", "problem.npz", "-o", "solution.npz"], options].concat()).silent_success();
    Arrays::read(&folder.path("solution.npz"))
}

#[test]
fn every_gradient_has_exactly_its_inputs_shape() {
    // Every array has other batch axes; together they are (2, 3).
    let arrays = problem(&[2, 1], &[3], &[1], &[])
        .with("periodic_jump", varied(&[2, 3, 1, 2], 5.0))
        .with("cotangent", varied(&[2, 3, POINTS, 1, 3], 6.0))
        .with("cotangent_eps", varied(&[2, 3], 7.0));
    let solution = solve(&arrays, &["--scheme", "relaxed-lp"]);
    for name in ["coefficients", "rhs_equation", "init_vars", "steps", "periodic_jump"] {
        assert_eq!(solution.get(&format!("grad_{name}")).shape(), arrays.get(name).shape(), "{name}");
    }
    assert_eq!(solution.get("grad_weights").shape(), [3]);
    assert_eq!(solution.get("grad_gamma_alpha").shape(), [0; 0]);
    assert_eq!(solution.names().len(), 2 + 5 + 2, "{:?}", solution.names());
}

#[test]
fn a_broadcast_arrays_gradient_is_the_sum_over_its_copies() {
    let broadcast = problem(&[2, 1], &[3], &[], &[2, 3]).with("cotangent", varied(&[2, 3, POINTS, 1, 3], 6.0));
    let mut full = Arrays::default();
    let cores = [("coefficients", 4), ("rhs_equation", 2), ("init_vars", 3), ("steps", 1), ("cotangent", 3)];
    for (name, core) in cores {
        let array = broadcast.get(name);
        let inner = &array.shape()[array.ndim() - core..];
        full = full.with(name, array.broadcast(IxDyn(&[&[2, 3], inner].concat())).expect("fits").to_owned());
    }
    let (summed, separate) = (solve(&broadcast, &[]), solve(&full, &[]));
    let sum = |name: &str, axes: &[usize]| {
        let mut array = separate.get(name).clone();
        for &axis in axes.iter().rev() {
            array = array.sum_axis(ndarray::Axis(axis));
        }
        array
    };
    for (name, axes) in [
        ("grad_coefficients", &[1][..]),
        ("grad_rhs_equation", &[0]),
        ("grad_init_vars", &[0, 1]),
        ("grad_steps", &[]),
        ("grad_weights", &[]),
    ] {
        let expected = sum(name, axes);
        let found = summed.get(name).to_shape(expected.raw_dim()).expect("as many numbers").to_owned();
        let error = (&found - &expected).iter().fold(0.0_f64, |worst, d| worst.max(d.abs()));
        let size = expected.iter().fold(0.0_f64, |worst, x| worst.max(x.abs()));
        assert!(error <= 1e-13 * size, "{name}: {error:e} of {size:e}");
    }
}

#[test]
fn gradients_agree_with_differences() {
    let arrays = problem(&[], &[], &[], &[]).with("cotangent", varied(&[POINTS, 1, 3], 6.0));
    let loss = |arrays: &Arrays| (solve(arrays, &[]).get("u") * arrays.get("cotangent")).sum();
    let solution = solve(&arrays, &[]);
    for name in ["coefficients", "rhs_equation", "init_vars", "steps"] {
        let direction = varied(arrays.get(name).shape(), 11.0);
        // Central differences: truncation 1e-8 relative to curvature, rounding 1e-12.
        let h = 1e-4;
        let moved = |h: f64| loss(&arrays.clone().with(name, arrays.get(name) + &(&direction * h)));
        let difference = (moved(h) - moved(-h)) / (2.0 * h);
        let product = (solution.get(&format!("grad_{name}")) * &direction).sum();
        assert!((difference - product).abs() < 1e-6 * (1.0 + product.abs()), "{name}: {difference} and {product}");
    }
}

#[test]
fn a_cotangent_broadcasts_and_the_other_one_may_be_absent() {
    let arrays = problem(&[2], &[], &[], &[]);
    let one = varied(&[POINTS, 1, 3], 6.0);
    let both = one.broadcast(IxDyn(&[2, POINTS, 1, 3])).expect("fits").to_owned();
    let options = ["--scheme", "relaxed-lp"];
    let (single, double) = (
        solve(&arrays.clone().with("cotangent", one), &options),
        solve(&arrays.clone().with("cotangent", both), &options),
    );
    assert_eq!(single.get("grad_coefficients"), double.get("grad_coefficients"));
    let slack = solve(&arrays.with("cotangent_eps", ArrayD::ones(IxDyn(&[]))), &options);
    assert!(slack.get("grad_coefficients").iter().any(|&g| g != 0.0));
}
