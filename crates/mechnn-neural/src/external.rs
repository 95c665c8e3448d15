//! A function computed outside burn, as one node of its graph.
//!
//! The only file that knows burn's backends: everything else uses tensors. The function has been evaluated already,
//! and its derivative is an object that owns what it needs (a factorisation), so this operation only joins the two to
//! the graph. [`OdeLayer`](crate::OdeLayer) is made of it; [`join`] does the same for a solver of your own.

use std::fmt;
use std::sync::Arc;

use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, DispatchTensor, Flex, backend_extension};
use burn::tensor::{DType, Device, Tensor, TensorData};

/// Number of inputs of an external function.
pub const INPUTS: usize = 5;

/// A tensor of any rank that an external function depends on.
#[derive(Debug, Clone)]
pub struct Input(DispatchTensor);

impl Input {
    /// An input that the function does not have: a constant of the graph, on the device of the others.
    pub fn absent(device: &Device) -> Self {
        Tensor::<1>::from_data(TensorData::new(vec![0.0], [1]), (device, DType::F64)).into()
    }
}

impl<const RANK: usize> From<Tensor<RANK>> for Input {
    fn from(tensor: Tensor<RANK>) -> Self {
        Self(tensor.into_dispatch())
    }
}

/// The derivative of a function with [`INPUTS`] inputs at one point.
pub trait Cotangents: Send + Sync {
    /// From the derivative of the loss in the output to those in each input, all row-major; an input may be left out
    /// (`None`) only if it needs no gradient. `wanted` says which inputs do.
    fn pull(&self, output: Vec<f64>, wanted: [bool; INPUTS]) -> [Option<TensorData>; INPUTS];
}

/// [`Cotangents`] as burn wants its states: clonable and printable.
#[derive(Clone)]
pub(crate) struct Derivative(Arc<dyn Cotangents>);

impl fmt::Debug for Derivative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derivative")
    }
}

/// A tensor with the values of `output`, f64 numbers, whose gradient flows to `inputs` through `derivative`.
///
/// # Panics
/// If `RANK` is not the rank of `output`.
pub fn join<const RANK: usize>(
    inputs: [Input; INPUTS],
    output: TensorData,
    derivative: impl Cotangents + 'static,
) -> Tensor<RANK> {
    let [a, b, c, d, e] = inputs.map(|input| input.0);
    let derivative = Derivative(Arc::new(derivative));
    Tensor::from_dispatch(<Dispatch as External>::external(a, b, c, d, e, output, derivative))
}

/// The values of an f64 tensor in row-major order: moved if nobody else has them and they fill their storage, else
/// copied once.
///
/// burn's own way, tensor to data to vector, copies shared storage twice: as bytes, and again because bytes are not
/// aligned as numbers are.
///
/// # Panics
/// If the tensor holds another type.
pub(crate) fn numbers(tensor: DispatchTensor) -> Vec<f64> {
    <Dispatch as External>::numbers(tensor)
}

#[backend_extension(Flex, Autodiff)]
pub(crate) trait External: Backend {
    fn external(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        output: TensorData,
        derivative: Derivative,
    ) -> FloatTensor<Self>;

    fn numbers(tensor: FloatTensor<Self>) -> Vec<f64>;
}

impl External for Flex {
    fn external(
        _: FlexTensor,
        _: FlexTensor,
        _: FlexTensor,
        _: FlexTensor,
        _: FlexTensor,
        output: TensorData,
        _: Derivative,
    ) -> FlexTensor {
        FlexTensor::from_data(output)
    }

    fn numbers(tensor: FlexTensor) -> Vec<f64> {
        let (start, length) = (tensor.layout().start_offset(), tensor.layout().num_elements());
        let storage = tensor.storage::<f64>();
        if tensor.layout().is_contiguous() && (!tensor.is_unique() || storage.len() != length) {
            return storage[start..start + length].to_vec();
        }
        // Strided storage is copied into storage of its own, which is moved like any other.
        let values = tensor.into_data().try_into_vec();
        values.unwrap_or_else(|error| unreachable!("the storage was read as f64 above: {error:?}"))
    }
}

#[derive(Debug)]
struct ExternalBackward;

impl Backward<Flex, INPUTS> for ExternalBackward {
    type State = Derivative;

    fn backward(self, ops: Ops<Derivative, INPUTS>, grads: &mut Gradients, _: &mut Checkpointer) {
        let cotangent = <Flex as External>::numbers(grads.consume::<Flex>(&ops.node));
        let wanted = ops.parents.each_ref().map(Option::is_some);
        for (parent, gradient) in ops.parents.into_iter().zip(ops.state.0.pull(cotangent, wanted)) {
            if let (Some(node), Some(gradient)) = (parent, gradient) {
                grads.register::<Flex>(node.id, FlexTensor::from_data(gradient));
            }
        }
    }
}

impl<C: CheckpointStrategy> External for Autodiff<Flex, C> {
    fn external(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        output: TensorData,
        derivative: Derivative,
    ) -> FloatTensor<Self> {
        let nodes = [a.node(), b.node(), c.node(), d.node(), e.node()];
        let output = FlexTensor::from_data(output);
        match ExternalBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(tracked) => tracked.finish(derivative, output),
            OpsKind::UnTracked(untracked) => untracked.finish(output),
        }
    }

    fn numbers(tensor: FloatTensor<Self>) -> Vec<f64> {
        <Flex as External>::numbers(tensor.into_primitive())
    }
}
