//! What a core can do at most, to compare kernels with.

use std::time::Instant;

use super::machine::{LaneKernel, on_vector_lanes};
use super::real::{Real, Task};

/// Independent sums: more than the latency of a fused multiply-add times how many of them start together.
const SUMS: usize = 16;

/// Fused multiply-adds of each sum.
const LENGTH: usize = 100_000;

/// Sums of fused multiply-adds that nothing else waits for.
struct Sums<V>(V);

impl<V: Real> Task for Sums<V> {
    type Output = V;

    #[inline(always)]
    fn run(self) -> V {
        let factor = self.0;
        let mut sums = [factor; SUMS];
        for _ in 0..LENGTH {
            for sum in &mut sums {
                *sum = sum.mul_add(factor, factor);
            }
        }
        let mut total = sums[0];
        for sum in &sums[1..] {
            total = total + *sum;
        }
        total
    }
}

struct Peak;

impl LaneKernel for Peak {
    type Output = f64;

    fn run<V: Real>(self) -> f64 {
        let start = Instant::now();
        let total = V::vectorize(Sums(V::splat(std::hint::black_box(1e-3))));
        std::hint::black_box(total.lanes());
        (2 * V::LANES * SUMS * LENGTH) as f64 / start.elapsed().as_secs_f64()
    }
}

/// Floating-point operations per second of one core in fused multiply-adds on its widest registers: the most of several
/// short measurements. Zero where kernels have no vectors.
pub fn peak_flops() -> f64 {
    if !super::machine::has_lanes() {
        return 0.0;
    }
    (0..30).map(|_| on_vector_lanes(usize::MAX, Peak)).fold(0.0, f64::max)
}
