//! Shape checks with the names of the axes, and broadcast axes of length one.

use ndarray::{ArrayBase, Data, DataMut, Dimension};

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
    // Blocks without branches become vector instructions: this looks at every input and cotangent.
    let is_finite = |block: &[f64]| block.iter().fold(true, |are_finite, value| are_finite & value.is_finite());
    if array.as_slice().is_some_and(|numbers| numbers.chunks(64).all(is_finite)) {
        return Ok(());
    }
    match array.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some((flat, &value)) => Err(ProblemError::NotFinite { input, index: unravel(flat, array.shape()), value }),
    }
}

/// The numbers of an array in standard (row-major) layout: all inputs, gradients and solutions are made so.
pub(crate) fn numbers<S, I>(array: &ArrayBase<S, I>) -> &[f64]
where
    S: Data<Elem = f64>,
    I: Dimension,
{
    let Some(numbers) = array.as_slice() else { unreachable!("the array was made in standard layout") };
    numbers
}

/// As [`numbers`], to be written.
pub(crate) fn numbers_mut<S, I>(array: &mut ArrayBase<S, I>) -> &mut [f64]
where
    S: DataMut<Elem = f64>,
    I: Dimension,
{
    let Some(numbers) = array.as_slice_mut() else { unreachable!("the array was made in standard layout") };
    numbers
}

/// The numbers of one batch element of an input, whose batch axis, the first, may be broadcast.
pub(crate) fn of_element<S, I>(array: &ArrayBase<S, I>, batch: usize) -> &[f64]
where
    S: Data<Elem = f64>,
    I: Dimension,
{
    let batches = array.shape()[0];
    let all = numbers(array);
    let length = all.len() / batches.max(1);
    &all[pick(batches, batch) * length..][..length]
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

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::{expect_finite, of_element, unravel};
    use crate::error::ProblemError;

    #[test]
    fn elements_are_rows_of_the_batch_axis_and_a_broadcast_one_is_the_same_for_all() {
        let own = array![[1.0, 2.0], [3.0, 4.0]];
        assert_eq!(of_element(&own, 1), [3.0, 4.0]);
        let shared = array![[1.0, 2.0]];
        assert_eq!(of_element(&shared, 5), [1.0, 2.0]);
    }

    #[test]
    fn the_first_number_that_is_not_finite_is_named() {
        let array = array![[1.0, 2.0, 3.0], [4.0, f64::INFINITY, f64::NAN]];
        let (index, value) = (vec![1, 1], f64::INFINITY);
        assert_eq!(expect_finite("input", &array), Err(ProblemError::NotFinite { input: "input", index, value }));
        assert_eq!(unravel(5, &[2, 3]), [1, 2]);
    }
}
