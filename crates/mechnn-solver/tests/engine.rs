//! The block-banded factorisation against a dense product.
#![allow(clippy::unwrap_used)]

use mechnn_solver::engine::BandedMatrix;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Every combination of block size, bandwidth, border and number of right-hand sides against a dense solve.
#[test]
fn the_banded_factor_solves_what_a_dense_one_does() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    for case in 0..200 {
        let (n, b) = (random.random_range(1..7usize), random.random_range(1..11usize));
        let (half, m, r) =
            (random.random_range(1..3usize), random.random_range(0..4usize), random.random_range(1..4usize));
        let size = n * b + m;
        let mut dense = vec![0.0; size * size];
        let mut banded = BandedMatrix::zeros(n, b, half, m);
        for i in 0..size {
            for j in 0..=i {
                let (s, t) = (i / b, j / b);
                let border = i >= n * b;
                if !border && s - t > half {
                    continue;
                }
                let value = random.random::<f64>() - 0.5 + if i == j { size as f64 } else { 0.0 };
                dense[i * size + j] = value;
                dense[j * size + i] = value;
                match (border, j >= n * b) {
                    (true, true) => banded.corner_mut()[(i - n * b) * m + j - n * b] = value,
                    (true, false) => banded.border_mut(t)[(j % b) * m + i - n * b] = value,
                    _ if s == t => banded.diagonal_mut(t)[(i % b) * b + j % b] = value,
                    _ => banded.below_mut(s - t, t)[(i % b) * b + j % b] = value,
                }
            }
        }
        let solution: Vec<f64> = (0..size * r).map(|_| random.random::<f64>() - 0.5).collect();
        let mut right: Vec<f64> = (0..size * r)
            .map(|at| (0..size).map(|k| dense[at / r * size + k] * solution[k * r + at % r]).sum())
            .collect();
        let factor = banded.factor(0.0).unwrap();
        let (band, border) = right.split_at_mut(n * b * r);
        factor.solve_in_place(r, band, border);
        let worst = right.iter().zip(&solution).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-12, "case {case}: n {n}, b {b}, half bandwidth {half}, border {m}: off by {worst:e}");
    }
}

#[test]
fn a_singular_matrix_names_its_block() {
    let mut matrix = BandedMatrix::zeros(3, 1, 1, 1);
    (0..3).for_each(|t| matrix.diagonal_mut(t)[0] = 1.0);
    matrix.below_mut(1, 1)[0] = 1.0;
    matrix.corner_mut()[0] = 1.0;
    let error = matrix.factor(1e-14).unwrap_err();
    assert_eq!((error.block, error.ratio), (2, 0.0));
}

#[test]
fn the_determinant_includes_the_border() {
    let mut matrix = BandedMatrix::zeros(2, 1, 1, 1);
    (0..2).for_each(|t| matrix.diagonal_mut(t)[0] = 2.0);
    matrix.border_mut(0)[0] = 1.0;
    matrix.corner_mut()[0] = 3.0;
    // det [[2, 0, 1], [0, 2, 0], [1, 0, 3]] = 2 (2 * 3 - 1) = 10
    let factor = matrix.factor(0.0).unwrap();
    assert!((factor.log_determinant() - 10.0_f64.ln()).abs() < 1e-15);
}
