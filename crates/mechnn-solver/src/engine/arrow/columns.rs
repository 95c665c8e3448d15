//! Numbers that are worked on together.

use std::marker::PhantomData;

use crate::lanes::{LaneKernel, MAX_LANES, Real, Task, on_widest_lanes};

/// Columns of a border that lie together.
pub(crate) const WIDTH: usize = MAX_LANES;

/// A row of eight columns. Aligned, so that no register is read from two lines of the cache.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub(crate) struct Columns(pub(crate) [f64; WIDTH]);

impl Columns {
    pub(crate) const ZERO: Self = Self([0.0; WIDTH]);

    /// The lanes that begin at column `first`.
    #[inline(always)]
    pub(crate) fn load<V: Real>(&self, first: usize) -> V {
        V::from_lanes(&self.0[first..first + V::LANES])
    }

    #[inline(always)]
    pub(crate) fn store<V: Real>(&mut self, first: usize, value: V) {
        value.to_lanes(&mut self.0[first..first + V::LANES]);
    }
}

/// Work to be compiled for lanes; `run` must be `#[inline(always)]`, see [`Task`].
pub(crate) trait LaneWork {
    type Output;

    fn run<V: Real>(self) -> Self::Output;
}

/// Does the work on the widest lanes of the processor.
pub(crate) fn on_widest<W: LaneWork>(work: W) -> W::Output {
    on_widest_lanes(OnLanes(work))
}

struct OnLanes<W>(W);

impl<W: LaneWork> LaneKernel for OnLanes<W> {
    type Output = W::Output;

    fn run<V: Real>(self) -> W::Output {
        V::vectorize(OnOneKind(self.0, PhantomData::<V>))
    }
}

struct OnOneKind<W, V>(W, PhantomData<V>);

impl<W: LaneWork, V: Real> Task for OnOneKind<W, V> {
    type Output = W::Output;

    #[inline(always)]
    fn run(self) -> W::Output {
        self.0.run::<V>()
    }
}

/// Does the work on lanes of one kind; true if these round a fused multiply-add once.
#[cfg(test)]
pub(crate) fn on_one_kind<V: Real, W: LaneWork>(work: W) -> (W::Output, bool) {
    let is_fused = Fuses(PhantomData::<V>);
    (V::vectorize(OnOneKind(work, PhantomData::<V>)), V::vectorize(is_fused))
}

#[cfg(test)]
struct Fuses<V>(PhantomData<V>);

#[cfg(test)]
impl<V: Real> Task for Fuses<V> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        // (1 + e) (1 - e) - 1 = -e^2, which is lost if the product is rounded.
        V::splat(1.0 + f64::EPSILON).mul_add(V::splat(1.0 - f64::EPSILON), V::splat(-1.0)).lane(0) != 0.0
    }
}
