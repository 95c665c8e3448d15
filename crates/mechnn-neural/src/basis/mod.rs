//! Functions of the states as tensors.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;

mod monomial;

mod trigonometric;

mod tanh_units;

mod power;

mod saturation;

mod joined;

pub use joined::Joined;
pub use monomial::Monomials;
pub use power::Powers;
pub use saturation::Saturations;
pub use tanh_units::TanhUnits;
pub use trigonometric::Trigonometric;

/// P functions of states and time, some with trained parameters.
pub trait Basis: Module + ModuleDisplay {
    /// P for D states.
    fn terms(&self, dims: usize) -> usize;

    /// Values `[B, N, P]` at states `[B, N, D]` and times `[B | 1, N, 1]`.
    fn evaluate(&self, states: Tensor<3>, times: Tensor<3>) -> Tensor<3>;
}
