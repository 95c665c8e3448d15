//! The matrix against [`BandedMatrix`], block by block, and against a dense solve.

use super::columns::{Columns, WIDTH, on_one_kind, on_widest};
use super::eliminated::Backward;
use super::elimination::Eliminate;
use super::matrix::{AddPairs, ArrowMatrix, PairRows};
use crate::engine::BandedMatrix;
use crate::lanes::{LaneKernel, Real, on_every_lanes};

/// Numbers between -1 and 1.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    fn vector(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.next()).collect()
    }
}

/// Residuals of n blocks of size b with p columns of a border: rows over all unknowns, `[n b + p]`, and their values.
struct Rows {
    n: usize,
    b: usize,
    p: usize,
    dense: Vec<Vec<f64>>,
    values: Vec<f64>,
    matrix: ArrowMatrix,
}

impl Rows {
    fn new(n: usize, b: usize, p: usize, seed: u64) -> Self {
        let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut matrix = ArrowMatrix::default();
        // What was there must not matter.
        matrix.reset(n + 1, b, p + 3);
        matrix.add_right(0, 0, f64::NAN);
        matrix.reset(n, b, p);
        let mut own = Self { n, b, p, dense: Vec::new(), values: Vec::new(), matrix };
        for t in 0..n {
            for i in 0..b + 1 {
                let (value, mut by_block, mut by_border) = (numbers.next(), numbers.vector(b), numbers.vector(p));
                if i < b {
                    by_block[i] += 2.0;
                    by_border.fill(0.0);
                }
                own.matrix.add_row(t, value, &by_block, &by_border);
                own.push(value, &[(t, &by_block)], &by_border);
            }
        }
        for j in 0..p {
            own.matrix.add_corner(j, j, 1.0);
            let mut by_border = vec![0.0; p];
            by_border[j] = 1.0;
            own.push(0.0, &[], &by_border);
        }
        own.add_pairs(&mut numbers);
        own
    }

    fn push(&mut self, value: f64, by_blocks: &[(usize, &[f64])], by_border: &[f64]) {
        let mut row = vec![0.0; self.n * self.b + self.p];
        by_blocks.iter().for_each(|(t, own)| row[t * self.b..][..self.b].copy_from_slice(own));
        row[self.n * self.b..].copy_from_slice(by_border);
        self.dense.push(row);
        self.values.push(value);
    }

    fn add_pairs(&mut self, numbers: &mut Numbers) {
        let (b, p, pairs) = (self.b, self.p, self.n - 1);
        let width = ArrowMatrix::groups(p);
        let (left, right) = (numbers.vector(pairs * b * b), numbers.vector(pairs * b * b));
        let mut border = vec![Columns::ZERO; pairs * b * width];
        for row in 0..pairs * b {
            let (t, at) = (row / b, row * b);
            let (by_border, value) = (numbers.vector(p), numbers.next());
            for (c, number) in by_border.iter().chain([&value]).enumerate() {
                border[row * width + c / WIDTH].0[c % WIDTH] = *number;
            }
            self.push(value, &[(t, &left[at..at + b]), (t + 1, &right[at..at + b])], &by_border);
        }
        for t in 0..pairs {
            let (l, r) = (&left[t * b * b..][..b * b], &right[t * b * b..][..b * b]);
            let product = |x: &[f64], y: &[f64], at: usize| -> f64 {
                (0..b).map(|k| x[k * b + at / b] * y[k * b + at % b]).sum()
            };
            for at in 0..b * b {
                self.matrix.diagonal_from(t)[at] += product(l, l, at);
                self.matrix.diagonal_from(t + 1)[at] += product(r, r, at);
                self.matrix.below_from(t)[at] += product(r, l, at);
            }
        }
        self.matrix.add_border_of_pairs(0, &PairRows { left: &left, right: &right, border: &border });
    }

    /// Half the Hessian of the sum of squares with its diagonal enlarged, `[size, size]`, and half the gradient.
    fn normal_equations(&self, of_blocks: f64, of_border: f64) -> (Vec<f64>, Vec<f64>) {
        let size = self.n * self.b + self.p;
        let (mut matrix, mut right) = (vec![0.0; size * size], vec![0.0; size]);
        for (row, value) in self.dense.iter().zip(&self.values) {
            for i in 0..size {
                right[i] += row[i] * value;
                (0..size).for_each(|j| matrix[i * size + j] += row[i] * row[j]);
            }
        }
        for i in 0..size {
            matrix[i * size + i] *= 1.0 + if i < self.n * self.b { of_blocks } else { of_border };
        }
        (matrix, right)
    }

