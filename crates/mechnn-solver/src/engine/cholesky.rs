//! The factored matrix, and solving with it.

use super::kernel::{self, with_literal_block};
use super::matrix::{BandedMatrix, PivotError};

/// Block Cholesky factor of a [`BandedMatrix`]; only a factored matrix can solve.
#[derive(Debug, Clone)]
pub struct BandedCholesky {
    pub(super) factor: BandedMatrix,
    pivot_ratio: f64,
}

impl BandedCholesky {
    fn new(mut matrix: BandedMatrix, min_ratio: f64) -> Result<Self, PivotError> {
        let (smallest, failed) = with_literal_block!(matrix.block, b => factor_band(b, &mut matrix, min_ratio));
        if let Some(error) = failed {
            return Err(error);
        }
        let m = matrix.border_width;
        let mut smallest = smallest;
        if m > 0 {
            let original: Vec<f64> = (0..m).map(|i| matrix.corner[i * m + i]).collect();
            subtract_borders(&mut matrix);
            let ratio = kernel::cholesky(m, &mut matrix.corner, &original);
            if ratio.is_nan() || ratio < min_ratio {
                return Err(PivotError { block: matrix.blocks, ratio });
            }
            smallest = smallest.min(ratio);
        }
        Ok(Self { factor: matrix, pivot_ratio: smallest })
    }

    /// A factor that was found without the matrix.
    pub(super) fn from_factor(factor: BandedMatrix, pivot_ratio: f64) -> Self {
        Self { factor, pivot_ratio }
    }

    /// Smallest pivot relative to the diagonal entry it came from; machine epsilon divided by it estimates the
    /// relative rounding error of a solve.
    pub fn pivot_ratio(&self) -> f64 {
        self.pivot_ratio
    }

    /// Natural logarithm of the determinant of the whole matrix, border included.
    pub fn log_determinant(&self) -> f64 {
        let BandedMatrix { block: b, border_width: m, diagonal, corner, .. } = &self.factor;
        let band = diagonal.chunks_exact(b * b).flat_map(|block| (0..*b).map(|i| block[i * b + i]));
        let border = (0..*m).map(|i| corner[i * m + i]);
        // The diagonals hold 1 / l_ii.
        -2.0 * band.chain(border).map(f64::ln).sum::<f64>()
    }

    /// Solves for `columns` right-hand sides in place.
    ///
    /// # Shapes
    /// - `x`: `[n, b, columns]`
    /// - `border`: `[m, columns]`
    pub fn solve_in_place(&self, columns: usize, x: &mut [f64], border: &mut [f64]) {
        debug_assert_eq!(x.len(), self.factor.blocks * self.factor.block * columns);
        debug_assert_eq!(border.len(), self.factor.border_width * columns);
        let m = self.factor.border_width;
        with_literal_block!(self.factor.block, b => match columns {
            1 => {
                forward_band(b, 1, &self.factor, x, border);
                kernel::forward(m, &self.factor.corner, 1, border);
                self.backward(b, 1, x, border);
            }
            _ => {
                forward_band(b, columns, &self.factor, x, border);
                kernel::forward(m, &self.factor.corner, columns, border);
                self.backward(b, columns, x, border);
            }
        });
    }

    /// The second half of [`Self::solve_in_place`], `x := L⁻ᵀ x`, for right-hand sides that are `L⁻¹` of
    /// something.
    pub fn backward_in_place(&self, columns: usize, x: &mut [f64], border: &mut [f64]) {
        with_literal_block!(self.factor.block, b => self.backward(b, columns, x, border));
    }

    #[inline(always)]
    fn backward(&self, b: usize, r: usize, x: &mut [f64], border: &mut [f64]) {
        let BandedMatrix { blocks: n, border_width: m, diagonal, below, border: borders, corner, .. } = &self.factor;
        let (n, m, size) = (*n, *m, b * b);
        let wide = self.factor.half_bandwidth > 1;
        kernel::backward(m, corner, r, border);
        for t in (0..n).rev() {
            // x[t] = L[t]⁻ᵀ (x[t] - sum_k W_k[t]ᵀ x[t+k] - B[t] border)
            let (head, tail) = x.split_at_mut((t + 1) * b * r);
            let current = &mut head[t * b * r..][..b * r];
            if t + 1 < n {
                kernel::subtract_transposed_product(b, &below[0][t * size..][..size], r, &tail[..b * r], current);
            }
            if wide && t + 2 < n {
                let next = &tail[b * r..][..b * r];
                kernel::subtract_transposed_product(b, &below[1][t * size..][..size], r, next, current);
            }
            if m > 0 {
                kernel::subtract_border(b, m, &borders[t * b * m..][..b * m], r, border, current);
            }
            kernel::backward(b, &diagonal[t * size..][..size], r, current);
        }
    }

    /// Solves with the Schur complement of the border alone, C - Bᵀ M⁻¹ B, in place for `[m, columns]`.
    /// With the identity as right-hand side this is the border's block of the inverse: a covariance.
    pub fn solve_border_in_place(&self, columns: usize, border: &mut [f64]) {
        let m = self.factor.border_width;
        kernel::forward(m, &self.factor.corner, columns, border);
        kernel::backward(m, &self.factor.corner, columns, border);
    }
}

impl BandedMatrix {
    /// Cholesky factorisation in place.
    ///
    /// # Errors
    /// [`PivotError`] if a pivot is below `min_ratio` times the diagonal entry it came from.
    pub fn factor(self, min_ratio: f64) -> Result<BandedCholesky, PivotError> {
        BandedCholesky::new(self, min_ratio)
    }

