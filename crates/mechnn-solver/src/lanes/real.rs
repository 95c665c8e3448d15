//! What a kernel may do with numbers.

use std::ops::{Add, Mul, Neg, Sub};

/// Most lanes of a vector.
pub(crate) const MAX_LANES: usize = 8;

/// Where the numbers of each lane begin in an array in natural layout; entries beyond the lanes of a type are unused.
pub(crate) type LaneOffsets = [usize; MAX_LANES];

/// A number, or one number of each of several systems: what the kernels are generic over.
///
/// Every operation acts on each lane as IEEE 754 double precision, so the results of a lane depend neither on the other
/// lanes nor on how many there are. Types with a fused multiply-add round once where the others round twice.
pub(crate) trait Real:
    Copy + Send + Sync + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self>
{
    /// How many systems.
    const LANES: usize;

    /// True if a fused multiply-add rounds once, in an instruction.
    const IS_FUSED: bool;

    /// The same number in all lanes.
    fn splat(value: f64) -> Self;

    /// `self * a + b`.
    fn mul_add(self, a: Self, b: Self) -> Self;

    /// `b - self * a`.
    fn neg_mul_add(self, a: Self, b: Self) -> Self;

    /// `1 / self`.
    fn recip(self) -> Self;

    #[allow(dead_code)] // of the tests alone, so far
    fn sqrt(self) -> Self;

    fn abs(self) -> Self;

    /// The larger number; which of the two if one is a NaN is not said.
    fn max(self, other: Self) -> Self;

    /// The numbers of all lanes, then zeros.
    #[inline(always)]
    fn lanes(self) -> [f64; MAX_LANES] {
        let mut numbers = [0.0; MAX_LANES];
        self.to_lanes(&mut numbers[..Self::LANES]);
        numbers
    }

    /// The number of one lane.
    #[inline(always)]
    fn lane(self, lane: usize) -> f64 {
        self.lanes()[lane]
    }

    /// From one number for each lane.
    fn from_lanes(numbers: &[f64]) -> Self;

    /// The way back: writes one number for each lane.
    fn to_lanes(self, numbers: &mut [f64]);

    /// Reads systems that lie one after the other: `out[i]` in lane l is `source[offsets[l] + i]`.
    fn interleave(source: &[f64], offsets: &LaneOffsets, out: &mut [Self]);

    /// The way back, for the first `lanes` lanes: `target[offsets[l] + i]` is `values[i]` in lane l.
    fn scatter(values: &[Self], target: &mut [f64], offsets: &LaneOffsets, lanes: usize);

    /// Runs a task compiled with the instructions of this type.
    fn vectorize<T: Task>(task: T) -> T::Output;
}

/// A piece of work to be compiled for a type of lanes.
///
/// `run` must be `#[inline(always)]`, and so must all it calls on the hot path, closures included: only what is inlined
/// into [`Real::vectorize`] is compiled with the processor's vector instructions.
pub(crate) trait Task {
    type Output;

    fn run(self) -> Self::Output;
}

/// [`Real::interleave`] number by number, for what is left of whole blocks and for types without a transposition.
#[inline(always)]
pub(super) fn interleave_one_by_one<V: Real>(source: &[f64], offsets: &LaneOffsets, first: usize, out: &mut [V]) {
    let mut numbers = [0.0; MAX_LANES];
    for i in first..out.len() {
        for l in 0..V::LANES {
            numbers[l] = source[offsets[l] + i];
        }
        out[i] = V::from_lanes(&numbers[..V::LANES]);
    }
}

/// [`Real::scatter`] number by number.
#[inline(always)]
pub(super) fn scatter_one_by_one<V: Real>(
    values: &[V],
    target: &mut [f64],
    offsets: &LaneOffsets,
    first: usize,
    lanes: usize,
) {
    for l in 0..lanes {
        let row = &mut target[offsets[l]..][..values.len()];
        for i in first..values.len() {
            row[i] = values[i].lane(l);
        }
    }
}
