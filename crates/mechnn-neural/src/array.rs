//! Arrays to tensors and back.

use burn::tensor::{DType, Device, Tensor, TensorData};
use ndarray::{Array, ArrayBase, Data, Dimension, IntoDimension, IxDyn};

use crate::external::numbers;

/// The CPU device whose tensors record gradients.
pub fn device() -> Device {
    Device::flex().autodiff()
}

/// An f64 tensor with the shape and the values of `array`.
///
/// # Panics
/// If `RANK` is not the rank of the array.
pub fn from_array<const RANK: usize, S, D>(array: &ArrayBase<S, D>, device: &Device) -> Tensor<RANK>
where
    S: Data<Elem = f64>,
    D: Dimension,
{
    let values: Vec<f64> = array.iter().copied().collect();
    Tensor::from_data(TensorData::new(values, array.shape().to_vec()), (device, DType::F64))
}

/// An f64 tensor of a given shape, from values in row-major order.
///
/// # Panics
/// If the number of values is not that of the shape.
pub fn from_slice<const RANK: usize>(values: &[f64], shape: [usize; RANK], device: &Device) -> Tensor<RANK> {
    Tensor::from_data(TensorData::new(values.to_vec(), shape), (device, DType::F64))
}

/// The values of an f64 tensor in row-major order; any other float type is converted.
///
/// Copies only if the storage is shared with another tensor or strided.
pub fn to_vec<const RANK: usize>(tensor: Tensor<RANK>) -> Vec<f64> {
    match tensor.dtype() {
        DType::F64 => numbers(tensor.into_dispatch()),
        _ => {
            let data = tensor.into_data().convert::<f64>();
            data.try_into_vec().unwrap_or_else(|error| unreachable!("numbers converted to f64 are f64: {error:?}"))
        }
    }
}

/// The values of a tensor as an array of dynamic rank.
pub fn to_array<const RANK: usize>(tensor: Tensor<RANK>) -> Array<f64, IxDyn> {
    shaped(IxDyn(&tensor.dims()), to_vec(tensor))
}

/// The values of a tensor, row-major, as an array of its shape.
pub(crate) fn shaped<D: Dimension>(shape: impl IntoDimension<Dim = D>, values: Vec<f64>) -> Array<f64, D> {
    Array::from_shape_vec(shape.into_dimension(), values)
        .unwrap_or_else(|error| unreachable!("a tensor has as many values as its shape says: {error}"))
}
