//! The equations of the first point: its highest derivatives follow from its lower ones.

use super::element::RightHandSide;
use super::inputs::{Inputs, Lengths};
use crate::linear_algebra::lu::{self, SINGULAR, SingularAt};

/// Factors the coefficients of the highest derivatives, `[D, D]`.
#[inline(always)]
pub(super) fn factor(
    lengths: Lengths,
    inputs: &Inputs<'_>,
    factors: &mut [f64],
    exchanged: &mut [u32],
) -> Result<f64, SingularAt> {
    let Lengths { dims, orders, .. } = lengths;
    let coefficients = inputs.coefficients(lengths, 0);
    for (entry, c) in factors[..dims * dims].iter_mut().zip(coefficients.chunks_exact(orders)) {
        *entry = c[orders - 1];
    }
    lu::factor(dims, factors, exchanged, SINGULAR).map_err(|error| SingularAt { index: 0, ..error })
}

/// Writes the highest derivatives of `node` `[D, K]`, given the lower ones.
#[inline(always)]
pub(super) fn complete(
    lengths: Lengths,
    inputs: &Inputs<'_>,
    (factors, exchanged): (&[f64], &[u32]),
    right: &impl RightHandSide,
    highest: &mut [f64],
    node: &mut [f64],
) {
    let Lengths { dims, orders, .. } = lengths;
    let coefficients = inputs.coefficients(lengths, 0);
    for e in 0..dims {
        let mut sum = right.equation(0, e);
        for d in 0..dims {
            for k in 0..orders - 1 {
                sum -= coefficients[(e * dims + d) * orders + k] * node[d * orders + k];
            }
        }
        highest[e] = sum;
    }
    lu::solve(dims, factors, exchanged, &mut highest[..dims]);
    for d in 0..dims {
        node[d * orders + orders - 1] = highest[d];
    }
}

/// The transpose, in place: cotangents of `node` `[D, K]` become the multipliers of its equation rows (slot K - 1) and
/// of its lower derivatives.
#[inline(always)]
pub(super) fn complete_transposed(
    lengths: Lengths,
    inputs: &Inputs<'_>,
    (factors, exchanged): (&[f64], &[u32]),
    highest: &mut [f64],
    node: &mut [f64],
) {
    let Lengths { dims, orders, .. } = lengths;
    let coefficients = inputs.coefficients(lengths, 0);
    for d in 0..dims {
        highest[d] = node[d * orders + orders - 1];
    }
    lu::solve_transposed(dims, factors, exchanged, &mut highest[..dims]);
    for d in 0..dims {
        for k in 0..orders - 1 {
            for e in 0..dims {
                node[d * orders + k] -= coefficients[(e * dims + d) * orders + k] * highest[e];
            }
        }
        node[d * orders + orders - 1] = highest[d];
    }
}
