//! The matrix before it is eliminated.

use super::columns::{Columns, LaneWork, WIDTH, on_widest};
use super::panel;
use crate::lanes::Real;

/// A symmetric block tridiagonal matrix with a border and a right-hand side.
///
/// # Layout
/// Row-major; t counts blocks from 0. Columns of the border come in w groups of [`WIDTH`]: the P of the border, the
/// right-hand side, zeros.
/// - `diagonal`: `[n, b, b]`, block (t, t), lower triangle used
/// - `below`: `[n, b, b]`, block (t + 1, t), the last unused
/// - `border`: `[n, b, w]`
/// - `corner`: `[8 w, w]`, lower triangle used; row P is the border's right-hand side
#[derive(Debug, Default, Clone)]
pub(crate) struct ArrowMatrix {
    pub(super) blocks: usize,
    pub(super) block: usize,
    pub(super) parameters: usize,
    pub(super) width: usize,
    pub(super) diagonal: Vec<f64>,
    pub(super) below: Vec<f64>,
    pub(super) border: Vec<Columns>,
    pub(super) corner: Vec<Columns>,
    /// Diagonal entries before elimination, `[n, b]`.
    pub(super) original: Vec<f64>,
}

/// What one residual for each of the rows of a block adds, of consecutive pairs of blocks, `[r]` pairs.
#[derive(Debug)]
pub(crate) struct PairRows<'a> {
    /// Derivatives by the first of the two blocks, `[r, b, b]`.
    pub(crate) left: &'a [f64],
    /// By the second, `[r, b, b]`.
    pub(crate) right: &'a [f64],
    /// By the border, and the residuals in the column of the right-hand side, `[r, b, w]`.
    pub(crate) border: &'a [Columns],
}

impl ArrowMatrix {
    /// Groups of columns for `parameters` columns and the right-hand side.
    pub(crate) fn groups(parameters: usize) -> usize {
        (parameters + 1).div_ceil(WIDTH)
    }

    /// Zeros of this shape; the memory is kept.
    pub(crate) fn reset(&mut self, blocks: usize, block: usize, parameters: usize) {
        let (size, width) = (block * block, Self::groups(parameters));
        (self.blocks, self.block, self.parameters, self.width) = (blocks, block, parameters, width);
        let zero = |numbers: &mut Vec<f64>, count: usize| {
            numbers.clear();
            numbers.resize(count, 0.0);
        };
        zero(&mut self.diagonal, blocks * size);
        zero(&mut self.below, blocks * size);
        self.border.clear();
        self.border.resize(blocks * block * width, Columns::ZERO);
        self.corner.clear();
        self.corner.resize(WIDTH * width * width, Columns::ZERO);
    }

    /// Block (t, t) of consecutive t from `t` on.
    pub(crate) fn diagonal_from(&mut self, t: usize) -> &mut [f64] {
        let size = self.block * self.block;
        &mut self.diagonal[t * size..]
    }

    /// Block (t + 1, t) of consecutive t from `t` on.
    pub(crate) fn below_from(&mut self, t: usize) -> &mut [f64] {
        let size = self.block * self.block;
        &mut self.below[t * size..]
    }

    /// Adds to the right-hand side of row `i` of block `t`.
    pub(crate) fn add_right(&mut self, t: usize, i: usize, value: f64) {
        let (group, column) = (self.parameters / WIDTH, self.parameters % WIDTH);
        self.border[(t * self.block + i) * self.width + group].0[column] += value;
    }

    /// Adds to an entry of the border's own block, or to its right-hand side for `i` = P.
    pub(crate) fn add_corner(&mut self, i: usize, j: usize, value: f64) {
        self.corner[i * self.width + j / WIDTH].0[j % WIDTH] += value;
    }

    /// Adds what one residual adds that touches a single block: its derivatives by block `t`, `[b]`, and by the
    /// border, `[P]`.
    pub(crate) fn add_row(&mut self, t: usize, value: f64, by_block: &[f64], by_border: &[f64]) {
        let b = self.block;
        for (i, factor) in by_block.iter().enumerate().filter(|(_, factor)| **factor != 0.0) {
            let diagonal = &mut self.diagonal[(t * b + i) * b..][..b];
            diagonal.iter_mut().zip(by_block).for_each(|(sum, other)| *sum += factor * other);
            let border = self.border[(t * b + i) * self.width..][..self.width].iter_mut().flat_map(|c| &mut c.0);
            border.zip(by_border.iter().chain([&value])).for_each(|(sum, other)| *sum += factor * other);
        }
        for (i, factor) in by_border.iter().chain([&value]).enumerate().filter(|(_, factor)| **factor != 0.0) {
            let row = self.corner[i * self.width..][..self.width].iter_mut().flat_map(|columns| &mut columns.0);
            row.zip(by_border).take(i + 1).for_each(|(sum, other)| *sum += factor * other);
        }
    }

    /// Adds what the pairs of blocks from `t` on add to the border and its corner; what they add to the blocks
    /// is for the caller.
    pub(crate) fn add_border_of_pairs(&mut self, t: usize, pairs: &PairRows<'_>) {
        on_widest(AddPairs { matrix: self, t, pairs });
    }
}

pub(super) struct AddPairs<'a> {
    pub(super) matrix: &'a mut ArrowMatrix,
    pub(super) t: usize,
    pub(super) pairs: &'a PairRows<'a>,
}

impl LaneWork for AddPairs<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Real>(self) {
        match self.matrix.block {
            1 => self.add::<V>(1),
            2 => self.add::<V>(2),
            3 => self.add::<V>(3),
            4 => self.add::<V>(4),
            b => self.add::<V>(b),
        }
    }
}

impl AddPairs<'_> {
    #[inline(always)]
    fn add<V: Real>(self, b: usize) {
        let Self { matrix, t, pairs } = self;
        let (size, w) = (b * b, matrix.width);
        let blocks = pairs.left.chunks_exact(size).zip(pairs.right.chunks_exact(size));
        for (r, ((left, right), rows)) in blocks.zip(pairs.border.chunks_exact(b * w)).enumerate() {
            let (first, second) = matrix.border[(t + r) * b * w..][..2 * b * w].split_at_mut(b * w);
            panel::add_transposed_product::<V>(b, left, w, rows, first);
            panel::add_transposed_product::<V>(b, right, w, rows, second);
        }
        panel::add_gram_of_rows::<V>(1.0, pairs.border, w, matrix.parameters + 1, &mut matrix.corner);
    }
}
