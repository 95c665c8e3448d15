//! The matrix before it is factored.

/// A symmetric block-banded matrix with a dense border; only the lower triangle of the band is stored.
///
/// # Layout
/// Row-major everywhere; t counts blocks from 0.
/// - `diagonal`: `[n, b, b]`, block (t, t), lower triangle used
/// - `below[k]`: `[n - 1 - k, b, b]`, block (t + 1 + k, t), k < w
/// - `border`: `[n, b, m]`, rows of block t against the m border columns
/// - `corner`: `[m, m]`, lower triangle used
#[derive(Debug, Clone)]
pub struct BandedMatrix {
    pub(super) blocks: usize,
    pub(super) block: usize,
    pub(super) half_bandwidth: usize,
    pub(super) border_width: usize,
    pub(super) diagonal: Vec<f64>,
    /// The second is empty for half bandwidth 1.
    pub(super) below: [Vec<f64>; 2],
    pub(super) border: Vec<f64>,
    pub(super) corner: Vec<f64>,
}

/// A pivot too small to trust: the matrix is singular to working precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PivotError {
    /// Block of the pivot; equal to the number of blocks for a pivot in the border.
    pub block: usize,
    /// Pivot divided by the diagonal entry it came from.
    pub ratio: f64,
}

impl BandedMatrix {
    /// Zeros: `blocks` blocks of size `block`, half bandwidth `half_bandwidth` (1 or 2), `border_width` border
    /// columns.
    pub fn zeros(blocks: usize, block: usize, half_bandwidth: usize, border_width: usize) -> Self {
        debug_assert!((1..=2).contains(&half_bandwidth));
        let size = block * block;
        Self {
            blocks,
            block,
            half_bandwidth,
            border_width,
            diagonal: vec![0.0; blocks * size],
            below: [1, 2].map(|offset| match offset <= half_bandwidth {
                true => vec![0.0; blocks.saturating_sub(offset) * size],
                false => Vec::new(),
            }),
            border: vec![0.0; blocks * block * border_width],
            corner: vec![0.0; border_width * border_width],
        }
    }

    /// Half bandwidth, 1 or 2.
    pub fn half_bandwidth(&self) -> usize {
        self.half_bandwidth
    }

    /// Block (t, t), `[b, b]`; only the lower triangle means anything.
    pub fn diagonal(&self, t: usize) -> &[f64] {
        let size = self.block * self.block;
        &self.diagonal[t * size..][..size]
    }

    /// Block (t + offset, t), `[b, b]`.
    pub fn below(&self, offset: usize, t: usize) -> &[f64] {
        let size = self.block * self.block;
        &self.below[offset - 1][t * size..][..size]
    }

    /// Rows of block t against the border, `[b, m]`.
    pub fn border(&self, t: usize) -> &[f64] {
        let size = self.block * self.border_width;
        &self.border[t * size..][..size]
    }

    /// The corner, `[m, m]`; only the lower triangle means anything.
    pub fn corner(&self) -> &[f64] {
        &self.corner
    }

    /// Sets every entry to zero, keeping the memory.
    pub fn clear(&mut self) {
        self.diagonal.fill(0.0);
        self.below.iter_mut().for_each(|part| part.fill(0.0));
        self.border.fill(0.0);
        self.corner.fill(0.0);
    }

    /// Block (t, t), `[b, b]`; the strictly upper triangle is ignored.
    #[inline]
    pub fn diagonal_mut(&mut self, t: usize) -> &mut [f64] {
        let size = self.block * self.block;
        &mut self.diagonal[t * size..][..size]
    }

    /// Block (t + offset, t), `[b, b]`, offset 1 or 2.
    #[inline]
    pub fn below_mut(&mut self, offset: usize, t: usize) -> &mut [f64] {
        let size = self.block * self.block;
        &mut self.below[offset - 1][t * size..][..size]
    }

    /// Rows of block t against the border, `[b, m]`.
    #[inline]
    pub fn border_mut(&mut self, t: usize) -> &mut [f64] {
        let size = self.block * self.border_width;
        &mut self.border[t * size..][..size]
    }

    /// The corner, `[m, m]`; the strictly upper triangle is ignored.
    pub fn corner_mut(&mut self) -> &mut [f64] {
        &mut self.corner
    }
}
