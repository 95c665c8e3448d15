//! What is left when the blocks are eliminated, and the way back.

use super::columns::{Columns, LaneWork, WIDTH, on_widest};
use super::matrix::ArrowMatrix;
use super::panel;
use crate::engine::{BandedCholesky, BandedMatrix, PivotError, kernel};
use crate::lanes::Real;

/// The factor of the blocks, and the Schur complement of the border.
#[derive(Debug)]
pub(crate) struct Eliminated<'a> {
    pub(super) matrix: &'a mut ArrowMatrix,
    /// Smallest relative pivot.
    pub(super) smallest: f64,
    /// Sum of squares of `L⁻¹` times the right-hand side.
    pub(super) gain: f64,
    /// Diagonal of the border's block before elimination, `[P]`.
    pub(super) corner: Vec<f64>,
}

/// The whole matrix factored.
#[derive(Debug)]
pub(crate) struct ArrowFactor<'a> {
    matrix: &'a ArrowMatrix,
    /// Of the Schur complement, `[P, P]`.
    corner: Vec<f64>,
    smallest: f64,
    gain: f64,
}

impl<'a> Eliminated<'a> {
    /// The Schur complement `C - Bᵀ M⁻¹ B`, `[P, P]`, symmetric, and the right-hand side that belongs to it, `[P]`.
    pub(crate) fn schur_complement(&self) -> (Vec<f64>, Vec<f64>) {
        let p = self.matrix.parameters;
        let mut corner = self.lower_corner();
        for i in 0..p {
            (0..i).for_each(|j| corner[j * p + i] = corner[i * p + j]);
        }
        (corner, (0..p).map(|j| self.matrix.corner(p, j)).collect())
    }

    fn lower_corner(&self) -> Vec<f64> {
        let p = self.matrix.parameters;
        (0..p * p).map(|at| if at % p <= at / p { self.matrix.corner(at / p, at % p) } else { 0.0 }).collect()
    }

    /// Cholesky factorisation of the Schur complement.
    ///
    /// # Errors
    /// [`PivotError`] at the block after the last.
    pub(crate) fn factor(self, min_ratio: f64) -> Result<ArrowFactor<'a>, PivotError> {
        let p = self.matrix.parameters;
        let mut corner = self.lower_corner();
        let ratio = if p > 0 { kernel::cholesky(p, &mut corner, &self.corner) } else { f64::INFINITY };
        if ratio.is_nan() || ratio < min_ratio {
            return Err(PivotError { block: self.matrix.blocks, ratio });
        }
        let Self { matrix, smallest, gain, .. } = self;
        Ok(ArrowFactor { matrix, corner, smallest: smallest.min(ratio), gain })
    }
}

impl ArrowMatrix {
    fn corner(&self, i: usize, j: usize) -> f64 {
        self.corner[i * self.width + j / WIDTH].0[j % WIDTH]
    }
}

impl ArrowFactor<'_> {
    /// Writes minus the solution, `[n, b]` and `[P]`. Returns the right-hand side times the solution, as a sum of
    /// squares.
    pub(crate) fn solve_negative(&self, blocks: &mut [f64], border: &mut [f64]) -> f64 {
        let p = self.matrix.parameters;
        border.iter_mut().enumerate().for_each(|(j, value)| *value = -self.matrix.corner(p, j));
        kernel::forward(p, &self.corner, 1, border);
        let gain = self.gain + border.iter().map(|value| value * value).sum::<f64>();
        kernel::backward(p, &self.corner, 1, border);
        let mut vector = vec![Columns::ZERO; self.matrix.width];
        let columns = vector.iter_mut().flat_map(|columns| &mut columns.0);
        columns.zip(border.iter().chain([&1.0])).for_each(|(column, value)| *column = *value);
        on_widest(Backward { matrix: self.matrix, border: &vector, x: blocks });
        gain
    }

    /// The same factor without the right-hand side.
    pub(crate) fn into_banded(self) -> BandedCholesky {
        let ArrowMatrix { blocks, block, parameters, width, diagonal, below, border, .. } = self.matrix;
        let mut factor = BandedMatrix::zeros(*blocks, *block, 1, *parameters);
        factor.diagonal.copy_from_slice(diagonal);
        let below = &below[..blocks.saturating_sub(1) * block * block];
        factor.below[0].copy_from_slice(below);
        if *parameters > 0 {
            for (target, row) in factor.border.chunks_exact_mut(*parameters).zip(border.chunks_exact(*width)) {
                target.iter_mut().zip(row.iter().flat_map(|columns| &columns.0)).for_each(|(t, value)| *t = *value);
            }
        }
        factor.corner = self.corner;
        BandedCholesky::from_factor(factor, self.smallest)
    }
}

/// x[t] = -L[t]⁻ᵀ (B[t] border + W[t]ᵀ x'[t+1]), where x' is -x, and the right-hand side a column of B.
pub(super) struct Backward<'a> {
    pub(super) matrix: &'a ArrowMatrix,
    pub(super) border: &'a [Columns],
    pub(super) x: &'a mut [f64],
}

impl LaneWork for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Real>(self) {
        match self.matrix.block {
            1 => self.solve::<V>(1),
            2 => self.solve::<V>(2),
            3 => self.solve::<V>(3),
            4 => self.solve::<V>(4),
            b => self.solve::<V>(b),
        }
    }
}

impl Backward<'_> {
    #[inline(always)]
    fn solve<V: Real>(self, b: usize) {
        let ArrowMatrix { blocks: n, width: w, diagonal, below, border, .. } = self.matrix;
        let (n, w, size) = (*n, *w, b * b);
        for t in (0..n).rev() {
            let (head, tail) = self.x.split_at_mut((t + 1) * b);
            let current = &mut head[t * b..];
            let rows = border[t * b * w..][..b * w].chunks_exact(w);
            for (x, row) in current.iter_mut().zip(rows) {
                *x = -panel::dot::<V>(row, self.border);
            }
            if t + 1 < n {
                kernel::subtract_transposed_product(b, &below[t * size..][..size], 1, &tail[..b], current);
            }
            kernel::backward(b, &diagonal[t * size..][..size], 1, current);
        }
    }
}
