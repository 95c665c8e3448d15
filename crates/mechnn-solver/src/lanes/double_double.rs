//! Numbers of twice the precision, as a sum of two f64: with them a kernel is its own reference.
//!
//! Reference: Hida, Li, Bailey, "Algorithms for quad-double precision floating point arithmetic", ARITH-15 (2001).

use std::ops::{Add, Mul, Neg, Sub};

use super::real::{LaneOffsets, Real, Task, interleave_one_by_one, scatter_one_by_one};

/// High part and what it lacks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DoubleDouble(f64, f64);

fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// Of |high| > |low|.
fn normalized(high: f64, low: f64) -> DoubleDouble {
    let sum = high + low;
    DoubleDouble(sum, low - (sum - high))
}

impl Add for DoubleDouble {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (high, error) = two_sum(self.0, other.0);
        let (low, error_of_low) = two_sum(self.1, other.1);
        let sum = normalized(high, error + low);
        normalized(sum.0, sum.1 + error_of_low)
    }
}

impl Sub for DoubleDouble {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for DoubleDouble {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let product = self.0 * other.0;
        let error = self.0.mul_add(other.0, -product);
        normalized(product, error + (self.0 * other.1 + self.1 * other.0))
    }
}

impl Neg for DoubleDouble {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0, -self.1)
    }
}

impl Real for DoubleDouble {
    const LANES: usize = 1;
    const IS_FUSED: bool = false;
    fn splat(value: f64) -> Self {
        Self(value, 0.0)
    }
    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }
    fn neg_mul_add(self, a: Self, b: Self) -> Self {
        b - self * a
    }
    fn recip(self) -> Self {
        let one = Self::splat(1.0);
        let quotient = Self::splat(1.0 / self.0);
        let quotient = quotient + quotient * (one - quotient * self);
        quotient + quotient * (one - quotient * self)
    }
    fn sqrt(self) -> Self {
        let root = Self::splat(self.0.sqrt());
        root + (self - root * root) * Self::splat(0.5 / root.0)
    }
    fn abs(self) -> Self {
        if self.0 < 0.0 { -self } else { self }
    }
    fn max(self, other: Self) -> Self {
        if self.0 > other.0 { self } else { other }
    }
    fn from_lanes(numbers: &[f64]) -> Self {
        Self::splat(numbers[0])
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
