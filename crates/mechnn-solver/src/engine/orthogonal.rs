//! The factor of AᵀA from the rows of A by orthogonal elimination, without forming AᵀA.
//!
//! With A = Q R, AᵀA = Rᵀ R: the lower factor of [`BandedCholesky`] is Rᵀ. Forming AᵀA squares the condition
//! number and loses what is below `sqrt(eps)` relative to the large rows; Householder reflections of the rows do not.
//! Rows are taken block by block in time (a square-root information filter); at block t the rows that touch it are
//! reduced to b rows of R, and what remains of them is carried to block t + 1. Heavy rows are eliminated first, which
//! keeps the small ones accurate (Cox & Higham 1998). O(N b (w b + m)^2) work, some five times that of the normal
//! equations.
//!
//! References: Björck 1996, sections 2.4 and 6.3; Bierman 1977 (square-root information filter).

use super::cholesky::BandedCholesky;
use super::matrix::{BandedMatrix, PivotError};

/// Eliminates rows block by block. Rows are `[(w + 1) b + m + r]`: columns of blocks t..=t+w, border, r right-hand
/// sides.
pub struct RowElimination {
    blocks: usize,
    block: usize,
    half_bandwidth: usize,
    border: usize,
    right: usize,
    factor: BandedMatrix,
    /// Qᵀ of the right-hand sides, `[n, b, r]`.
    rotated: Vec<f64>,
    rotated_border: Vec<f64>,
    /// Squared norms of all columns of A: bands, then border.
    column_norms: Vec<f64>,
    carried: Vec<Vec<f64>>,
    next: usize,
    smallest: f64,
    min_ratio: f64,
}

impl RowElimination {
    /// For `blocks` blocks of size `block`, half bandwidth 1 or 2, `border` border columns and `right` right-hand
    /// sides. A pivot whose square is below `min_ratio` times the squared norm of its column is refused.
    pub fn new(
        blocks: usize,
        block: usize,
        half_bandwidth: usize,
        border: usize,
        right: usize,
        min_ratio: f64,
    ) -> Self {
        Self {
            blocks,
            block,
            half_bandwidth,
            border,
            right,
            factor: BandedMatrix::zeros(blocks, block, half_bandwidth, border),
            rotated: vec![0.0; blocks * block * right],
            rotated_border: vec![0.0; border * right],
            column_norms: vec![0.0; blocks * block + border],
            carried: Vec::new(),
            next: 0,
            smallest: f64::INFINITY,
            min_ratio,
        }
    }

    /// Length of a row.
    pub fn row_length(&self) -> usize {
        (self.half_bandwidth + 1) * self.block + self.border + self.right
    }

    /// Takes the rows whose first block is the next one in time (or that touch only the border), and eliminates that
    /// block.
    ///
    /// # Errors
    /// [`PivotError`] if the rows so far leave a direction of the block open.
    pub fn eliminate(&mut self, rows: Vec<Vec<f64>>) -> Result<(), PivotError> {
        let (t, b, w, m, r) = (self.next, self.block, self.half_bandwidth, self.border, self.right);
        let banded = (w + 1) * b;
        for row in &rows {
            for (i, value) in row[..banded].iter().enumerate() {
                // Columns of blocks past the end are zero by construction.
                if let Some(norm) = self.column_norms[..self.blocks * b].get_mut(t * b + i) {
                    *norm += value * value;
                }
            }
            for (norm, value) in self.column_norms[self.blocks * b..].iter_mut().zip(&row[banded..banded + m]) {
                *norm += value * value;
            }
        }
        let mut work = std::mem::take(&mut self.carried);
        work.extend(rows);
        triangularize(&mut work, b);
        for i in 0..b {
            let norm = self.column_norms[t * b + i];
            let pivot = work.get(i).map_or(0.0, |row| row[i]);
            let ratio = pivot * pivot / norm;
            if ratio.is_nan() || ratio < self.min_ratio {
                return Err(PivotError { block: t, ratio });
            }
            self.smallest = self.smallest.min(ratio);
        }
        for (i, row) in work[..b].iter_mut().enumerate() {
            // R is unique up to the signs of its rows; Rᵀ is the Cholesky factor when its diagonal is positive.
            if row[i] < 0.0 {
                row.iter_mut().for_each(|value| *value = -*value);
            }
            for j in i..b {
                self.factor.diagonal_mut(t)[j * b + i] = if i == j { row[i].recip() } else { row[j] };
            }
            for offset in 1..=w.min(self.blocks - 1 - t) {
                let target = self.factor.below_mut(offset, t);
                (0..b).for_each(|j| target[j * b + i] = row[offset * b + j]);
            }
            self.factor.border_mut(t)[i * m..][..m].copy_from_slice(&row[banded..][..m]);
            self.rotated[(t * b + i) * r..][..r].copy_from_slice(&row[banded + m..]);
        }
        self.carried = work.split_off(b);
        for row in &mut self.carried {
            row.copy_within(b..banded, 0);
            row[banded - b..banded].fill(0.0);
        }
        // What is carried needs no more rows than columns; without this they would grow with t.
        let columns = w * b + m + r;
        if self.carried.len() > 2 * columns {
            // The columns of the block that comes new are still zero.
            reflect(&mut self.carried, (0..w * b).chain(banded..banded + m + r));
            self.carried.truncate(columns);
        }
        self.next += 1;
        Ok(())
    }

