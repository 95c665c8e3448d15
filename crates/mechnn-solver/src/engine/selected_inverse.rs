//! The blocks of the inverse that error bars need, without the inverse.

use super::cholesky::BandedCholesky;
use super::kernel::{self, with_literal_block};
use super::matrix::BandedMatrix;

/// The diagonal blocks of the inverse of a whole matrix, border included.
///
/// If the matrix is the information matrix of a Gaussian, these are the marginal covariances of its blocks.
///
/// # Layout
/// Row-major, both triangles.
/// - `diagonal`: `[n, b, b]`, block (t, t)
/// - `border`: `[m, m]`, the border's own block
#[derive(Debug, Clone, PartialEq)]
pub struct SelectedInverse {
    /// `[n, b, b]`
    pub diagonal: Vec<f64>,
    /// `[m, m]`
    pub border: Vec<f64>,
    /// Largest `A_ii (A⁻¹)_ii`, at least 1: the factor by which the other unknowns inflate the variance of one (the
    /// variance inflation factor of statistics). Between 1 and the condition number of the matrix scaled to unit
    /// diagonal; machine epsilon times it estimates the relative error of the blocks.
    pub inflation: f64,
}

impl BandedCholesky {
    /// The diagonal blocks of the inverse, by one sweep from the last block to the first.
    ///
    /// With the blocks `W_k[t]` below the diagonal block `L[t]` of the factor, `G_k = W_k[t] L[t]⁻¹`, and the
    /// inverse Z of the band alone, `Z L = L⁻ᵀ` gives block by block (k, l = 1..=w)
    ///
    /// $$ Z_{t,t} = L_t^{-\top} L_t^{-1} + \sum_{k,l} G_k^\top Z_{t+k,t+l}\, G_l, \qquad
    ///    Z_{t+k,t} = -\sum_l Z_{t+k,t+l}\, G_l $$
    ///
    /// so a window of w blocks is all that the sweep remembers; for w = 1 it is the covariance recursion of the
    /// Rauch-Tung-Striebel smoother with gain -G. The border adds `R[t]ᵀ R[t]`, where R is its block row of the
    /// inverse factor:
    ///
    /// $$ R_t = -\Big( \sum_k R_{t+k} W_{k,t} + L_c^{-1} B_t^\top \Big) L_t^{-1} $$
    ///
    /// (the law of total variance: that of a block with the border known, plus what the border's own adds). Z is a sum
    /// of positive semidefinite matrices, so no variance is a difference.
    ///
    /// Work is O(n b (w b + m)²), as of the factorisation; memory is that of the result.
    ///
    /// # References
    /// Takahashi, Fagan, Chen 1973; Erisman and Tinney, Comm. ACM 18 (1975), 177; Rauch, Tung, Striebel, AIAA J. 3
    /// (1965), 1445.
    pub fn selected_inverse(&self) -> SelectedInverse {
        let mut diagonal = vec![0.0; self.factor.diagonal.len()];
        with_literal_block!(self.factor.block, b => {
            invert_band(b, &self.factor, &mut diagonal);
            add_border(b, &self.factor, &mut diagonal);
        });
        let m = self.factor.border_width;
        let mut border = identity(m);
        self.solve_border_in_place(m, &mut border);
        let inflation = self.inflation(&diagonal, &border);
        SelectedInverse { diagonal, border, inflation }
    }

    /// Largest `A_ii (A⁻¹)_ii`; `A_ii` is the squared norm of row i of the factor.
    fn inflation(&self, diagonal: &[f64], border: &[f64]) -> f64 {
        let BandedMatrix { blocks: n, block: b, border_width: m, .. } = self.factor;
        let size = b * b;
        let square = |row: &[f64]| row.iter().map(|v| v * v).sum::<f64>();
        let mut largest = 1.0_f64;
        for t in 0..n {
            for i in 0..b {
                let mut norm = lower_row_square(b, &self.factor.diagonal[t * size..][..size], i);
                for (k, below) in self.factor.below.iter().enumerate() {
                    if !below.is_empty() && t > k {
                        norm += square(&below[(t - 1 - k) * size + i * b..][..b]);
                    }
                }
                largest = largest.max(norm * diagonal[t * size + i * b + i]);
            }
        }
        for i in 0..m {
            let column = self.factor.border.iter().skip(i).step_by(m);
            let norm = lower_row_square(m, &self.factor.corner, i) + column.map(|v| v * v).sum::<f64>();
            largest = largest.max(norm * border[i * m + i]);
        }
        largest
    }
}