    fn banded(&self, dense: &[f64]) -> BandedMatrix {
        let Self { n, b, p, .. } = *self;
        let size = n * b + p;
        let mut banded = BandedMatrix::zeros(n, b, 1, p);
        for i in 0..size {
            for j in 0..=i {
                let (value, s, t) = (dense[i * size + j], i / b, j / b);
                match (i >= n * b, j >= n * b) {
                    (true, true) => banded.corner_mut()[(i - n * b) * p + j - n * b] = value,
                    (true, false) => banded.border_mut(t)[j % b * p + i - n * b] = value,
                    _ if s == t => banded.diagonal_mut(t)[i % b * b + j % b] = value,
                    _ if s == t + 1 => banded.below_mut(1, t)[i % b * b + j % b] = value,
                    _ => assert!(value == 0.0),
                }
            }
        }
        banded
    }
}

/// Every block size that is unrolled and one that is not, every rest of a register, one tile and several.
const SHAPES: [(usize, usize, usize); 12] = [
    (1, 1, 0),
    (2, 1, 1),
    (9, 1, 3),
    (5, 2, 4),
    (70, 2, 7),
    (7, 3, 8),
    (130, 3, 7),
    (6, 3, 30),
    (5, 4, 15),
    (4, 5, 16),
    (3, 7, 5),
    (64, 3, 0),
];

/// Rounding of sums of some ten products of size one, over pivots that are not small.
const TOLERANCE: f64 = 1e-11;

fn assert_close(what: &str, shape: (usize, usize, usize), found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what} of {shape:?}");
    let scale = expected.iter().fold(1.0_f64, |most, x| most.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= TOLERANCE * scale, "{what} {i} of {shape:?}: {found}, not {expected}");
    }
}

#[test]
fn the_step_is_that_of_a_dense_solve() {
    for (case, shape @ (n, b, p)) in SHAPES.into_iter().enumerate() {
        let mut rows = Rows::new(n, b, p, case as u64 + 1);
        let (of_blocks, of_border) = [(0.0, 0.0), (0.1, 0.3)][case % 2];
        let (dense, right) = rows.normal_equations(of_blocks, of_border);
        let (mut blocks, mut border) = (vec![f64::NAN; n * b], vec![f64::NAN; p]);
        let factor =
            rows.matrix.eliminate(of_blocks, of_border, 1e-14).expect("blocks").factor(1e-14).expect("border");
        let gain = factor.solve_negative(&mut blocks, &mut border);
        let step: Vec<f64> = blocks.into_iter().chain(border).collect();
        let size = step.len();
        let product: Vec<f64> =
            (0..size).map(|i| -(0..size).map(|j| dense[i * size + j] * step[j]).sum::<f64>()).collect();
        assert_close("equation", shape, &product, &right);
        let expected = -right.iter().zip(&step).map(|(g, s)| g * s).sum::<f64>();
        assert_close("gain", shape, &[gain], &[expected]);
    }
}

#[test]
fn the_factor_is_that_of_the_banded_matrix() {
    for (case, shape @ (n, b, p)) in SHAPES.into_iter().enumerate() {
        let mut rows = Rows::new(n, b, p, case as u64 + 100);
        let (dense, right) = rows.normal_equations(0.0, 0.0);
        let banded = rows.banded(&dense).factor(1e-14).expect("positive definite");
        let inverse = banded.selected_inverse();
        let found =
            rows.matrix.eliminate(0.0, 0.0, 1e-14).expect("blocks").factor(1e-14).expect("border").into_banded();
        assert_close("pivot", shape, &[found.pivot_ratio()], &[banded.pivot_ratio()]);
        assert_close("determinant", shape, &[found.log_determinant()], &[banded.log_determinant()]);
        let own = found.selected_inverse();
        assert_close("inverse", shape, &own.diagonal, &inverse.diagonal);
        assert_close("covariance", shape, &own.border, &inverse.border);

        let (mut blocks, mut border) = (right[..n * b].to_vec(), right[n * b..].to_vec());
        let expected = rows.banded(&dense).eliminate_band(1e-14, &mut blocks, &mut border).expect("positive definite");
        let mut rows = Rows::new(n, b, p, case as u64 + 100);
        let (schur, own) = rows.matrix.eliminate(0.0, 0.0, 1e-14).expect("blocks").schur_complement();
        let lower = |matrix: &[f64]| -> Vec<f64> {
            (0..p * p).map(|at| matrix[(at / p).max(at % p) * p + (at / p).min(at % p)]).collect()
        };
        assert_close("Schur complement", shape, &schur, &lower(&expected));
        assert_close("its right-hand side", shape, &own, &border);
    }
}

