//! Vectors of f64: kernels are written once over a trait of numbers and run on the widest lanes that the processor has.
//!
//! Lane l of a vector belongs to the l-th of several independent systems, so a kernel reads like the mathematics of
//! one system. All `unsafe` code of this crate is in the two files of processor instructions here.

// In data-flow order.
mod real;

mod portable;

#[cfg(target_arch = "x86_64")]
mod avx2;

#[cfg(target_arch = "x86_64")]
mod avx512;

mod unroll;

mod machine;

mod peak;

#[cfg(test)]
mod counting;

#[cfg(test)]
mod double_double;

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use counting::{Counting, flops};
#[cfg(test)]
pub(crate) use double_double::DoubleDouble;
#[cfg(test)]
pub(crate) use machine::on_every_lanes;
pub(crate) use machine::{LaneKernel, has_lanes, on_lanes_for, on_vector_lanes, on_widest_lanes};
pub use peak::peak_flops;
pub(crate) use real::{LaneOffsets, MAX_LANES, Real, Task};
pub(crate) use unroll::unroll;
