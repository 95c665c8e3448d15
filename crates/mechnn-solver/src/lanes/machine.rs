//! The lanes of this processor.

#[cfg(target_arch = "x86_64")]
use super::avx2::Avx2;
#[cfg(target_arch = "x86_64")]
use super::avx512::Avx512;
#[cfg(any(test, not(target_arch = "x86_64")))]
use super::portable::Portable;
use super::real::Real;

/// Work that can run on any lanes.
pub(crate) trait LaneKernel {
    type Output;

    fn run<V: Real>(self) -> Self::Output;
}

/// True if kernels run on vectors here. On x86-64 they need AVX2 with fused multiply-add, which processors have had
/// since 2013; a third set of kernels for older ones would cost everybody a third more time of compilation.
pub(crate) fn has_lanes() -> bool {
    #[cfg(target_arch = "x86_64")]
    return Avx2::is_available();
    #[cfg(not(target_arch = "x86_64"))]
    true
}

/// Runs the kernel on the widest lanes that the processor has. The processor must have some, [`has_lanes`].
#[cfg(target_arch = "x86_64")]
pub(crate) fn on_widest_lanes<K: LaneKernel>(kernel: K) -> K::Output {
    if Avx512::is_available() { kernel.run::<Avx512>() } else { kernel.run::<Avx2>() }
}

/// Runs the kernel on the lanes that the compiler makes of arrays.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn on_widest_lanes<K: LaneKernel>(kernel: K) -> K::Output {
    kernel.run::<Portable<2>>()
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
