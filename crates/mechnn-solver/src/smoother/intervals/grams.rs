//! What the derivatives by the states add to the blocks of the normal equations.

use super::rows::load;
use super::{Intervals, MOST_INTERVALS};
use crate::engine::arrow::{LaneWork, on_widest};
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

struct SetGrams<'a> {
    intervals: &'a mut Intervals,
    below: &'a mut [f64],
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
        let n = *count;
        let (left, right) = (&left[..], &right[..]);
        for first in (0..n).step_by(V::LANES) {
            copy::<V>(dims, n, first, left, left_blocks);
            copy::<V>(dims, n, first, right, right_blocks);
            multiply::<V>(dims, n, first, [left, left], left_gram);
            multiply::<V>(dims, n, first, [right, right], right_gram);
            multiply::<V>(dims, n, first, [right, left], self.below);
        }
    }
}

/// Entry e of every interval from `first` on is entry e of its block.
#[inline(always)]
fn copy<V: Real>(dims: usize, n: usize, first: usize, rows: &[f64], blocks: &mut [f64]) {
    let size = dims * dims;
    let mut begin = 0;
    while begin < size {
        let mut entries = [V::splat(0.0); PIECE];
        let count = PIECE.min(size - begin);
        for e in 0..count {
            entries[e] = load(rows, (begin + e) * MOST_INTERVALS + first);
        }
        hand_on(size, n, first, begin, &entries[..count], blocks);
        begin += PIECE;
    }
}

/// Aᵀ B of every interval from `first` on.
#[inline(always)]
fn multiply<V: Real>(dims: usize, n: usize, first: usize, [a, b]: [&[f64]; 2], blocks: &mut [f64]) {
    let size = dims * dims;
    let (mut begin, mut i, mut j) = (0, 0, 0);
    while begin < size {
        let mut entries = [V::splat(0.0); PIECE];
        let count = PIECE.min(size - begin);
        for e in 0..count {
            let mut sum = V::splat(0.0);
            for k in 0..dims {
                let left: V = load(a, (k * dims + i) * MOST_INTERVALS + first);
                sum = left.mul_add(load(b, (k * dims + j) * MOST_INTERVALS + first), sum);
            }
            entries[e] = sum;
            j += 1;
            if j == dims {
                (i, j) = (i + 1, 0);
            }
        }
        hand_on(size, n, first, begin, &entries[..count], blocks);
        begin += PIECE;
    }
}

/// Writes entries of the blocks of every interval from `first` on, from entry `begin` on.
#[inline(always)]
fn hand_on<V: Real>(size: usize, n: usize, first: usize, begin: usize, entries: &[V], blocks: &mut [f64]) {
    let lanes = V::LANES.min(n - first);
    let mut offsets: LaneOffsets = [0; MAX_LANES];
    for l in 0..lanes {
        offsets[l] = (first + l) * size + begin;
    }
    V::scatter(entries, blocks, &offsets, lanes);
}
