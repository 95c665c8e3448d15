//! Which problems the lanes solve.

use super::workspace::numbers_per_point;
use crate::lanes::{MAX_LANES, Real, has_lanes};
use crate::problem::{EquationRows, OdeProblem, Scheme, Steps};

/// Most numbers of a group's workspace, 128 MiB: a longer problem would be mostly on its way to memory and back.
const MAX_WORKSPACE: usize = 1 << 24;

/// Work that is written over the number of dimensions and of derivatives.
pub(super) trait ShapeKernel {
    type Output;

    fn run<V: Real, const D: usize, const K: usize>(self) -> Self::Output;
}

/// Runs a kernel for the shape of the problem, which must be supported.
pub(super) fn for_shape<V: Real, S: ShapeKernel>(problem: &OdeProblem, kernel: S) -> S::Output {
    match (problem.sizes.dims, problem.sizes.orders) {
        (1, 2) => kernel.run::<V, 1, 2>(),
        (1, 3) => kernel.run::<V, 1, 3>(),
        (1, 4) => kernel.run::<V, 1, 4>(),
        (1, 5) => kernel.run::<V, 1, 5>(),
        (2, 2) => kernel.run::<V, 2, 2>(),
        (2, 3) => kernel.run::<V, 2, 3>(),
        (3, 2) => kernel.run::<V, 3, 2>(),
        (3, 3) => kernel.run::<V, 3, 3>(),
        (dims, orders) => unreachable!("no kernel for D = {dims}, K = {orders}"),
    }
}

/// True if there is a kernel for the problem: a scheme that joins two neighbouring points, soft equations as many as
/// dimensions, one clock, initial values, and few unknowns at a point.
pub(in crate::method::block_banded) fn supports(problem: &OdeProblem) -> bool {
    let sizes = problem.sizes;
    let has_kernel = matches!((sizes.dims, sizes.orders), (1, 2..=5) | (2 | 3, 2 | 3));
    let per_point = MAX_LANES * numbers_per_point(sizes.dims, sizes.orders);
    let has_scheme = match problem.scheme {
        Scheme::Taylor | Scheme::Pade => true,
        // The heavy entries of more whitened rows, up to 1e4, make pivots that are seldom trusted, and gradients of the
        // steps that lose all but five digits.
        Scheme::IntegratedWiener => sizes.orders <= 3,
        Scheme::TaylorCentral | Scheme::RelaxedLp { .. } | Scheme::Collocation { .. } => false,
    };
    has_lanes()
        && has_scheme
        && problem.equations == EquationRows::Soft
        && sizes.equations == sizes.dims
        && has_kernel
        && matches!(problem.grid.steps, Steps::Shared(_))
        && problem.periodic_jump.is_none()
        && sizes.points.saturating_mul(per_point) <= MAX_WORKSPACE
}
