//! The numbers of a model, by name.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{DType, Gradients, Tensor, TensorData};

use crate::array::to_vec;

/// A parameter: its path in the model, its shape and its values.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedValues {
    /// Names of the fields on the way, joined by dots.
    pub name: String,
    /// Shape.
    pub shape: Vec<usize>,
    /// Row-major values.
    pub values: Vec<f64>,
}

/// All parameters in the order of the model's fields.
pub fn parameters<M: Module>(model: &M) -> Vec<NamedValues> {
    struct Collect {
        path: Vec<String>,
        found: Vec<NamedValues>,
    }
    impl ModuleVisitor for Collect {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let tensor = param.val();
            let shape = tensor.dims().to_vec();
            self.found.push(NamedValues { name: self.path.join("."), shape, values: to_vec(tensor) });
        }
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_owned());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
    }
    let mut collect = Collect { path: vec![], found: vec![] };
    model.visit(&mut collect);
    collect.found
}

/// The model with other values of its parameters, in the order of [`parameters`]; a parameter for which there is no
/// value of the right size keeps its own.
pub fn with_parameters<M: Module>(model: M, values: &[NamedValues]) -> M {
    change(model, &mut |index, current| {
        if let Some(new) = values.get(index).filter(|new| new.values.len() == current.len()) {
            current.copy_from_slice(&new.values);
        }
    })
}

/// Lets `update` change the values of every parameter in place.
pub(super) fn change<M: Module>(model: M, update: &mut dyn FnMut(usize, &mut [f64])) -> M {
    struct Change<'a> {
        index: usize,
        update: &'a mut dyn FnMut(usize, &mut [f64]),
    }
    impl ModuleMapper for Change<'_> {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let (id, tensor, mapper) = param.consume();
            let device = tensor.device();
            let shape = tensor.dims();
            let is_trained = tensor.is_require_grad();
            // No copy where nothing else holds the tensor, which is so after the backward pass.
            let mut values = to_vec(tensor.inner());
            (self.update)(self.index, &mut values);
            self.index += 1;
            let tensor = Tensor::from_data(TensorData::new(values, shape), (&device, DType::F64));
            Param::from_mapped_value(id, tensor.set_require_grad(is_trained), mapper)
        }
    }
    model.map(&mut Change { index: 0, update })
}

/// The gradients in the order of [`parameters`]; absent where the loss does not depend on a parameter.
pub(super) fn gradients<M: Module>(model: &M, gradients: &mut Gradients) -> Vec<Option<Vec<f64>>> {
    struct Collect<'a> {
        gradients: &'a mut Gradients,
        found: Vec<Option<Vec<f64>>>,
    }
    impl ModuleVisitor for Collect<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.found.push(param.val().grad_remove(self.gradients).map(to_vec));
        }
    }
    let mut collect = Collect { gradients, found: vec![] };
    model.visit(&mut collect);
    collect.found
}
