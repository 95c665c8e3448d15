//! The batch axes in front of every array: NumPy's broadcasting outside, one axis `[B | 1]` inside the solver.

use ndarray::{ArrayD, Axis, IxDyn};
use thiserror::Error;

/// Batch axes that do not go together.
#[derive(Debug, Error)]
#[error("batch axes {found:?} do not broadcast with {others:?} of the other arrays")]
pub(super) struct BatchError {
    found: Vec<usize>,
    others: Vec<usize>,
}

/// The common batch axes of a set of arrays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct BatchAxes(Vec<usize>);

impl BatchAxes {
    /// The common axes after another array with axes `own` has joined, by NumPy's rules: aligned at the last axis,
    /// missing axes and axes of length 1 stretch.
    pub(super) fn join(&self, own: &[usize]) -> Result<Self, BatchError> {
        let count = self.0.len().max(own.len());
        let padded = |axes: &[usize], i: usize| if i + axes.len() < count { 1 } else { axes[i + axes.len() - count] };
        (0..count)
            .map(|i| match (padded(&self.0, i), padded(own, i)) {
                (a, b) if a == b || b == 1 => Ok(a),
                (1, b) => Ok(b),
                _ => Err(BatchError { found: own.to_vec(), others: self.0.clone() }),
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The axes.
    pub(super) fn lengths(&self) -> &[usize] {
        &self.0
    }

    /// B, the number of problems; `None` if it overflows.
    pub(super) fn count(&self) -> Option<usize> {
        self.0.iter().try_fold(1_usize, |product, &axis| product.checked_mul(axis))
    }

    /// Whether an array of these axes and `numbers` for each problem has a shape: the axes that are not empty must not
    /// overflow, whether the array has elements or none.
    pub(super) fn is_addressable(&self, numbers: usize) -> bool {
        let most = isize::MAX as usize / size_of::<f64>();
        let product = self.0.iter().try_fold(numbers, |product, &axis| product.checked_mul(axis.max(1)));
        product.is_some_and(|product| product <= most)
    }

    /// Index of problem `flat` on the batch axes.
    pub(super) fn index(&self, mut flat: usize) -> Vec<usize> {
        let mut index = vec![0; self.0.len()];
        for (place, &axis) in index.iter_mut().zip(&self.0).rev() {
            *place = flat % axis.max(1);
            flat /= axis.max(1);
        }
        index
    }

    /// Merges the batch axes of an array into one of length B, or of length 1 if it is the same for all problems. An
    /// array that varies along some of the axes only is repeated along the others.
    ///
    /// `core` is the number of axes behind the batch axes.
    pub(super) fn flatten(&self, array: ArrayD<f64>, core: usize) -> ArrayD<f64> {
        let (own, inner) = array.shape().split_at(array.ndim() - core);
        if own.iter().all(|&axis| axis == 1) {
            let shape = [&[1], inner].concat();
            return reshape(array, &shape);
        }
        let full = [&self.0, inner].concat();
        let flat = [&[self.0.iter().product()], inner].concat();
        let padded = [&vec![1; self.0.len() - own.len()], own].concat();
        if padded == self.0 {
            return reshape(array, &flat);
        }
        match array.broadcast(IxDyn(&full)) {
            Some(repeated) => reshape(repeated.to_owned(), &flat),
            None => unreachable!("{:?} does not broadcast to {full:?}, of which it was joined", array.shape()),
        }
    }

    /// The inverse of [`flatten`](Self::flatten) for gradients: from `[B | 1, inner..]` to the array's own shape,
    /// summed over the axes along which it was repeated.
    pub(super) fn unflatten(&self, gradient: ArrayD<f64>, shape: &[usize]) -> ArrayD<f64> {
        if gradient.len() == shape.iter().product::<usize>() {
            return reshape(gradient, shape);
        }
        let inner = gradient.shape()[1..].to_vec();
        let own = &shape[..shape.len() - inner.len()];
        let mut sum = reshape(gradient, &[&self.0[..], &inner].concat());
        let missing = self.0.len() - own.len();
        for axis in 0..self.0.len() {
            let repeated = axis < missing || own[axis - missing] == 1;
            if repeated && self.0[axis] != 1 {
                sum = sum.sum_axis(Axis(axis)).insert_axis(Axis(axis));
            }
        }
        reshape(sum, shape)
    }
}

/// The same numbers in row-major order under another shape of as many elements.
pub(super) fn reshape(array: ArrayD<f64>, shape: &[usize]) -> ArrayD<f64> {
    let array = if array.is_standard_layout() { array } else { array.as_standard_layout().into_owned() };
    let expected = array.len();
    match array.into_shape_with_order(IxDyn(shape)) {
        Ok(array) => array,
        Err(error) => unreachable!("{expected} numbers do not fit {shape:?}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(list: &[&[usize]]) -> BatchAxes {
        list.iter().fold(BatchAxes::default(), |axes, own| axes.join(own).expect("compatible"))
    }

    #[test]
    fn axes_join_by_numpys_rules() {
        assert_eq!(axes(&[&[], &[]]).lengths(), [0; 0]);
        assert_eq!(axes(&[&[3], &[2, 1], &[]]).lengths(), [2, 3]);
        assert_eq!(axes(&[&[0], &[1]]).lengths(), [0]);
        assert!(axes(&[&[3]]).join(&[2]).is_err());
        assert!(axes(&[&[3]]).join(&[0]).is_err());
    }

    #[test]
    fn flatten_repeats_and_unflatten_sums() {
        let axes = axes(&[&[2, 3]]);
        let array = ArrayD::from_shape_fn(IxDyn(&[3, 4]), |i| (i[0] * 4 + i[1]) as f64);
        let flat = axes.flatten(array.clone(), 1);
        assert_eq!(flat.shape(), [6, 4]);
        assert_eq!(flat[[4, 2]], array[[1, 2]]);
        let back = axes.unflatten(flat, &[3, 4]);
        assert_eq!(back, array * 2.0);
    }

    #[test]
    fn what_all_problems_share_stays_single() {
        let axes = axes(&[&[2, 3]]);
        assert_eq!(axes.flatten(ArrayD::zeros(IxDyn(&[1, 1, 5])), 1).shape(), [1, 5]);
        assert_eq!(axes.flatten(ArrayD::zeros(IxDyn(&[5])), 1).shape(), [1, 5]);
        assert_eq!(axes.unflatten(ArrayD::zeros(IxDyn(&[1, 5])), &[1, 1, 5]).shape(), [1, 1, 5]);
    }

    #[test]
    fn no_problems_can_be_too_many() {
        assert!(axes(&[&[1 << 20, 0]]).is_addressable(1000));
        assert!(!axes(&[&[1 << 61, 0]]).is_addressable(1000));
        assert!(!axes(&[&[1 << 32, 1 << 32]]).is_addressable(1));
    }

    #[test]
    fn a_flat_number_is_found_on_the_axes() {
        assert_eq!(axes(&[&[2, 3]]).index(5), [1, 2]);
    }
}
