//! The blocks eliminated, the border carried along.

use super::columns::{LaneWork, on_widest};
use super::eliminated::Eliminated;
use super::matrix::ArrowMatrix;
use super::panel;
use crate::engine::{PivotError, kernel};
use crate::lanes::Real;

/// Blocks after which what they take from the corner is subtracted: their border is still in the cache then, and sums
/// of so many are kept in registers.
const TILE: usize = 64;

impl ArrowMatrix {
    /// Cholesky factorisation of the blocks in place, `L⁻¹` applied to the border and the right-hand side. All
    /// diagonal entries are multiplied by one plus what is given for them.
    ///
    /// # Errors
    /// [`PivotError`] if a pivot is below `min_ratio` times the diagonal entry it came from.
    pub(crate) fn eliminate(
        &mut self,
        of_blocks: f64,
        of_border: f64,
        min_ratio: f64,
    ) -> Result<Eliminated<'_>, PivotError> {
        self.damp(of_blocks, of_border);
        let corner = (0..self.parameters).map(|j| *self.corner_mut(j, j)).collect();
        let (smallest, gain) = on_widest(Eliminate { matrix: self, min_ratio })?;
        Ok(Eliminated { matrix: self, smallest, gain, corner })
    }

    /// Multiplies the diagonal entries, and keeps those of the blocks.
    pub(super) fn damp(&mut self, of_blocks: f64, of_border: f64) {
        let (b, size) = (self.block, self.block * self.block);
        self.original.clear();
        for block in self.diagonal.chunks_exact_mut(size) {
            for i in 0..b {
                block[i * b + i] *= 1.0 + of_blocks;
                self.original.push(block[i * b + i]);
            }
        }
        (0..self.parameters).for_each(|j| *self.corner_mut(j, j) *= 1.0 + of_border);
    }

    fn corner_mut(&mut self, i: usize, j: usize) -> &mut f64 {
        let width = self.width;
        &mut self.corner[i * width + j / super::WIDTH].0[j % super::WIDTH]
    }
}

pub(super) struct Eliminate<'a> {
    pub(super) matrix: &'a mut ArrowMatrix,
    pub(super) min_ratio: f64,
}

impl LaneWork for Eliminate<'_> {
    /// The smallest relative pivot, and the sum of squares of `L⁻¹` times the right-hand side.
    type Output = Result<(f64, f64), PivotError>;

    #[inline(always)]
    fn run<V: Real>(self) -> Self::Output {
        match self.matrix.block {
            1 => self.eliminate::<V>(1),
            2 => self.eliminate::<V>(2),
            3 => self.eliminate::<V>(3),
            4 => self.eliminate::<V>(4),
            b => self.eliminate::<V>(b),
        }
    }
}

impl Eliminate<'_> {
    #[inline(always)]
    fn eliminate<V: Real>(self, b: usize) -> Result<(f64, f64), PivotError> {
        let Self { matrix, min_ratio } = self;
        let ArrowMatrix { blocks, parameters, width: w, diagonal, below, border, corner, original, .. } = matrix;
        let (n, w, size, row) = (*blocks, *w, b * b, b * *w);
        let (group, column) = (*parameters / super::WIDTH, *parameters % super::WIDTH);
        let (mut smallest, mut gain) = (f64::INFINITY, 0.0);
        for first in (0..n).step_by(TILE) {
            let end = n.min(first + TILE);
            for t in first..end {
                // L[t] L[t]ᵀ = D[t];  B[t] := L[t]⁻¹ B[t]
                let (head, tail) = diagonal.split_at_mut((t + 1) * size);
                let l = &mut head[t * size..];
                let ratio = kernel::cholesky(b, l, &original[t * b..][..b]);
                if ratio.is_nan() || ratio < min_ratio {
                    return Err(PivotError { block: t, ratio });
                }
                smallest = smallest.min(ratio);
                let (head, next) = border.split_at_mut((t + 1) * row);
                let own = &mut head[t * row..];
                panel::forward::<V>(b, l, w, own);
                if t + 1 < n {
                    // W[t] = A[t] L[t]⁻ᵀ;  D[t+1] -= W W';  B[t+1] -= W B[t]
                    let a = &mut below[t * size..][..size];
                    kernel::solve_rows(b, l, a);
                    kernel::subtract_gram(b, a, &mut tail[..size]);
                    panel::subtract_product::<V>(b, a, w, own, &mut next[..row]);
                }
                for i in 0..b {
                    let right = own[i * w + group].0[column];
                    gain += right * right;
                }
            }
            // C -= sum over t of B[t]ᵀ B[t]
            panel::add_gram_of_rows::<V>(-1.0, &border[first * row..end * row], w, *parameters + 1, corner);
        }
        Ok((smallest, gain))
    }
}
