//! Every type of lanes against f64, lane by lane and bit by bit.

use super::counting::{Counting, flops};
use super::double_double::DoubleDouble;
use super::machine::on_every_lanes;
use super::portable::Portable;
use super::{LaneKernel, LaneOffsets, MAX_LANES, Real, Task};

/// Numbers of very different sizes, both signs.
fn numbers(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let fraction = (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0;
            fraction * 10_f64.powi((state % 21) as i32 - 10)
        })
        .collect()
}

struct Operations<V> {
    a: V,
    b: V,
    c: V,
}

impl<V: Real> Task for Operations<V> {
    type Output = [V; 10];

    #[inline(always)]
    fn run(self) -> [V; 10] {
        let Self { a, b, c } = self;
        [a + b, a - b, a * b, -a, a.abs(), a.max(b), b.recip(), a.abs().sqrt(), a.mul_add(b, c), a.neg_mul_add(b, c)]
    }
}

/// What f64 makes of the same numbers.
fn expected(a: f64, b: f64, c: f64, fused: bool) -> [f64; 10] {
    let (product_sum, difference) = if fused { (a.mul_add(b, c), (-a).mul_add(b, c)) } else { (a * b + c, c - a * b) };
    [a + b, a - b, a * b, -a, a.abs(), a.max(b), 1.0 / b, a.abs().sqrt(), product_sum, difference]
}

struct AreExact;

impl LaneKernel for AreExact {
    type Output = ();

    fn run<V: Real>(self) {
        let fused = V::splat(1.0 + f64::EPSILON).mul_add(V::splat(1.0 - f64::EPSILON), V::splat(-1.0)).lane(0) != 0.0;
        for seed in 0..100 {
            let [a, b, c] = [3 * seed, 3 * seed + 1, 3 * seed + 2].map(|seed| numbers(seed + 1, V::LANES));
            let operations = Operations { a: V::from_lanes(&a), b: V::from_lanes(&b), c: V::from_lanes(&c) };
            let results = V::vectorize(operations);
            for l in 0..V::LANES {
                let expected = expected(a[l], b[l], c[l], fused);
                for (i, (result, expected)) in results.iter().zip(expected).enumerate() {
                    assert_eq!(result.lane(l).to_bits(), expected.to_bits(), "operation {i}, lane {l}");
                }
            }
        }
    }
}

struct Transposition<'a> {
    source: &'a [f64],
    offsets: LaneOffsets,
    count: usize,
    lanes: usize,
}

impl Transposition<'_> {
    #[inline(always)]
    fn there_and_back<V: Real>(&self) -> (Vec<V>, Vec<f64>) {
        let mut vectors = vec![V::splat(0.0); self.count];
        V::interleave(self.source, &self.offsets, &mut vectors);
        let mut back = vec![f64::NAN; self.source.len()];
        V::scatter(&vectors, &mut back, &self.offsets, self.lanes);
        (vectors, back)
    }
}

struct Bound<'a, V>(&'a Transposition<'a>, std::marker::PhantomData<V>);

impl<V: Real> Task for Bound<'_, V> {
    type Output = (Vec<V>, Vec<f64>);

    #[inline(always)]
    fn run(self) -> Self::Output {
        self.0.there_and_back::<V>()
    }
}

struct Transpose;

impl LaneKernel for Transpose {
    type Output = ();

    fn run<V: Real>(self) {
        for count in 0..20 {
            for lanes in 1..=V::LANES {
                let stride = count + 3;
                let source = numbers(count as u64 + 1, MAX_LANES * stride);
                let offsets = std::array::from_fn(|l| if l < V::LANES { l * stride + 1 } else { usize::MAX });
                let transposition = Transposition { source: &source, offsets, count, lanes };
                let (vectors, back) = V::vectorize(Bound::<V>(&transposition, std::marker::PhantomData));
                for l in 0..V::LANES {
                    for (i, vector) in vectors.iter().enumerate() {
                        assert_eq!(vector.lane(l), source[l * stride + 1 + i]);
                    }
                    let written = &back[l * stride..][..stride];
                    let expected = |i: usize| (1..=count).contains(&i) && l < lanes;
                    for (i, &number) in written.iter().enumerate() {
                        match expected(i) {
                            true => assert_eq!(number, source[l * stride + i]),
                            false => assert!(number.is_nan(), "lane {l} of {lanes} wrote beyond its row"),
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_operation_is_that_of_f64_in_each_lane() {
    on_every_lanes(|| AreExact);
    AreExact.run::<Portable<1>>();
    AreExact.run::<Counting>();
}

#[test]
fn interleaving_and_scattering_move_each_number_to_its_lane_and_no_other() {
    on_every_lanes(|| Transpose);
    Transpose.run::<Portable<1>>();
}

#[test]
fn double_doubles_hold_twice_the_digits() {
    let third = DoubleDouble::splat(3.0).recip();
    let left = third.mul_add(DoubleDouble::splat(3.0), DoubleDouble::splat(-1.0));
    assert!(left.lane(0).abs() < 1e-31, "{left:?}");
    let root = DoubleDouble::splat(2.0).sqrt();
    assert!((root * root - DoubleDouble::splat(2.0)).lane(0).abs() < 1e-31);
}

#[test]
fn flops_are_counted() {
    let counted = flops(|| {
        let x = Counting::splat(2.0);
        let _ = x.mul_add(x, x) + x.recip();
    });
    assert_eq!(counted, 4);
}