#[test]
fn what_is_not_determined_is_named() {
    let mut matrix = ArrowMatrix::default();
    matrix.reset(3, 2, 1);
    for t in [0, 1] {
        matrix.add_row(t, 1.0, &[1.0, 0.0], &[0.0]);
        matrix.add_row(t, 1.0, &[0.0, 1.0], &[0.0]);
    }
    matrix.add_row(2, 1.0, &[1.0, 1.0], &[0.0]);
    let error = matrix.eliminate(0.0, 0.0, 1e-14).expect_err("singular");
    assert_eq!((error.block, error.ratio), (2, 0.0));
    matrix.add_row(2, 1.0, &[1.0, -1.0], &[0.0]);
    // The blocks are as they were left; only the border is not determined, and its pivot is 0/0.
    matrix.reset(1, 1, 1);
    matrix.add_row(0, 1.0, &[1.0], &[0.0]);
    let error = matrix.eliminate(0.0, 0.0, 1e-14).expect("blocks").factor(1e-14).expect_err("singular");
    assert!(error.block == 1 && error.ratio.is_nan(), "{error:?}");
}

/// All of a step on lanes of one kind, and on the widest.
struct SameStep;

impl LaneKernel for SameStep {
    type Output = ();

    fn run<V: Real>(self) {
        for (case, shape @ (n, b, p)) in SHAPES.into_iter().enumerate() {
            let Rows { matrix: mut widest, .. } = Rows::new(n, b, p, case as u64 + 200);
            let mut own = widest.clone();
            let mut numbers = Numbers(case as u64 + 1);
            let (left, right) = (numbers.vector((n - 1) * b * b), numbers.vector((n - 1) * b * b));
            let mut border = vec![Columns::ZERO; (n - 1) * b * ArrowMatrix::groups(p)];
            border.iter_mut().for_each(|columns| columns.0.fill(0.1 * numbers.next()));
            let pairs = PairRows { left: &left, right: &right, border: &border };
            on_widest(AddPairs { matrix: &mut widest, t: 0, pairs: &pairs });
            let ((), is_fused) = on_one_kind::<V, _>(AddPairs { matrix: &mut own, t: 0, pairs: &pairs });
            // What the pairs add to the blocks is more than the rest, so that pivots stay positive.
            for matrix in [&mut widest, &mut own] {
                matrix.diagonal_from(0).iter_mut().for_each(|entry| *entry *= 4.0);
                matrix.damp(1.0, 1.0);
            }
            let expected = on_widest(Eliminate { matrix: &mut widest, min_ratio: 0.0 }).expect("positive definite");
            let (found, _) = on_one_kind::<V, _>(Eliminate { matrix: &mut own, min_ratio: 0.0 });
            let found = found.expect("positive definite");
            let vector = vec![Columns([0.5; WIDTH]); ArrowMatrix::groups(p)];
            let [mut x, mut y] = [(); 2].map(|()| vec![f64::NAN; n * b]);
            on_widest(Backward { matrix: &widest, border: &vector, x: &mut x });
            on_one_kind::<V, _>(Backward { matrix: &own, border: &vector, x: &mut y });
            let numbers = |matrix: &ArrowMatrix, x: &[f64], ends: (f64, f64)| {
                let border: Vec<f64> = matrix.border.iter().flat_map(|columns| columns.0).collect();
                // Above the diagonal there is what happens to lie in the same register.
                let entry = |i: usize, j: usize| matrix.corner[i * matrix.width + j / WIDTH].0[j % WIDTH];
                let corner: Vec<f64> =
                    (0..=p).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|(i, j)| entry(i, j)).collect();
                [&matrix.diagonal[..], &matrix.below, &border, &corner, x, &[ends.0, ends.1]].concat()
            };
            let (found, expected) = (numbers(&own, &y, found), numbers(&widest, &x, expected));
            match is_fused {
                true => assert!(found == expected, "{shape:?}: lanes with a fused multiply-add round alike"),
                false => assert_close("number", shape, &found, &expected),
            }
        }
    }
}

#[test]
fn a_step_is_the_same_on_all_lanes() {
    on_every_lanes(|| SameStep);
}
