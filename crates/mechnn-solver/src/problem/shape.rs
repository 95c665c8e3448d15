//! Shape checks with the names of the axes, and broadcast axes of length one.

use ndarray::{ArrayBase, Data, Dimension};

use crate::error::ProblemError;

/// The sizes of a problem. The letters mean the same in every doc comment of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// B, independent problems solved together.
    pub batch: usize,
    /// N, points in time.
    pub points: usize,
    /// E, equations at each point.
    pub equations: usize,
    /// D, dimensions (components of the state).
    pub dims: usize,
    /// K = order + 1, derivatives 0..K kept as unknowns of each dimension.
    pub orders: usize,
}

impl Sizes {
    /// D K, unknowns at one point.
    pub fn block(&self) -> usize {
        self.dims * self.orders
    }
}

/// Index into an axis that is either full or broadcast (length 1).
#[inline(always)]
pub(crate) fn pick(axis_len: usize, index: usize) -> usize {
    if axis_len == 1 { 0 } else { index }
}

pub(crate) fn expect_axis(
    input: &'static str,
    axis: usize,
    meaning: &'static str,
    found: usize,
    allowed: &[usize],
) -> Result<(), ProblemError> {
    if allowed.contains(&found) {
        return Ok(());
    }
    let mut allowed = allowed.to_vec();
    allowed.sort_unstable();
    allowed.dedup();
    let expected = allowed.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ");
    Err(ProblemError::Shape { input, axis, meaning, expected, found })
}

pub(crate) fn expect_finite<S, I>(input: &'static str, array: &ArrayBase<S, I>) -> Result<(), ProblemError>
where
    S: Data<Elem = f64>,
    I: Dimension,
{
    match array.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(flat) => Err(ProblemError::NotFinite {
            input,
            index: unravel(flat, array.shape()),
            value: array.iter().copied().nth(flat).unwrap_or(f64::NAN),
        }),
    }
}

/// Index of the entry at position `flat` in logical (row-major) order.
pub(crate) fn unravel(mut flat: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for axis in (0..shape.len()).rev() {
        index[axis] = flat % shape[axis];
        flat /= shape[axis];
    }
    index
}