    /// Eliminates the border; returns the factor and `L⁻¹ Aᵀ` of the right-hand sides, `[n, b, r]` and `[m, r]`:
    /// what [`BandedCholesky::backward_in_place`] turns into the least-squares solutions.
    ///
    /// # Errors
    /// [`PivotError`] at the block after the last if the border is not determined.
    pub fn finish(mut self) -> Result<(BandedCholesky, Vec<f64>, Vec<f64>), PivotError> {
        debug_assert_eq!(self.next, self.blocks);
        let (m, r, banded) = (self.border, self.right, (self.half_bandwidth + 1) * self.block);
        let mut work: Vec<Vec<f64>> = self.carried.iter().map(|row| row[banded..].to_vec()).collect();
        triangularize(&mut work, m);
        for i in 0..m {
            let norm = self.column_norms[self.blocks * self.block + i];
            // With fewer rows than columns the last pivots are zero.
            let pivot = work.get(i).map_or(0.0, |row| row[i]);
            let ratio = pivot * pivot / norm;
            let Some(row) = work.get_mut(i).filter(|_| ratio >= self.min_ratio) else {
                return Err(PivotError { block: self.blocks, ratio }); // a NaN, too
            };
            self.smallest = self.smallest.min(ratio);
            if row[i] < 0.0 {
                row.iter_mut().for_each(|value| *value = -*value);
            }
            let corner = self.factor.corner_mut();
            for j in i..m {
                corner[j * m + i] = if i == j { row[i].recip() } else { row[j] };
            }
            self.rotated_border[i * r..][..r].copy_from_slice(&row[m..]);
        }
        Ok((BandedCholesky::from_factor(self.factor, self.smallest), self.rotated, self.rotated_border))
    }
}

/// Householder reflections that make the first `columns` columns upper triangular.
fn triangularize(rows: &mut [Vec<f64>], columns: usize) {
    // Heavy rows first: then the reflections do not mix their rounding errors into light rows' information.
    let weight = |row: &Vec<f64>| row[..columns].iter().fold(0.0f64, |most, value| most.max(value.abs()));
    rows.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    reflect(rows, 0..columns);
}

/// One reflection for each of the given columns: row i becomes the only one from i on that touches the i-th of them.
fn reflect(rows: &mut [Vec<f64>], columns: impl Iterator<Item = usize>) {
    for (i, j) in columns.enumerate().take(rows.len()) {
        let (head, tail) = rows.split_at_mut(i + 1);
        let pivot = &mut head[i];
        // Rows that are zero in this column are not touched by the reflection.
        let mut active: Vec<&mut Vec<f64>> = tail.iter_mut().filter(|row| row[j] != 0.0).collect();
        let largest = active.iter().fold(pivot[j].abs(), |most, row| most.max(row[j].abs()));
        if active.is_empty() || largest == 0.0 {
            continue;
        }
        // Scaled, so that squares neither overflow nor vanish.
        let squares: f64 = active.iter().map(|row| (row[j] / largest).powi(2)).sum();
        let norm = largest * ((pivot[j] / largest).powi(2) + squares).sqrt();
        let alpha = if pivot[j] > 0.0 { -norm } else { norm };
        // v = x - alpha e_1, H = I - 2 v vᵀ / vᵀv;  vᵀv / 2 = alpha (alpha - x_1)
        let first = pivot[j] - alpha;
        let scale = -1.0 / (alpha * first);
        for column in j + 1..pivot.len() {
            let product = first * pivot[column] + active.iter().map(|row| row[j] * row[column]).sum::<f64>();
            let factor = scale * product;
            pivot[column] -= factor * first;
            for row in &mut active {
                row[column] -= factor * row[j];
            }
        }
        pivot[j] = alpha;
        active.iter_mut().for_each(|row| row[j] = 0.0);
    }
}
