//! The diagonal blocks of the inverse against a dense inverse, and their cost.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::Instant;

use mechnn_solver::engine::{BandedMatrix, SelectedInverse};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

#[path = "support/dense_inverse.rs"]
mod dense_inverse;

use dense_inverse::dense_inverse;

/// Shape of a matrix: blocks, block size, half bandwidth, border.
#[derive(Debug, Clone, Copy)]
struct Shape {
    n: usize,
    b: usize,
    w: usize,
    m: usize,
}

/// A random positive-definite matrix as the engine and as a dense inversion want it.
fn random_matrix(Shape { n, b, w, m }: Shape, random: &mut ChaCha8Rng) -> (BandedMatrix, Vec<f64>) {
    let size = n * b + m;
    let mut dense = vec![0.0; size * size];
    let mut banded = BandedMatrix::zeros(n, b, w, m);
    // Random symmetric entries in ±1/2 have eigenvalues up to about 0.58 sqrt(size): positive definite, yet far from
    // diagonal, so that every block of the inverse counts.
    let shift = 0.7 * (size as f64).sqrt() + 0.7;
    for i in 0..size {
        for j in 0..=i {
            let (s, t) = (i / b, j / b);
            let (row_in_border, column_in_border) = (i >= n * b, j >= n * b);
            if !row_in_border && s - t > w {
                continue;
            }
            let value = random.random::<f64>() - 0.5 + if i == j { shift } else { 0.0 };
            dense[i * size + j] = value;
            dense[j * size + i] = value;
            match (row_in_border, column_in_border) {
                (true, true) => banded.corner_mut()[(i - n * b) * m + j - n * b] = value,
                (true, false) => banded.border_mut(t)[(j % b) * m + i - n * b] = value,
                _ if s == t => banded.diagonal_mut(t)[(i % b) * b + j % b] = value,
                _ => banded.below_mut(s - t, t)[(i % b) * b + j % b] = value,
            }
        }
    }
    (banded, dense)
}

/// Every shape with n and b in 1..=10, w in 1..=2, m in 0..=4, once.
#[test]
fn the_selected_blocks_are_those_of_a_dense_inverse() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut worst = 0.0_f64;
    for case in 0..10 * 10 * 2 * 5 {
        let shape = Shape { n: case % 10 + 1, b: case / 10 % 10 + 1, w: case / 100 % 2 + 1, m: case / 200 };
        let (banded, dense) = random_matrix(shape, &mut random);
        let SelectedInverse { diagonal, border, inflation } = banded.factor(0.0).unwrap().selected_inverse();
        let Shape { n, b, m, .. } = shape;
        let size = n * b + m;
        let expected = dense_inverse(size, &dense);
        let scale = (0..size).map(|i| expected[i * size + i]).fold(0.0, f64::max);
        let mut check = |found: f64, i: usize, j: usize| {
            let error = (found - expected[i * size + j]).abs() / scale;
            assert!(error < 1e-12, "{shape:?}: entry ({i}, {j}) is {found}, expected {}", expected[i * size + j]);
            worst = worst.max(error);
        };
        for (at, &found) in diagonal.iter().enumerate() {
            let (t, i, j) = (at / (b * b), at / b % b, at % b);
            check(found, t * b + i, t * b + j);
        }
        for (at, &found) in border.iter().enumerate() {
            check(found, n * b + at / m, n * b + at % m);
        }
        assert_eq!((diagonal.len(), border.len()), (n * b * b, m * m));
        let expected = (0..size).map(|i| dense[i * size + i] * expected[i * size + i]).fold(0.0, f64::max);
        assert!((inflation / expected - 1.0).abs() < 1e-12, "{shape:?}: inflation {inflation}, expected {expected}");
    }
    println!("1000 shapes, largest relative difference {worst:.1e}");
}

/// A random walk observed once, at its end: var x[t] = r + q (n - 1 - t), which is linear in t and exact.
#[test]
fn a_random_walk_seen_at_its_end_has_the_known_variances() {
    let (n, q, r) = (50, 0.3, 0.1);
    let mut information = BandedMatrix::zeros(n, 1, 1, 0);
    for t in 0..n - 1 {
        information.diagonal_mut(t)[0] += 1.0 / q;
        information.diagonal_mut(t + 1)[0] += 1.0 / q;
        information.below_mut(1, t)[0] -= 1.0 / q;
    }
    information.diagonal_mut(n - 1)[0] += 1.0 / r;
    let variances = information.factor(1e-14).unwrap().selected_inverse().diagonal;
    for (t, variance) in variances.iter().enumerate() {
        let expected = r + q * (n - 1 - t) as f64;
        assert!((variance / expected - 1.0).abs() < 1e-11, "point {t}: {variance}, expected {expected}");
    }
}

/// The work per block must not depend on the number of blocks. Measured, so the bound is generous: a quadratic method
/// would take 64 times as long per block.
#[test]
#[ignore = "times; alone on a quiet machine"]
fn the_cost_is_linear_in_the_number_of_blocks() {
    let mut random = ChaCha8Rng::seed_from_u64(6);
    for (b, w, m) in [(2, 1, 4), (3, 1, 0), (9, 1, 0), (9, 2, 0), (3, 1, 7)] {
        let [short, long] = [500, 32_000].map(|n| {
            let mut matrix = BandedMatrix::zeros(n, b, w, m);
            for t in 0..n {
                matrix.border_mut(t).fill_with(|| random.random::<f64>() * 1e-3);
                (1..=w.min(n - 1 - t)).for_each(|k| matrix.below_mut(k, t).fill_with(|| random.random::<f64>() - 0.5));
                (0..b).for_each(|i| matrix.diagonal_mut(t)[i * b + i] = 3.0 * b as f64);
            }
            (0..m).for_each(|j| matrix.corner_mut()[j * m + j] = 1.0 + 1e-2 * n as f64);
            let fastest = |work: &dyn Fn() -> f64| {
                let once = || {
                    let start = Instant::now();
                    assert!(work().is_finite());
                    start.elapsed().as_secs_f64() * 1e9 / n as f64
                };
                (0..5).map(|_| once()).fold(f64::INFINITY, f64::min)
            };
            let factor = matrix.clone().factor(0.0).unwrap();
            let factoring = fastest(&|| matrix.clone().factor(0.0).unwrap().pivot_ratio());
            (factoring, fastest(&|| factor.selected_inverse().diagonal[0]))
        });
        println!(
            "b {b}, w {w}, m {m}: {:.0} ns per block at n = 500, {:.0} at n = 32000 (factoring {:.0} and {:.0})",
            short.1, long.1, short.0, long.0
        );
        assert!(long.1 < 8.0 * short.1, "b {b}, w {w}, m {m}: {short:?} ns per block, then {long:?}");
    }
}