/// Writes the diagonal blocks of the inverse of the band alone.
#[inline(always)]
fn invert_band(b: usize, factor: &BandedMatrix, out: &mut [f64]) {
    let (n, size) = (factor.blocks, b * b);
    let wide = factor.half_bandwidth > 1;
    let unit = identity(b);
    let (mut inverse, mut g1, mut g2) = (unit.clone(), vec![0.0; size], vec![0.0; size]);
    // -Z[t+1, t] and -Z[t+2, t] of this step; -Z[t+2, t+1] of the step before.
    let (mut first, mut second, mut between) = (vec![0.0; size], vec![0.0; size], vec![0.0; size]);
    for t in (0..n).rev() {
        let l = &factor.diagonal[t * size..][..size];
        let (head, tail) = out.split_at_mut((t + 1) * size);
        let current = &mut head[t * size..];
        // Z[t,t] = L⁻ᵀ L⁻¹
        inverse.copy_from_slice(&unit);
        kernel::forward(b, l, b, &mut inverse);
        add_transposed_product(b, b, &inverse, &inverse, current);
        if t + 1 < n {
            g1.copy_from_slice(&factor.below[0][t * size..][..size]);
            solve_from_right(b, l, b, &mut g1);
            first.fill(0.0);
            add_product(b, &tail[..size], b, &g1, &mut first);
            if wide && t + 2 < n {
                g2.copy_from_slice(&factor.below[1][t * size..][..size]);
                solve_from_right(b, l, b, &mut g2);
                second.fill(0.0);
                // Z[t+2,t+1] = -between, Z[t+1,t+2] = -betweenᵀ
                add_product(b, &tail[size..][..size], b, &g2, &mut second);
                kernel::subtract_product(b, &between, b, &g1, &mut second);
                kernel::subtract_transposed_product(b, &between, b, &g2, &mut first);
                add_transposed_product(b, b, &g2, &second, current);
            }
            add_transposed_product(b, b, &g1, &first, current);
            std::mem::swap(&mut first, &mut between);
        }
        // Symmetric up to rounding, which the recursion would carry on: keep the lower triangle.
        for i in 0..b {
            (0..i).for_each(|j| current[j * b + i] = current[i * b + j]);
        }
    }
}

/// Adds `R[t]ᵀ R[t]` to every diagonal block.
#[inline(always)]
fn add_border(b: usize, factor: &BandedMatrix, out: &mut [f64]) {
    let (n, m, size) = (factor.blocks, factor.border_width, b * b);
    if m == 0 {
        return;
    }
    let wide = factor.half_bandwidth > 1;
    // R[t], R[t+1], R[t+2], each [m, b].
    let [mut row, mut next, mut second] = [(); 3].map(|()| vec![0.0; m * b]);
    for t in (0..n).rev() {
        let border = &factor.border[t * b * m..][..b * m];
        for i in 0..m {
            (0..b).for_each(|j| row[i * b + j] = border[j * m + i]);
        }
        kernel::forward(m, &factor.corner, b, &mut row);
        if t + 1 < n {
            add_product(m, &next, b, &factor.below[0][t * size..][..size], &mut row);
        }
        if wide && t + 2 < n {
            add_product(m, &second, b, &factor.below[1][t * size..][..size], &mut row);
        }
        solve_from_right(b, &factor.diagonal[t * size..][..size], m, &mut row);
        row.iter_mut().for_each(|value| *value = -*value);
        add_transposed_product(m, b, &row, &row, &mut out[t * size..][..size]);
        // (R[t+1], R[t+2]) := (R[t], R[t+1])
        std::mem::swap(&mut second, &mut next);
        std::mem::swap(&mut next, &mut row);
    }
}

/// Squared norm of row i of a lower triangle with inverted diagonal.
fn lower_row_square(b: usize, l: &[f64], i: usize) -> f64 {
    let row = &l[i * b..][..=i];
    row[..i].iter().map(|v| v * v).sum::<f64>() + row[i].powi(-2)
}

fn identity(size: usize) -> Vec<f64> {
    let mut identity = vec![0.0; size * size];
    (0..size).for_each(|i| identity[i * size + i] = 1.0);
    identity
}

/// X := X L⁻¹ for X `[rows, b]`, L with inverted diagonal: every row x solves Lᵀ xᵀ = rowᵀ.
#[inline(always)]
fn solve_from_right(b: usize, l: &[f64], rows: usize, x: &mut [f64]) {
    for x in x.chunks_exact_mut(b).take(rows) {
        for i in (0..b).rev() {
            let value = x[i] * l[i * b + i];
            x[i] = value;
            for j in 0..i {
                x[j] -= l[i * b + j] * value;
            }
        }
    }
}

/// C += Aᵀ B for A and B `[rows, b]`, C `[b, b]`.
#[inline(always)]
fn add_transposed_product(rows: usize, b: usize, left: &[f64], right: &[f64], sum: &mut [f64]) {
    for k in 0..rows {
        let right = &right[k * b..][..b];
        for i in 0..b {
            let factor = left[k * b + i];
            for (sum, value) in sum[i * b..][..b].iter_mut().zip(right) {
                *sum += factor * value;
            }
        }
    }
}

/// Y += R W for R and Y `[rows, b]`, W `[b, b]`.
#[inline(always)]
fn add_product(rows: usize, r: &[f64], b: usize, w: &[f64], y: &mut [f64]) {
    for i in 0..rows {
        let sum = &mut y[i * b..][..b];
        for k in 0..b {
            let factor = r[i * b + k];
            for (sum, value) in sum.iter_mut().zip(&w[k * b..][..b]) {
                *sum += factor * value;
            }
        }
    }
}
