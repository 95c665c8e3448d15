//! Lanes as a plain array, for processors without instructions of their own here.

use std::ops::{Add, Mul, Neg, Sub};

use super::real::{LaneOffsets, Real, Task, interleave_one_by_one, scatter_one_by_one};

/// L numbers. Multiplies and adds with two roundings: without an instruction for it, a fused multiply-add is a call of a
/// library function and some twenty times slower.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(32))]
pub(crate) struct Portable<const L: usize>([f64; L]);

macro_rules! lanewise {
    ($trait:ident, $method:ident, $operator:tt) => {
        impl<const L: usize> $trait for Portable<L> {
            type Output = Self;

            #[inline(always)]
            #[allow(clippy::assign_op_pattern)] // the macro is given the operator without `=`
            fn $method(mut self, other: Self) -> Self {
                for l in 0..L {
                    self.0[l] = self.0[l] $operator other.0[l];
                }
                self
            }
        }
    };
}

lanewise!(Add, add, +);
lanewise!(Sub, sub, -);
lanewise!(Mul, mul, *);

impl<const L: usize> Neg for Portable<L> {
    type Output = Self;

    #[inline(always)]
    fn neg(mut self) -> Self {
        for l in 0..L {
            self.0[l] = -self.0[l];
        }
        self
    }
}

impl<const L: usize> Real for Portable<L> {
    const LANES: usize = L;

    const IS_FUSED: bool = false;

    #[inline(always)]
    fn splat(value: f64) -> Self {
        Self([value; L])
    }

    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }

    #[inline(always)]
    fn neg_mul_add(self, a: Self, b: Self) -> Self {
        b - self * a
    }

    #[inline(always)]
    fn recip(mut self) -> Self {
        for l in 0..L {
            self.0[l] = 1.0 / self.0[l];
        }
        self
    }

    #[inline(always)]
    fn sqrt(mut self) -> Self {
        for l in 0..L {
            self.0[l] = self.0[l].sqrt();
        }
        self
    }

    #[inline(always)]
    fn abs(mut self) -> Self {
        for l in 0..L {
            self.0[l] = self.0[l].abs();
        }
        self
    }

    #[inline(always)]
    fn max(mut self, other: Self) -> Self {
        for l in 0..L {
            self.0[l] = if self.0[l] > other.0[l] { self.0[l] } else { other.0[l] };
        }
        self
    }

    #[inline(always)]
    fn from_lanes(numbers: &[f64]) -> Self {
        let mut own = [0.0; L];
        own.copy_from_slice(numbers);
        Self(own)
    }

    #[inline(always)]
    fn to_lanes(self, numbers: &mut [f64]) {
        numbers.copy_from_slice(&self.0);
    }

    #[inline(always)]
    fn interleave(source: &[f64], offsets: &LaneOffsets, out: &mut [Self]) {
        interleave_one_by_one(source, offsets, 0, out);
    }

    #[inline(always)]
    fn scatter(values: &[Self], target: &mut [f64], offsets: &LaneOffsets, lanes: usize) {
        scatter_one_by_one(values, target, offsets, 0, lanes);
    }

    // Tasks stay apart: a function with several of them takes the compiler minutes.
    #[inline(never)]
    fn vectorize<T: Task>(task: T) -> T::Output {
        task.run()
    }
}