    /// Eliminates the band: returns the Schur complement of the border, `C - Bᵀ M⁻¹ B` (`[m, m]`, lower
    /// triangle), and turns the right-hand side `border` (`[m]`) into its own, `c - Bᵀ M⁻¹ x`. It need not be
    /// positive definite: this is the quadratic left in the border's unknowns when all others are at their best.
    ///
    /// # Errors
    /// [`PivotError`] if a pivot of the band is below `min_ratio` times the diagonal entry it came from.
    pub fn eliminate_band(
        mut self,
        min_ratio: f64,
        x: &mut [f64],
        border: &mut [f64],
    ) -> Result<Vec<f64>, PivotError> {
        let (_, failed) = with_literal_block!(self.block, b => factor_band(b, &mut self, min_ratio));
        if let Some(error) = failed {
            return Err(error);
        }
        subtract_borders(&mut self);
        with_literal_block!(self.block, b => forward_band(b, 1, &self, x, border));
        Ok(self.corner)
    }
}

/// `x := L⁻¹ x` for the band's factor, with what that leaves of the border's right-hand side.
#[inline(always)]
fn forward_band(b: usize, r: usize, factor: &BandedMatrix, x: &mut [f64], border: &mut [f64]) {
    let BandedMatrix { blocks: n, border_width: m, diagonal, below, border: borders, .. } = factor;
    let (n, m, size) = (*n, *m, b * b);
    let wide = factor.half_bandwidth > 1;
    for t in 0..n {
        // x[t] = L[t]⁻¹ x[t];  x[t+k] -= W_k[t] x[t];  border -= B[t]ᵀ x[t]
        let (head, tail) = x.split_at_mut((t + 1) * b * r);
        let current = &mut head[t * b * r..][..b * r];
        kernel::forward(b, &diagonal[t * size..][..size], r, current);
        if t + 1 < n {
            kernel::subtract_product(b, &below[0][t * size..][..size], r, current, &mut tail[..b * r]);
        }
        if wide && t + 2 < n {
            kernel::subtract_product(b, &below[1][t * size..][..size], r, current, &mut tail[b * r..][..b * r]);
        }
        if m > 0 {
            kernel::subtract_border_transposed(b, m, &borders[t * b * m..][..b * m], r, current, border);
        }
    }
}

/// Factors the band, and carries the border through it. Returns the smallest relative pivot, or where it failed.
#[inline(always)]
fn factor_band(b: usize, matrix: &mut BandedMatrix, min_ratio: f64) -> (f64, Option<PivotError>) {
    let (n, m, size) = (matrix.blocks, matrix.border_width, b * b);
    let wide = matrix.half_bandwidth > 1;
    let mut smallest = f64::INFINITY;
    // Diagonal entries before elimination, of the blocks that later blocks have not changed yet.
    let mut original = vec![0.0; n * b];
    for t in 0..n {
        for i in 0..b {
            original[t * b + i] = matrix.diagonal[t * size + i * b + i];
        }
    }
    let [first, second] = &mut matrix.below;
    for t in 0..n {
        // L[t] L[t]ᵀ = D[t]
        let (head, tail) = matrix.diagonal.split_at_mut((t + 1) * size);
        let l = &mut head[t * size..][..size];
        let ratio = kernel::cholesky(b, l, &original[t * b..][..b]);
        if ratio.is_nan() || ratio < min_ratio {
            return (ratio, Some(PivotError { block: t, ratio }));
        }
        smallest = smallest.min(ratio);
        let (border_head, border_tail) = matrix.border.split_at_mut((t + 1) * b * m);
        let border = &mut border_head[t * b * m..];
        kernel::forward(b, l, m, border);
        if t + 1 < n {
            // W1[t] = A1[t] L[t]⁻ᵀ;  D[t+1] -= W1 W1ᵀ;  B[t+1] -= W1 B[t]
            let (first_head, first_tail) = first.split_at_mut((t + 1) * size);
            let w1 = &mut first_head[t * size..][..size];
            kernel::solve_rows(b, l, w1);
            kernel::subtract_gram(b, w1, &mut tail[..size]);
            if m > 0 {
                kernel::subtract_product(b, w1, m, border, &mut border_tail[..b * m]);
            }
            if wide && t + 2 < n {
                // W2[t] = A2[t] L[t]⁻ᵀ;  D[t+2] -= W2 W2ᵀ;  A1[t+1] -= W2 W1ᵀ;  B[t+2] -= W2 B[t]
                let w2 = &mut second[t * size..][..size];
                kernel::solve_rows(b, l, w2);
                kernel::subtract_gram(b, w2, &mut tail[size..][..size]);
                kernel::subtract_product_transposed(b, w2, w1, &mut first_tail[..size]);
                if m > 0 {
                    kernel::subtract_product(b, w2, m, border, &mut border_tail[b * m..][..b * m]);
                }
            }
        }
    }
    (smallest, None)
}

/// C -= sum_t B[t]ᵀ B[t] with the carried border.
fn subtract_borders(matrix: &mut BandedMatrix) {
    let (b, m) = (matrix.block, matrix.border_width);
    for border in matrix.border.chunks_exact((b * m).max(1)) {
        kernel::subtract_border_gram(b, m, border, &mut matrix.corner);
    }
}
