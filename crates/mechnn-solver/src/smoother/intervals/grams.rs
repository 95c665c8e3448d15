//! What the derivatives by the states add to the blocks of the normal equations.

use super::Intervals;
use crate::engine::arrow::{Columns, LaneWork, WIDTH, on_widest};
use crate::lanes::{LaneOffsets, MAX_LANES, Real};

/// Entries that are handed on at a time.
const PIECE: usize = 8;

impl Intervals {
    /// Sets the blocks and their products; those of both, A[t] = (∂c/∂x_1)ᵀ ∂c/∂x_0, go into `below`.
    pub(super) fn set_grams(&mut self, below: &mut [f64]) {
        let numbers = self.dims * self.dims * self.count;
        for blocks in [&mut self.left_blocks, &mut self.right_blocks, &mut self.left_gram, &mut self.right_gram] {
            blocks.resize(numbers, 0.0);
        }
        on_widest(SetGrams { intervals: self, below });
    }
}

pub(super) struct SetGrams<'a> {
    pub(super) intervals: &'a mut Intervals,
    pub(super) below: &'a mut [f64],
}

impl LaneWork for SetGrams<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Real>(self) {
        match self.intervals.dims {
            1 => self.set::<V>(1),
            2 => self.set::<V>(2),
            3 => self.set::<V>(3),
            4 => self.set::<V>(4),
            dims => self.set::<V>(dims),
        }
    }
}

impl SetGrams<'_> {
    #[inline(always)]
    fn set<V: Real>(self, dims: usize) {
        let Intervals { count, left, right, left_blocks, right_blocks, left_gram, right_gram, .. } = self.intervals;
        let (n, size) = (*count, dims * dims);
        for first in (0..n).step_by(V::LANES) {
            let (chunk, lane) = (first / WIDTH, first % WIDTH);
            let (left, right) = (&left[chunk * size..][..size], &right[chunk * size..][..size]);
            let at = Place { n, first, lane };
            at.copy::<V>(dims, left, left_blocks);
            at.copy::<V>(dims, right, right_blocks);
            at.multiply::<V>(dims, left, left, left_gram);
            at.multiply::<V>(dims, right, right, right_gram);
            at.multiply::<V>(dims, right, left, self.below);
        }
    }
}

/// The intervals from `first` of n on, which are the lanes from `lane` on.
#[derive(Clone, Copy)]
struct Place {
    n: usize,
    first: usize,
    lane: usize,
}

impl Place {
    /// Entry e of every interval is entry e of its block.
    #[inline(always)]
    fn copy<V: Real>(self, dims: usize, rows: &[Columns], blocks: &mut [f64]) {
        let size = dims * dims;
        for begin in (0..size).step_by(PIECE) {
            let mut entries = [V::splat(0.0); PIECE];
            let count = PIECE.min(size - begin);
            for e in 0..count {
                entries[e] = rows[begin + e].load(self.lane);
            }
            self.hand_on(size, begin, &entries[..count], blocks);
        }
    }

    /// Aᵀ B of every interval.
    #[inline(always)]
    fn multiply<V: Real>(self, dims: usize, a: &[Columns], b: &[Columns], blocks: &mut [f64]) {
        let size = dims * dims;
        let (mut i, mut j) = (0, 0);
        for begin in (0..size).step_by(PIECE) {
            let mut entries = [V::splat(0.0); PIECE];
            let count = PIECE.min(size - begin);
            for e in 0..count {
                let mut sum = V::splat(0.0);
                for k in 0..dims {
                    let left: V = a[k * dims + i].load(self.lane);
                    sum = left.mul_add(b[k * dims + j].load(self.lane), sum);
                }
                entries[e] = sum;
                j += 1;
                if j == dims {
                    (i, j) = (i + 1, 0);
                }
            }
            self.hand_on(size, begin, &entries[..count], blocks);
        }
    }

    /// Writes entries of the blocks, from entry `begin` on.
    #[inline(always)]
    fn hand_on<V: Real>(self, size: usize, begin: usize, entries: &[V], blocks: &mut [f64]) {
        let lanes = V::LANES.min(self.n - self.first);
        let mut offsets: LaneOffsets = [0; MAX_LANES];
        for l in 0..lanes {
            offsets[l] = (self.first + l) * size + begin;
        }
        V::scatter(entries, blocks, &offsets, lanes);
    }
}
