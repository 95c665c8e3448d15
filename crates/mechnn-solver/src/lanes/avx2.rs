//! Four lanes in a register of AVX2, with fused multiply-add.
//!
//! # Safety
//! The instructions exist only where the processor has AVX2 and FMA. A kernel for this type runs only within
//! [`Real::vectorize`], which asks the processor first, so no operation here is reached without them.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m256d, _mm256_add_pd, _mm256_andnot_pd, _mm256_div_pd, _mm256_fmadd_pd, _mm256_fnmadd_pd, _mm256_loadu_pd,
    _mm256_max_pd, _mm256_mul_pd, _mm256_permute2f128_pd, _mm256_set1_pd, _mm256_sqrt_pd, _mm256_storeu_pd,
    _mm256_sub_pd, _mm256_unpackhi_pd, _mm256_unpacklo_pd, _mm256_xor_pd,
};
use std::ops::{Add, Mul, Neg, Sub};

use super::real::{LaneOffsets, Real, Task, interleave_one_by_one, scatter_one_by_one};

const LANES: usize = 4;

#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Avx2(__m256d);

impl Avx2 {
    /// True if the processor has the instructions.
    pub(crate) fn is_available() -> bool {
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
    }
}

macro_rules! lanewise {
    ($trait:ident, $method:ident, $instruction:ident) => {
        impl $trait for Avx2 {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                // SAFETY: see the module.
                Self(unsafe { $instruction(self.0, other.0) })
            }
        }
    };
}

lanewise!(Add, add, _mm256_add_pd);
lanewise!(Sub, sub, _mm256_sub_pd);
lanewise!(Mul, mul, _mm256_mul_pd);

impl Neg for Avx2 {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        // SAFETY: see the module.
        Self(unsafe { _mm256_xor_pd(self.0, _mm256_set1_pd(-0.0)) })
    }
}

impl Real for Avx2 {
    const LANES: usize = LANES;

    const IS_FUSED: bool = true;

    #[inline(always)]
    fn splat(value: f64) -> Self {
        // SAFETY: see the module.
        Self(unsafe { _mm256_set1_pd(value) })
    }

    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        // SAFETY: see the module.
        Self(unsafe { _mm256_fmadd_pd(self.0, a.0, b.0) })
    }

    #[inline(always)]
    fn neg_mul_add(self, a: Self, b: Self) -> Self {
        // SAFETY: see the module.
        Self(unsafe { _mm256_fnmadd_pd(self.0, a.0, b.0) })
    }

    #[inline(always)]
    fn recip(self) -> Self {
        // SAFETY: see the module.
        Self(unsafe { _mm256_div_pd(_mm256_set1_pd(1.0), self.0) })
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        // SAFETY: see the module.
        Self(unsafe { _mm256_sqrt_pd(self.0) })
    }

    #[inline(always)]
    fn abs(self) -> Self {
        // SAFETY: see the module.
        Self(unsafe { _mm256_andnot_pd(_mm256_set1_pd(-0.0), self.0) })
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        // SAFETY: see the module.
        Self(unsafe { _mm256_max_pd(self.0, other.0) })
    }

    #[inline(always)]
    fn from_lanes(numbers: &[f64]) -> Self {
        let numbers = &numbers[..LANES];
        // SAFETY: see the module; the slice has as many numbers as a register.
        Self(unsafe { _mm256_loadu_pd(numbers.as_ptr()) })
    }

    #[inline(always)]
    fn to_lanes(self, numbers: &mut [f64]) {
        let numbers = &mut numbers[..LANES];
        // SAFETY: see the module; the slice has as many numbers as a register.
        unsafe { _mm256_storeu_pd(numbers.as_mut_ptr(), self.0) };
    }

    #[inline(always)]
    fn interleave(source: &[f64], offsets: &LaneOffsets, out: &mut [Self]) {
        // SAFETY: see the module.
        unsafe { interleave(source, offsets, out) }
    }

    #[inline(always)]
    fn scatter(values: &[Self], target: &mut [f64], offsets: &LaneOffsets, lanes: usize) {
        // SAFETY: see the module.
        unsafe { scatter(values, target, offsets, lanes) }
    }

    #[inline(always)]
    fn vectorize<T: Task>(task: T) -> T::Output {
        #[inline(never)]
        #[target_feature(enable = "avx2,fma")]
        fn with_instructions<T: Task>(task: T) -> T::Output {
            task.run()
        }
        assert!(Self::is_available(), "the processor has no AVX2 with fused multiply-add");
        // SAFETY: asserted.
        unsafe { with_instructions(task) }
    }
}

/// Not inlined: kernels call it for some kilobytes at a time, and would be several times longer with it.
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
fn interleave(source: &[f64], offsets: &LaneOffsets, out: &mut [Avx2]) {
    let count = out.len();
    if count < LANES {
        interleave_one_by_one(source, offsets, 0, out);
        return;
    }
    let mut rows: [&[f64]; LANES] = [&[]; LANES];
    for l in 0..LANES {
        rows[l] = &source[offsets[l]..][..count];
    }
    for block in 0..count.div_ceil(LANES) {
        // The last block overlaps the one before.
        let i = (block * LANES).min(count - LANES);
        // SAFETY: see the module; every row has `count` numbers, of which a register takes those from i on.
        let loaded = unsafe {
            [
                _mm256_loadu_pd(rows[0].as_ptr().add(i)),
                _mm256_loadu_pd(rows[1].as_ptr().add(i)),
                _mm256_loadu_pd(rows[2].as_ptr().add(i)),
                _mm256_loadu_pd(rows[3].as_ptr().add(i)),
            ]
        };
        let transposed = transpose(loaded);
        for q in 0..LANES {
            out[i + q] = Avx2(transposed[q]);
        }
    }
}

/// The way back.
#[inline(never)]
#[target_feature(enable = "avx2,fma")]
fn scatter(values: &[Avx2], target: &mut [f64], offsets: &LaneOffsets, lanes: usize) {
    let count = values.len();
    if lanes < LANES || count < LANES {
        scatter_one_by_one(values, target, offsets, 0, lanes);
        return;
    }
    for l in 0..LANES {
        assert!(offsets[l] + count <= target.len(), "a lane lies outside of its array");
    }
    for block in 0..count.div_ceil(LANES) {
        // The last block overlaps the one before.
        let i = (block * LANES).min(count - LANES);
        let rows = transpose([values[i].0, values[i + 1].0, values[i + 2].0, values[i + 3].0]);
        for l in 0..LANES {
            // SAFETY: see the module; asserted above to lie within the target.
            unsafe { _mm256_storeu_pd(target.as_mut_ptr().add(offsets[l] + i), rows[l]) };
        }
    }
}

/// Rows become columns.
#[inline(always)]
fn transpose(rows: [__m256d; LANES]) -> [__m256d; LANES] {
    // SAFETY: see the module.
    unsafe {
        let a = _mm256_unpacklo_pd(rows[0], rows[1]);
        let b = _mm256_unpackhi_pd(rows[0], rows[1]);
        let c = _mm256_unpacklo_pd(rows[2], rows[3]);
        let d = _mm256_unpackhi_pd(rows[2], rows[3]);
        [
            _mm256_permute2f128_pd::<0x20>(a, c),
            _mm256_permute2f128_pd::<0x20>(b, d),
            _mm256_permute2f128_pd::<0x31>(a, c),
            _mm256_permute2f128_pd::<0x31>(b, d),
        ]
    }
}
