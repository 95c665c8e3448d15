//! A number that counts its operations: running a kernel with it once tells its flops.

use std::cell::Cell;
use std::ops::{Add, Mul, Neg, Sub};

use super::real::{LaneOffsets, Real, Task, interleave_one_by_one, scatter_one_by_one};

thread_local! {
    static FLOPS: Cell<u64> = const { Cell::new(0) };
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Counting(f64);

/// What `work` costs on this thread: additions, multiplications, divisions and roots, a fused multiply-add two.
pub(crate) fn flops(work: impl FnOnce()) -> u64 {
    let before = FLOPS.get();
    work();
    FLOPS.get() - before
}

fn counted(flops: u64, value: f64) -> Counting {
    FLOPS.set(FLOPS.get() + flops);
    Counting(value)
}

impl Add for Counting {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        counted(1, self.0 + other.0)
    }
}

impl Sub for Counting {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        counted(1, self.0 - other.0)
    }
}

impl Mul for Counting {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        counted(1, self.0 * other.0)
    }
}

impl Neg for Counting {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Real for Counting {
    const LANES: usize = 1;
    const IS_FUSED: bool = false;
    fn splat(value: f64) -> Self {
        Self(value)
    }
    fn mul_add(self, a: Self, b: Self) -> Self {
        counted(2, self.0 * a.0 + b.0)
    }
    fn neg_mul_add(self, a: Self, b: Self) -> Self {
        counted(2, b.0 - self.0 * a.0)
    }
    fn recip(self) -> Self {
        counted(1, 1.0 / self.0)
    }
    fn sqrt(self) -> Self {
        counted(1, self.0.sqrt())
    }
    fn abs(self) -> Self {
        Self(self.0.abs())
    }
    fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
    fn from_lanes(numbers: &[f64]) -> Self {
        Self(numbers[0])
    }
    fn to_lanes(self, numbers: &mut [f64]) {
        numbers[0] = self.0;
    }
    fn interleave(source: &[f64], offsets: &LaneOffsets, out: &mut [Self]) {
        interleave_one_by_one(source, offsets, 0, out);
    }
    fn scatter(values: &[Self], target: &mut [f64], offsets: &LaneOffsets, lanes: usize) {
        scatter_one_by_one(values, target, offsets, 0, lanes);
    }
    #[inline(never)]
    fn vectorize<T: Task>(task: T) -> T::Output {
        task.run()
    }
}
