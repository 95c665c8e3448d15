//! The lanes of this processor.

#[cfg(target_arch = "x86_64")]
use super::avx2::Avx2;
#[cfg(target_arch = "x86_64")]
use super::avx512::Avx512;
use super::portable::Portable;
use super::real::Real;

/// Work that can run on any lanes.
pub(crate) trait LaneKernel {
    type Output;

    fn run<V: Real>(self) -> Self::Output;
}

/// Runs the kernel on the widest lanes that the processor has.
pub(crate) fn on_widest_lanes<K: LaneKernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if Avx512::is_available() {
            return kernel.run::<Avx512>();
        }
        if Avx2::is_available() {
            return kernel.run::<Avx2>();
        }
    }
    kernel.run::<Portable<4>>()
}

/// True if [`on_vector_lanes`] can be used here. On x86-64 it needs AVX2 with fused multiply-add, which processors have
/// had since 2013.
pub(crate) fn has_lanes() -> bool {
    #[cfg(target_arch = "x86_64")]
    return Avx2::is_available();
    #[cfg(not(target_arch = "x86_64"))]
    true
}

/// Runs a large kernel, of which another set for older processors would cost everybody a third more time of
/// compilation. The processor must have lanes, [`has_lanes`].
///
/// `systems` at once are as good as all: no more than four do not need eight lanes.
#[cfg(target_arch = "x86_64")]
pub(crate) fn on_vector_lanes<K: LaneKernel>(systems: usize, kernel: K) -> K::Output {
    if systems > Avx2::LANES && Avx512::is_available() { kernel.run::<Avx512>() } else { kernel.run::<Avx2>() }
}

/// Runs a large kernel on the lanes that the compiler makes of arrays.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn on_vector_lanes<K: LaneKernel>(_systems: usize, kernel: K) -> K::Output {
    kernel.run::<Portable<2>>()
}

/// Runs the kernel on the narrowest lanes with fused multiply-add that hold so many systems at once, which cost less, or
/// else on the widest. The results are the same: those instructions round alike.
pub(crate) fn on_lanes_for<K: LaneKernel>(systems: usize, kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    if systems <= Avx2::LANES && Avx2::is_available() {
        return kernel.run::<Avx2>();
    }
    on_widest_lanes(kernel)
}

/// Runs a kernel on all lanes that the processor has.
#[cfg(test)]
pub(crate) fn on_every_lanes<K: LaneKernel<Output = ()>>(kernel: impl Fn() -> K) {
    kernel().run::<Portable<2>>();
    kernel().run::<Portable<4>>();
    #[cfg(target_arch = "x86_64")]
    {
        if Avx2::is_available() {
            kernel().run::<Avx2>();
        }
        if Avx512::is_available() {
            kernel().run::<Avx512>();
        }
    }
}
